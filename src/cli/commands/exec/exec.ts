/** `mp exec`: another program, as the session. */
import * as Effect from "effect/Effect"
import { ChildEnvironment } from "../../../services/session/ChildEnvironment.ts"
import { leaf } from "../../app/declare.ts"
import * as Flag from "../../app/flag.ts"
import { SilentError } from "../../app/SilentError.ts"
import { session } from "../../app/sessionFor.ts"

export const exec = leaf(
  {
    name: "exec",
    summary: "run a program with the session in its environment; its exit code is that of mp",
    arguments: { command: Flag.rest("COMMAND", "the program and its arguments; no shell is involved") },
    examples: ["mp exec -- python report.py", "mp --target ecom exec -- sh -c 'echo $MP_PROJECT_ID'"]
  },
  (_, args) =>
    Effect.gen(function* () {
      const [command = "", ...rest] = args.command
      const environment = yield* ChildEnvironment
      const variables = yield* environment.of(yield* session)
      const { runChild } = yield* Effect.promise(() => import("./ChildProcess.ts"))
      const code = yield* runChild(command, rest, variables)
      if (code !== 0) return yield* new SilentError({ error: ended(command, code) })
    })
)

const ended = (command: string, code: number) => ({
  code: "COMMAND_ENDED",
  message: `${command} ended with ${code}.`,
  hints: [],
  details: { exit_code: code, fix: null }
})
