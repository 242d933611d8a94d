import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import { isRecord, parseJson } from "../internal/json.ts"

export const maxReasonBytes = 65_536
export const maxReasonLength = 500
export const noReason = "no reason given"

const mark = "‹redacted›"

/**
 * The text without any of the secrets: as they are, in base64 (also as part of a longer base64 text),
 * percent- or form-encoded, in any case.
 */
export const scrub = (text: string, secrets: ReadonlyArray<string>): string => {
  const spellings = [...new Set(secrets.filter((secret) => secret !== "").flatMap(spellingsOf))]
  if (spellings.length === 0) return text
  const longestFirst = spellings.sort((a, b) => b.length - a.length).map(escapeRegExp)
  return text.replaceAll(new RegExp(longestFirst.join("|"), "gi"), mark)
}

/**
 * Why a request failed, in the server's words, wherever in a JSON body they stand, or a body of plain text; scrubbed, on one line and cut at 500 characters. A short phrase where there is none.
 */
export const reasonOf = (body: string, secrets: ReadonlyArray<string>): string => {
  const reason = Either.match(parseJson(body), { onLeft: () => plainText(body), onRight: errorText })
  return reason === undefined ? noReason : shown(reason, secrets)
}

const plainText = (body: string): string | undefined => (/^\s*[<{["]|[\uFFFD\0]/.test(body) ? undefined : body)

export const shown = (text: string, secrets: ReadonlyArray<string>): string =>
  cut(scrub(printable(text), secrets)) || noReason

const reasonKeys = [
  "error",
  "error_description",
  "message",
  "detail",
  "errors",
  "msg",
  "title",
  "reason",
  "description"
]

const errorText = (json: unknown, depth = 0): string | undefined => {
  if (depth > 4) return undefined
  if (typeof json === "string") return json.trim() === "" ? undefined : json
  if (Array.isArray(json)) return joined(json.slice(0, 10).map((item) => errorText(item, depth + 1)))
  if (!isRecord(json)) return undefined
  for (const key of reasonKeys) {
    const text = errorText(json[key], depth + 1)
    if (text !== undefined) return described(text, key === "error" ? json["error_description"] : undefined)
  }
  return joined(Object.entries(json).map(([key, value]) => fieldText(key, value, depth)))
}

const described = (text: string, description: unknown): string =>
  typeof description === "string" && description !== "" ? `${text}: ${description}` : text

const fieldText = (key: string, value: unknown, depth: number): string | undefined => {
  const text = Array.isArray(value) ? errorText(value, depth + 1) : undefined
  return text === undefined ? undefined : `${key}: ${text}`
}

const joined = (texts: ReadonlyArray<string | undefined>): string | undefined =>
  texts.filter((text) => text !== undefined).join("; ") || undefined

const cut = (text: string): string =>
  text.length <= maxReasonLength ? text : `${text.slice(0, maxReasonLength - 1).replace(/[\uD800-\uDBFF]$/, "")}…`

const printable = (text: string): string =>
  text
    .replaceAll(/\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(\u0007|\u001b\\)?/g, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "")
    .trim()

export const spellingsOf = (secret: string): ReadonlyArray<string> => {
  const bytes = new TextEncoder().encode(secret)
  const percent = percentEncoded(secret)
  return [
    secret,
    printable(secret),
    percent,
    percent.replaceAll("%20", "+"),
    [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
    Encoding.encodeBase64(bytes),
    ...base64Cores(bytes).flatMap((core) => [core, core.replaceAll("+", "-").replaceAll("/", "_")])
  ].filter((spelling) => spelling !== "")
}

/** Lone surrogates cannot be encoded; they stand for themselves. */
const percentEncoded = (text: string): string => Either.getOrElse(Encoding.encodeUriComponent(text), () => text)

/**
 * What base64 makes of the bytes wherever they stand in a longer text: one form for each alignment, without
 * the characters that neighbours take part in. Very short ones are left out, being as good as nothing.
 */
const base64Cores = (bytes: Uint8Array): ReadonlyArray<string> =>
  [0, 1, 2]
    .map((shift) => {
      const padded = new Uint8Array(shift + bytes.length)
      padded.set(bytes, shift)
      const whole = Math.floor((padded.length * 8) / 6)
      return Encoding.encodeBase64(padded).slice(Math.ceil((shift * 8) / 6), whole)
    })
    .filter((core) => core.length >= 4)

const escapeRegExp = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&")
