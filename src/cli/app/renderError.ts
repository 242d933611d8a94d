/** How an error looks: one object for programs, a few lines for people. */
import type * as Option from "effect/Option"
import type { Again, Command } from "../../domain/hints/Command.ts"
import { type ErrorInfo, fixOf } from "../../domain/errors.ts"
import { again, type Typed } from "./again.ts"
import type { Format } from "./formats.ts"
import { jsonLine, toJson } from "./Json.ts"
import { speaksJson } from "./speaksJson.ts"
import { lines, type TerminalText, text } from "./TerminalText.ts"

/** Renders an error for stderr. */
export const renderError = (error: ErrorInfo, format: Option.Option<Format>, typed: Typed): TerminalText => {
  const hints = [
    ...error.hints,
    ...(error.again ?? []).filter((change) => changes(typed, change)).map((change) => again(typed, change))
  ]
  return speaksJson(format) ? asJson(error, hints) : asText(error, hints)
}

/** Leaving out what was not given would be the same command line, which fails again. */
const changes = ({ flags }: Typed, { without = [], ...rest }: Again): boolean =>
  without.length === 0 || Object.keys(rest).length > 0 || flags.some(([name]) => without.includes(name))

/** Where the error alone knows no command, the command line that failed does. */
const asJson = ({ code, details, message }: ErrorInfo, hints: ReadonlyArray<Command>): TerminalText =>
  jsonLine({ error: { code, message, hints, details: toJson({ ...details, fix: details.fix ?? fixOf(hints) }) } })

const asText = ({ details, message }: ErrorInfo, hints: ReadonlyArray<Command>): TerminalText => {
  const usage = details["usage"]
  return lines([
    text`error: ${message}`,
    ...(typeof usage === "string" ? [text`usage: ${usage}`] : []),
    ...(hints.length === 0 ? [] : [text`try:`, ...hints.map((hint) => text`  ${hint}`)])
  ])
}
