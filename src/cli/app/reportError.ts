/** From the effect of a command to an exit code: whatever goes wrong is told on stderr, in one way. */
import * as Effect from "effect/Effect"
import { type ErrorInfo, fixOf } from "../../domain/errors.ts"
import type { Again, Command } from "../../domain/hints/Command.ts"
import { moreOpenFiles } from "../../domain/hints/fileFixes.ts"
import { refusalText } from "../../domain/internal/errno.ts"
import { systemRefusal } from "../../domain/internal/systemRefusal.ts"
import { again, type Typed } from "./again.ts"
import type { CommandError } from "./CommandContext.ts"
import { exitCodeOf, exitCodes } from "./exitCode.ts"
import { isJson } from "./globalFlags.ts"
import { inLocale, isStyled } from "./look.ts"
import { jsonLine, toJson } from "./Json.ts"
import { styled } from "./styled.ts"
import { OutputWriteError, Terminal } from "./Terminal.ts"
import { lines, type TerminalText, text } from "./TerminalText.ts"

type Told = Effect.Effect<number, never, Terminal>

export const toExitCode = <R>(
  command: Effect.Effect<void, CommandError, R>,
  typed: Typed
): Effect.Effect<number, never, R | Terminal> =>
  command.pipe(
    Effect.as<number>(exitCodes.ok),
    Effect.catchAll((error) => reportError(error, typed)),
    Effect.catchAllDefect((defect) => reportDefect(defect, typed))
  )

/** Tells an error that has not been told yet. */
export const reportError = (error: CommandError, typed: Typed): Told =>
  error._tag === "SilentError" ? Effect.succeed(exitCodeOf(error.error)) : report(error, typed)

export const report = (error: ErrorInfo, typed: Typed): Told =>
  Effect.gen(function* () {
    const { err, errIsTerminal } = yield* Terminal
    yield* err(yield* renderError(error, typed, yield* isStyled(errIsTerminal)))
    return exitCodeOf(error)
  })

/**
 * A defect, told as any other error: it explains itself, is a refusal of the system, or is a bug of ours. The values that
 * a bug happened to hold may be secrets: they are not shown.
 */
export const reportDefect = (defect: unknown, typed: Typed): Told =>
  report(defect instanceof OutputWriteError ? defect : (systemFailure(defect) ?? bug(defect)), typed)

const bug = (defect: unknown): ErrorInfo => ({
  code: "INTERNAL_ERROR",
  message: `mp has a bug: ${defect instanceof Error ? `${defect.name} ${placeOf(defect)}` : "a defect that is no error"}`,
  hints: [],
  again: [{ flags: [["verbose"]] }],
  details: { fix: null }
})

/** Where it happened: the first line of the stack that is a place, without the message before it. */
const placeOf = ({ stack }: Error): string =>
  stack
    ?.split("\n")
    .find((line) => /^\s+at /.test(line))
    ?.trim() ?? ""

/** The limits that a command raises; what else a system refuses, its meaning tells. */
const fixes: Readonly<Record<string, Command>> = moreOpenFiles

/** A call of the system that failed where nobody expected it to: `null` for anything else. */
export const systemFailure = (defect: unknown): ErrorInfo | null => {
  const refusal = systemRefusal(defect)
  if (refusal === null) return null
  const { about, code, syscall } = refusal
  const fix = fixes[code] ?? null
  return {
    code: "SYSTEM_ERROR",
    message: refusalText(refusal),
    hints: fix === null ? [] : [fix],
    again: [{}],
    details: { errno: code, syscall, about, fix }
  }
}

/** One object for programs, a few lines for people. */
const renderError = (error: ErrorInfo, typed: Typed, isShownStyled: boolean): Effect.Effect<TerminalText> => {
  const hints = [
    ...error.hints,
    ...(error.again ?? []).filter((change) => changes(typed, change)).map((change) => again(typed, change))
  ]
  const [, given] = typed.flags.find(([name]) => name === "format") ?? []
  return isJson(given) ? Effect.succeed(asJson(error, hints)) : inLocale(asText(error, hints, isShownStyled))
}

/** Leaving out what was not given would be the same command line, which fails again. */
const changes = ({ flags }: Typed, { without = [], ...rest }: Again): boolean =>
  without.length === 0 || Object.keys(rest).length > 0 || flags.some(([name]) => without.includes(name))

/** Where the error alone knows no command, the command line that failed does. */
const asJson = ({ code, details, message }: ErrorInfo, hints: ReadonlyArray<Command>): TerminalText =>
  jsonLine({ error: { code, message, hints, details: toJson({ ...details, fix: details.fix ?? fixOf(hints) }) } })

const asText = ({ details, message }: ErrorInfo, hints: ReadonlyArray<Command>, isShownStyled: boolean) => {
  const usage = details["usage"]
  return lines([
    text`${styled("red", "error:", isShownStyled)} ${message}`,
    ...(typeof usage === "string" ? [text`usage: ${usage}`] : []),
    ...(hints.length === 0 ? [] : [text`try:`, ...hints.map((hint) => text`  ${hint}`)])
  ])
}
