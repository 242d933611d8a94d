/** Whether stderr is read by a program, too: then it is one JSON object a line. */
import * as Option from "effect/Option"
import type { Format } from "./formats.ts"

export const speaksJson = (format: Option.Option<Format>): boolean =>
  Option.exists(format, (name) => name === "json" || name === "jsonl")
