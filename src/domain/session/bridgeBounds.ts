/** What no bridge may hold. One of files is looked at before anything is made of it, too. */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Account } from "../account/Account.ts"
import type { DecodeIssue } from "../internal/decode.ts"
import { lazy } from "../internal/lazy.ts"
import type { OAuthTokens } from "../oauth/OAuthTokens.ts"
import type { SessionHeaders } from "./SessionHeaders.ts"
import { reservedHeaders } from "../api/RequestHeaders.ts"

/** The longest text: tokens are a few kilobytes. */
const maxBridgeText = 8192

const maxBridgeHeaders = 64

/** How deep objects and lists may stand in each other. A bridge itself goes two levels deep. */
export const maxBridgeDepth = 16

const maxBridgeParts = 1000

/** Controls and halves of characters: no name, token or header has them, and no request can carry them. */
const unprintable = lazy(() => new RegExp("[\\p{Cc}\\p{Cs}]", "u"))

interface Parts {
  readonly account: Account
  readonly tokens: Option.Option<OAuthTokens>
  readonly headers: SessionHeaders
}

export const bridgeIssue = (parts: Parts): DecodeIssue | undefined => {
  const { account, headers, tokens } = parts
  if (account.type === "oauth_browser" && Option.isNone(tokens)) {
    return { path: ["tokens"], message: "is missing (an oauth_browser account needs it)" }
  }
  const variable = account.type === "oauth_token" ? Option.getOrUndefined(account.tokenEnv) : undefined
  return outOfBounds(parts) ?? variableIssue(variable) ?? headerIssue(Object.keys(headers))
}

/** The first thing in a bridge, parsed or made, that is out of bounds. Its depth is bounded by whoever parsed it. */
export const outOfBounds = (bridge: unknown): DecodeIssue | undefined => {
  let parts = 0
  const look = (given: unknown, path: ReadonlyArray<string>): DecodeIssue | undefined => {
    const value = held(given)
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
  return look(bridge, [])
}

/** What JSON would have in the place of a value. */
const held = (value: unknown): unknown => {
  if (Option.isOption(value)) return held(Option.getOrUndefined(value))
  return Redacted.isRedacted(value) ? Redacted.value(value) : value
}

/** `JSON.parse` makes it a key like any other, and copies of the object would take it for something else. */
const keyIssue = (key: string, path: ReadonlyArray<string>): DecodeIssue | undefined =>
  key === "__proto__" ? { path, message: "is not a known key" } : undefined

const textIssue = (text: string, path: ReadonlyArray<string>): DecodeIssue | undefined => {
  if (text.length > maxBridgeText) return { path, message: `is longer than ${maxBridgeText} characters` }
  return unprintable().test(text) ? { path, message: "must be a single line of text" } : undefined
}

const headerIssue = (names: ReadonlyArray<string>): DecodeIssue | undefined => {
  if (names.length > maxBridgeHeaders) return { path: ["headers"], message: `are more than ${maxBridgeHeaders}` }
  const reserved = names.find((name) => isReserved(name.toLowerCase()))
  return reserved === undefined
    ? undefined
    : { path: ["headers", reserved], message: "is not a header that a bridge may set" }
}

const isReserved = (name: string): boolean =>
  reservedHeaders.has(name) || name.startsWith("proxy-") || ["content-length", "cookie", "cookie2"].includes(name)

/** Variables that hold something else than a bearer, and must not be sent as one. */
export const otherSecrets: ReadonlySet<string> = new Set([
  "MP_SECRET",
  "MP_PROJECT_SECRET",
  "MP_STORE",
  "MP_STORE_KEY",
  "MP_CUSTOM_HEADER_VALUE"
])

/** A variable that a bridge names is read and sent: it must be one that is meant for that. */
const variableIssue = (name: string | undefined): DecodeIssue | undefined => {
  const path = ["account", "token_env"]
  if (name === undefined) return undefined
  if (!/^MP_[A-Za-z0-9_]+$/.test(name)) return { path, message: "must name a variable that begins with MP_" }
  return otherSecrets.has(name) ? { path, message: `must not name ${name}, which holds another secret` } : undefined
}
