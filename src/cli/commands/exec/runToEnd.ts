import * as Effect from "effect/Effect"
import type { ErrorInfo } from "../../../domain/errors.ts"
import type { ChildVariables } from "../../../services/session/ChildEnvironment.ts"
import { SilentError } from "../../app/CommandContext.ts"
import { type CommandNotStarted, runChild } from "./ChildProcess.ts"

/** `runner`: the words behind `mp` with which it is run. */
export const runToEnd = (
  runner: ReadonlyArray<string>,
  words: ReadonlyArray<string>,
  variables: ChildVariables
): Effect.Effect<void, CommandNotStarted | SilentError> =>
  Effect.suspend(() => {
    const [command = "", ...args] = words
    return Effect.flatMap(runChild(runner, command, args, variables), (code) =>
      code === 0 ? Effect.void : new SilentError({ error: ended(command, code) })
    )
  })

const ended = (command: string, code: number): ErrorInfo => ({
  code: "COMMAND_ENDED",
  message: `${command} ended with ${code}.`,
  hints: [],
  details: { exit_code: code, fix: null }
})
