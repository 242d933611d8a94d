/** `mp target add`. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { command } from "../../../domain/hints/Command.ts"
import { InvalidArgument } from "../../../domain/errors.ts"
import { AccountName, parse, TargetName } from "../../../domain/account/identifiers.ts"
import { Target } from "../../../domain/session/Target.ts"
import { Targets } from "../../../services/config/Targets.ts"
import { declare } from "../../app/declare.ts"
import { Globals } from "../../app/Globals.ts"
import { done } from "../../app/output.ts"
import { name, targetRecord } from "./records.ts"

/** The target that the command line describes; account and project have no default here. */
const newTarget = (nameText: string) =>
  Effect.gen(function* () {
    const { account, project, workspace } = yield* Globals
    const missing = [...(Option.isNone(account) ? ["--account"] : []), ...(Option.isNone(project) ? ["--project"] : [])]
    if (Option.isNone(account) || Option.isNone(project)) {
      return yield* new InvalidArgument({
        message: `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} missing.`,
        hints: [],
        again: [{ flags: missing.map((flag) => [flag.slice(2), flag === "--account" ? "NAME" : "ID"] as const) }]
      })
    }
    return new Target({
      name: yield* named("NAME", parse(TargetName)(nameText)),
      account: yield* named("--account", parse(AccountName)(account.value)),
      project: project.value,
      workspace
    })
  })

const named = <A>(what: string, parsed: Either.Either<A, string>): Either.Either<A, InvalidArgument> =>
  Either.mapLeft(
    parsed,
    (message) => new InvalidArgument({ message: `${what} ${message}.`, hints: [command`mp target add --help`] })
  )

export const add = declare(
  "add",
  {
    summary: "save account, project and perhaps workspace under a name",
    globals: {
      account: "account of the target (required)",
      project: "project of the target (required)",
      workspace: "workspace of the target"
    },
    examples: ["mp target add ecom --account team --project 3018488 --workspace 3448414"]
  },
  { name },
  ({ name }) =>
    Effect.gen(function* () {
      const targets = yield* Targets
      const target = yield* targets.add(yield* newTarget(name))
      yield* done([`Added target '${target.name}'.`], targetRecord(target))
    })
)
