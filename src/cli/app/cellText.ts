/** A value as the text of a cell, before it is cleaned. */
import type { Json } from "./Json.ts"

export const cellText = (value: Json): string => {
  if (value === null) return ""
  if (typeof value === "string") return value
  if (Array.isArray(value)) return value.map(cellText).join(", ")
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}
