import { TerminalText, text } from "./TerminalText.ts"

export type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** A record with named fields, in the order in which they are shown. */
export type Fields = { readonly [key: string]: Json }

/** Any value as JSON has it: what JSON has no word for becomes text, and nothing becomes null. */
export const toJson = (value: unknown): Json => {
  if (value === null || value === undefined) return null
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Date || typeof value !== "object") return String(value)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]))
}

export const json = (value: Json): TerminalText => text`${TerminalText.json(JSON.stringify(value, null, 2))}\n`

export const jsonLine = (value: Json): TerminalText => text`${TerminalText.json(JSON.stringify(value))}\n`

export const cellText = (value: Json): string => {
  if (value === null) return ""
  if (typeof value === "string") return value
  if (Array.isArray(value)) return value.map(cellText).join(", ")
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}
