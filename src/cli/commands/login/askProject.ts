import * as Prompt from "@effect/cli/Prompt"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ProjectId } from "../../../domain/account/identifiers.ts"
import type { Candidate } from "../../../domain/login/projectChoice.ts"
import { askOrQuit } from "../../app/prompts.ts"
import type { Terminal } from "../../app/Terminal.ts"
import { text } from "../../app/TerminalText.ts"

const titleOf = ({ organization, project }: Candidate): string => {
  const owner = Option.match(organization, { onNone: () => "", onSome: (name) => `${name} / ` })
  const name = Option.match(project.name, { onNone: () => "", onSome: (known) => `${known} ` })
  return text`${owner}${name}(${project.id})`.value
}

/** Reading a pasted redirect before this has let go of stdin; nothing else keeps the process while it waits. */
const holdingStdin = Effect.acquireRelease(
  Effect.sync(() => void process.stdin.ref?.()),
  () => Effect.sync(() => void process.stdin.unref?.())
)

export const askProject = (
  candidates: ReadonlyArray<Candidate>
): Effect.Effect<Option.Option<ProjectId>, never, Terminal> =>
  Effect.zipRight(
    holdingStdin,
    askOrQuit(
      Prompt.select({
        message: "Which project?",
        choices: candidates.map((candidate) => ({ title: titleOf(candidate), value: candidate.project.id }))
      })
    )
  ).pipe(Effect.scoped)
