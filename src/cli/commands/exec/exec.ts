/** `mp exec`: another program, as the session. */
import * as Effect from "effect/Effect"
import type { ErrorInfo } from "../../../domain/errors.ts"
import { programName } from "../../../services/platform/OwnProgram.ts"
import { ChildEnvironment } from "../../../services/session/ChildEnvironment.ts"
import { argument } from "../../app/facts.ts"
import { declare } from "../../app/declare.ts"
import { SilentError } from "../../app/CommandContext.ts"
import { session } from "../../app/sessionFor.ts"

export const exec = declare(
  "exec",
  {
    summary: "run a program with the session in its environment; its exit code is that of mp",
    examples: ["mp exec -- python report.py", "mp --target ecom exec -- sh -c 'echo $MP_PROJECT_ID'"]
  },
  {
    command: argument("COMMAND", {
      description: "the program and its arguments; no shell is involved",
      required: true,
      rest: true
    })
  },
  function* (given) {
    const [command = "", ...rest] = given.command
    const environment = yield* ChildEnvironment
    const variables = yield* environment.of(yield* session, { name: programName(command), pid: null })
    const { runChild } = yield* Effect.promise(() => import("./ChildProcess.ts"))
    const code = yield* runChild(command, rest, variables)
    if (code !== 0) return yield* new SilentError({ error: ended(command, code) })
  }
)

const ended = (command: string, code: number): ErrorInfo => ({
  code: "COMMAND_ENDED",
  message: `${command} ended with ${code}.`,
  hints: [],
  details: { exit_code: code, fix: null }
})
