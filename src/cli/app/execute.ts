/** From the effect of a command to an exit code: whatever goes wrong has been told on stderr. */
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { ErrorInfo } from "../../domain/errors.ts"
import type { Typed } from "./again.ts"
import type { CommandError } from "./CommandContext.ts"
import { renderError } from "./renderError.ts"
import { exitCodeOf, exitCodes } from "./exitCode.ts"
import type { Format } from "./formats.ts"
import { Terminal } from "./Terminal.ts"
import { OutputWriteError } from "./OutputWriteError.ts"
import { systemFailure } from "./systemFailure.ts"

/** Runs a command to its exit code; a bug stays a defect. */
const toExitCode = <R>(
  command: Effect.Effect<void, CommandError, R>,
  format: Option.Option<Format>,
  typed: Typed
): Effect.Effect<number, never, R | Terminal> =>
  command.pipe(
    Effect.as<number>(exitCodes.ok),
    Effect.catchAll((error) => reportError(error, format, typed))
  )

/** Runs a command to its exit code, whatever happens. */
export const execute = <R>(
  command: Effect.Effect<void, CommandError, R>,
  format: Option.Option<Format>,
  typed: Typed
): Effect.Effect<number, never, R | Terminal> =>
  Effect.catchAllDefect(toExitCode(command, format, typed), (defect) => reportDefect(defect, format, typed))

/** Tells an error that has not been told yet. */
export const reportError = (
  error: CommandError,
  format: Option.Option<Format>,
  typed: Typed
): Effect.Effect<number, never, Terminal> =>
  error._tag === "SilentError" ? Effect.succeed(exitCodeOf(error.error)) : report(error, format, typed)

/** Tells an error. */
export const report = (
  error: ErrorInfo,
  format: Option.Option<Format>,
  typed: Typed
): Effect.Effect<number, never, Terminal> =>
  Effect.as(
    Effect.flatMap(Terminal, ({ err }) => err(renderError(error, format, typed))),
    exitCodeOf(error)
  )

/**
 * A defect, told as any other error: it explains itself, is a refusal of the system, or is a bug of ours. The values that a bug happened to hold may
 * be secrets: they are not shown.
 */
export const reportDefect = (
  defect: unknown,
  format: Option.Option<Format>,
  typed: Typed
): Effect.Effect<number, never, Terminal> =>
  report(
    defect instanceof OutputWriteError
      ? defect
      : (systemFailure(defect) ?? {
          code: "INTERNAL_ERROR",
          message: `mp has a bug: ${defect instanceof Error ? `${defect.name} ${placeOf(defect)}` : "a defect that is no error"}`,
          hints: [],
          again: [{ flags: [["verbose"]] }],
          details: { fix: null }
        }),
    format,
    typed
  )

/** Where it happened: the first line of the stack that is a place, without the message before it. */
const placeOf = ({ stack }: Error): string =>
  stack
    ?.split("\n")
    .find((line) => /^\s+at /.test(line))
    ?.trim() ?? ""
