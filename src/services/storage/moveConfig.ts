/** The configuration, from a store to another: what is not there is added, and what differs stays where it is. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Config from "../../domain/config/ConfigDocument.ts"
import { mergeConfig } from "../../domain/config/mergeConfig.ts"
import { ConfigError } from "../../domain/errors.ts"
import type { StorageError, Superseded } from "../../domain/storage/StorageError.ts"
import type { CredentialStorageShape, Entry } from "./CredentialStorage.ts"
import { commandAt, isThere, kept, type Move, moved, type Outcome } from "./Move.ts"

export interface ConfigMove {
  readonly there: Config.ConfigDocument
  readonly outcome: Option.Option<Outcome>
  readonly differing: ReadonlyArray<ReadonlyArray<string>>
  readonly finish: Effect.Effect<void, StorageError>
}

const documentIn = (storage: CredentialStorageShape, text: Option.Option<string>) =>
  Effect.flatMap(storage.describe("config"), (place) =>
    Option.match(text, {
      onNone: () => Effect.succeed(Config.empty(place)),
      onSome: (held) => Config.parse(place, held)
    })
  ).pipe(
    Effect.mapError(
      ({ details, hints, message }) =>
        new ConfigError({ message, details, hints: hints.map((hint) => commandAt(storage, hint)) })
    )
  )

export const moveConfig = ({
  from,
  isDry,
  to
}: Move): Effect.Effect<ConfigMove, ConfigError | StorageError | Superseded> =>
  Effect.gen(function* () {
    const valueOf = Option.map(({ value }: Entry) => value)
    const found = yield* from.get("config")
    const here = yield* documentIn(from, valueOf(found))
    const added = (held: Option.Option<string>) =>
      Effect.gen(function* () {
        const before = yield* documentIn(to, held)
        const merged = Option.isNone(held)
          ? { document: Config.withToml(before, here.toml), differing: [] }
          : mergeConfig(here, before)
        const { text } = (yield* Config.verified(merged.document)).toml
        const isNew = text !== before.toml.text
        return [{ ...merged, isNew }, Option.filter(Option.some(text), () => isNew)] as const
      })
    const { differing, document, isNew } = isDry
      ? (yield* Effect.flatMap(to.get("config"), (held) => added(valueOf(held))))[0]
      : yield* to.update("config", added)
    const outcome = differing.length > 0 ? otherwise(differing) : isNew ? moved : isThere
    const finish = Option.match(found, {
      onNone: () => Effect.void,
      // Who changes it meanwhile keeps it.
      onSome: ({ version }) => Effect.catchTag(from.remove("config", { version }), "Superseded", () => Effect.void)
    })
    return { there: document, outcome: Option.as(found, outcome), differing, finish: Effect.asVoid(finish) }
  })

const otherwise = (differing: ReadonlyArray<ReadonlyArray<string>>): Outcome =>
  kept(
    `it says otherwise there, or cannot be added: ${differing.map((path) => path.join(".")).join(", ")}. Nothing of that was taken`
  )
