/** How an error looks: one object for programs, a few lines for people. */
import * as Option from "effect/Option"
import type { Explained } from "../domain/errors.ts"
import type { Format } from "./formats.ts"
import { clean } from "./Output.ts"

/** Renders an error for stderr. */
export const renderError = (error: Explained, format: Option.Option<Format>): string =>
  Option.exists(format, (name) => name === "json" || name === "jsonl") ? asJson(error) : asText(error)

const asJson = ({ code, details, hints, message }: Explained): string =>
  `${JSON.stringify({ error: { code, message, hints, details: details ?? {} } })}\n`

const asText = ({ details, hints, message }: Explained): string => {
  const usage = details?.["usage"]
  return [
    `error: ${clean(message)}`,
    ...(typeof usage === "string" ? [`usage: ${usage}`] : []),
    ...(hints.length === 0 ? [] : ["try:", ...hints.map((hint) => `  ${clean(hint)}`)]),
    ""
  ].join("\n")
}
