/**
 * All that is stored, from a store to another. The configuration goes first, so that a login is used as soon as it is there,
 * and leaves last, so that every login that stays is named where it is.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { isAccountName } from "../../domain/account/identifiers.ts"
import type { ConfigError } from "../../domain/errors.ts"
import { type ClaimError, plainly } from "../../domain/storage/StorageError.ts"
import type { Entry } from "./CredentialStorage.ts"
import { isThere, kept, type Move, moved, type MovedEntry } from "./Move.ts"
import { moveEntriesOf, orKept } from "./moveEntriesOf.ts"
import { moveConfig } from "./moveConfig.ts"

export const moveStore = (move: Move): Effect.Effect<ReadonlyArray<MovedEntry>, ConfigError | ClaimError> =>
  Effect.gen(function* () {
    const { from, isDry } = move
    const config = yield* moveConfig(move)
    const keys = [...(yield* Stream.runCollect(from.list("")))].sort()
    const accounts = yield* Effect.forEach(entriesByAccount(keys), ([name, entries]) =>
      isAccountName(name) ? moveEntriesOf(move, config, name, entries) : Effect.succeed([])
    )
    const stays = accounts.flat().some(isKept)
    // A login that stays may be of a client that is registered here.
    const registrations = stays ? [] : keys.filter((key) => key.startsWith("clients/"))
    const clients = yield* Effect.forEach(registrations, (key) =>
      Effect.map(
        orKept(moveRegistration(move, key)),
        Option.map((outcome): MovedEntry => ({ key, outcome }))
      )
    )
    const configEntry = Option.map(
      config.outcome,
      (outcome): MovedEntry => ({
        key: "config",
        outcome: stays && outcome._tag !== "kept" ? namesLogins : outcome
      })
    )
    if (!isDry && !Option.exists(configEntry, isKept)) yield* config.finish
    return [...Option.toArray(configEntry), ...accounts.flat(), ...clients.flatMap(Option.toArray)]
  }).pipe(Effect.mapError((error) => (error._tag === "StorageError" ? plainly(error) : error)))

const namesLogins = kept("all of it is there, and it stays here as well for the logins that stay")

export const isKept = ({ outcome }: MovedEntry): boolean => outcome._tag === "kept"

const entriesByAccount = (keys: ReadonlyArray<string>): ReadonlyMap<string, ReadonlyArray<string>> => {
  const found = new Map<string, ReadonlyArray<string>>()
  for (const key of keys) {
    const [, name, entry] = /^accounts\/([^/]+)\/([^/]+)$/.exec(key) ?? []
    if (name !== undefined && entry !== undefined) found.set(name, [...(found.get(name) ?? []), entry])
  }
  return found
}

/** Logins name their client once they have moved: whichever was registered there first is used for new ones. */
const moveRegistration = ({ from, isDry, to }: Move, key: string) =>
  Effect.gen(function* () {
    const found = Option.getOrNull(yield* from.get(key))
    if (found === null) return Option.none()
    const put = Effect.as(to.put(key, found.value, { expected: "absent" }), Option.none<Entry>())
    const held = yield* isDry ? to.get(key) : Effect.catchTag(put, "Superseded", () => to.get(key))
    if (Option.exists(held, ({ value }) => value !== found.value)) {
      return Option.some(kept("another client is registered there, and is the one that new logins use"))
    }
    if (!isDry) yield* Effect.catchTag(from.remove(key, { version: found.version }), "Superseded", () => Effect.void)
    return Option.some(Option.isSome(held) ? isThere : moved)
  })
