import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type DecodeIssue } from "../internal/decode.ts"
import { isRecord, parseJson } from "../internal/json.ts"
import { decodeMe, type Me } from "./Me.ts"

export interface CachedMe {
  readonly me: Me
  /** Epoch milliseconds. A file that does not say never expires. */
  readonly cachedAt: Option.Option<number>
  /** The credential's mark; mixpanel_headless's files have none. */
  readonly credential: Option.Option<string>
}

export const freshMillis = 86_400_000

/** Whether the answer is fresh at `now`; one that comes from the future is as doubtful as an old one. */
export const isFreshAt = ({ cachedAt }: CachedMe, now: number): boolean =>
  Option.match(cachedAt, { onNone: () => true, onSome: (at) => Math.abs(now - at) < freshMillis })

export const isFor = ({ credential }: CachedMe, mark: string): boolean =>
  Option.getOrElse(credential, () => mark) === mark

export const decodeCachedMe = (text: string): Either.Either<CachedMe, ReadonlyArray<DecodeIssue>> =>
  Either.flatMap(parsed(text), (json) =>
    Either.map(decodeMe(json), (me) => ({
      me,
      cachedAt: Option.map(
        Option.liftPredicate(me.raw["cached_at"], (at) => typeof at === "number"),
        (seconds) => seconds * 1000
      ),
      credential: Option.liftPredicate(me.raw["cached_credential"], (mark) => typeof mark === "string")
    }))
  )

const parsed = (text: string): Either.Either<unknown, ReadonlyArray<DecodeIssue>> =>
  Either.mapLeft(parseJson(text), (problem) => [{ path: [], message: `is ${problem}` }])

/**
 * The text of `me.json`: the object as it was received, with what mixpanel_headless's reader expects to find
 * (`null` where nothing was said), without the lists of members, which are long and never read, and without spaces: of an
 * organization with thousands of projects it takes megabytes.
 */
export const cachedMeText = (me: Me, cachedAt: number, credential: string): string => {
  const file = {
    ...knownFields(["user_id", "user_email", "user_name"]),
    ...me.raw,
    organizations: entries(me.raw["organizations"], organizationFields),
    projects: entries(me.raw["projects"], projectFields),
    workspaces: entries(me.raw["workspaces"], workspaceFields, ["member_list", "unified_member_list"]),
    cached_at: cachedAt / 1000,
    cached_region: null,
    cached_credential: credential
  }
  return ascii(JSON.stringify(file))
}

const organizationFields = ["role", "permissions"]
const projectFields = ["timezone", "has_workspaces", "domain", "type"]
const workspaceFields = ["is_default", "is_global", "is_restricted", "is_visible", "description", "creator_name"]

const knownFields = (names: ReadonlyArray<string>): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, null]))

const entries = (
  map: unknown,
  optional: ReadonlyArray<string>,
  dropped: ReadonlyArray<string> = []
): Record<string, unknown> =>
  isRecord(map)
    ? Object.fromEntries(
        Object.entries(map).flatMap(([id, entry]) =>
          isRecord(entry) ? [[id, completed(entry, optional, dropped)]] : []
        )
      )
    : {}

const completed = (
  entry: object,
  optional: ReadonlyArray<string>,
  dropped: ReadonlyArray<string>
): Record<string, unknown> => {
  const kept = Object.fromEntries(Object.entries(entry).filter(([key]) => !dropped.includes(key)))
  return { ...kept, ...knownFields(optional.filter((name) => !Object.hasOwn(kept, name))) }
}

/** As Python's `json` writes it: everything beyond printable ASCII is escaped. */
const ascii = (json: string): string =>
  json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
