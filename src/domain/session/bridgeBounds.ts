/** What is more than a bridge ever holds, found before anything is made of it. */
import type { DecodeIssue } from "../internal/decode.ts"
import { reservedHeaders } from "../api/RequestHeaders.ts"

/** The longest text: tokens are a few kilobytes. */
const maxBridgeText = 8192

/** The most headers. */
const maxBridgeHeaders = 64

/** How deep objects and lists may stand in each other. A bridge itself goes two levels deep. */
export const maxBridgeDepth = 16

/** The most keys and items in all. */
const maxBridgeParts = 1000

/** Controls and halves of characters: no name, token or header has them, and no request can carry them. */
const unprintable = /[\p{Cc}\p{Cs}]/u

/** The first thing in a parsed bridge that is out of bounds. Its depth is bounded by whoever parsed it. */
export const outOfBounds = (json: unknown): DecodeIssue | undefined => {
  let parts = 0
  const look = (value: unknown, path: ReadonlyArray<string>): DecodeIssue | undefined => {
    if (++parts > maxBridgeParts) return { path: [], message: "has too many parts" }
    if (typeof value === "string") return textIssue(value, path)
    if (typeof value !== "object" || value === null) return undefined
    for (const [key, item] of Object.entries(value)) {
      const shown = textIssue(key, path) === undefined ? [...path, key] : path
      const issue = keyIssue(key, shown) ?? textIssue(key, shown) ?? look(item, shown)
      if (issue !== undefined) return issue
    }
    return undefined
  }
  return look(json, [])
}

/** `JSON.parse` makes it a key like any other, and copies of the object would take it for something else. */
const keyIssue = (key: string, path: ReadonlyArray<string>): DecodeIssue | undefined =>
  key === "__proto__" ? { path, message: "is not a known key" } : undefined

const textIssue = (text: string, path: ReadonlyArray<string>): DecodeIssue | undefined => {
  if (text.length > maxBridgeText) return { path, message: `is longer than ${maxBridgeText} characters` }
  return unprintable.test(text) ? { path, message: "must be a single line of text" } : undefined
}

/** Headers that a bridge must not bring: those of the credential and the connection, and what belongs to a browser. */
export const headerIssue = (names: ReadonlyArray<string>): DecodeIssue | undefined => {
  if (names.length > maxBridgeHeaders) return { path: [], message: `are more than ${maxBridgeHeaders}` }
  const reserved = names.find((name) => isReserved(name.toLowerCase()))
  return reserved === undefined ? undefined : { path: [reserved], message: "is not a header that a bridge may set" }
}

const isReserved = (name: string): boolean =>
  reservedHeaders.has(name) || name.startsWith("proxy-") || ["content-length", "cookie", "cookie2"].includes(name)

/** Variables that hold something else than a bearer, and must not be sent as one. */
const otherSecrets: ReadonlySet<string> = new Set([
  "MP_SECRET",
  "MP_PROJECT_SECRET",
  "MP_STORE_KEY",
  "MP_CUSTOM_HEADER_VALUE"
])

/** What is wrong with the variable that a bridge names as the place of its bearer. */
export const tokenEnvIssue = (name: string): string | undefined => {
  if (!/^MP_[A-Za-z0-9_]+$/.test(name)) return "must name a variable that begins with MP_"
  return otherSecrets.has(name) ? `must not name ${name}, which holds another secret` : undefined
}
