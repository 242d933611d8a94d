import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Config from "../../domain/config/ConfigDocument.ts"
import { describeIssues } from "../../domain/internal/decode.ts"
import { ConfigError, type FileError, type LockError } from "../../domain/errors.ts"
import { type AccountName, type Region, regions } from "../../domain/account/identifiers.ts"
import { parseJson } from "../../domain/internal/json.ts"
import { type MigrationPlan, planMigration } from "../../domain/config/migration/MigrationPlan.ts"
import { ownerOf, sameTokens } from "../../domain/config/migration/TokenMoves.ts"
import { decodeTokens, type OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { Locations } from "../platform/Locations.ts"
import { TokenStore } from "../tokens/TokenStore.ts"

/**
 * The tokens of a region, and the account that they go to.
 * @since 0.1.0
 * @category models
 */
export interface TokenMove {
  readonly from: string
  readonly to: string
  readonly account: AccountName
}

/**
 * A file of tokens that stays where it is, and why.
 * @since 0.1.0
 * @category models
 */
export interface TokensLeft {
  readonly path: string
  readonly reason: string
}

/**
 * What a migration does, or did.
 * @since 0.1.0
 * @category models
 */
export interface Migration extends MigrationPlan {
  /** The copy of the original. It holds the secrets of the original. */
  readonly legacy: string
  readonly tokens: ReadonlyArray<TokenMove>
  readonly tokensLeft: ReadonlyArray<TokensLeft>
}

/**
 * Why a configuration could not be migrated.
 * @since 0.1.0
 * @category errors
 */
export type MigrationError = ConfigError | LockError | StorageError

/**
 * Brings the files of an older format to the present one.
 * @since 0.1.0
 * @category services
 */
export class ConfigMigration extends Context.Tag("effect-mixpanel/ConfigMigration")<
  ConfigMigration,
  {
    /** The configuration as it is written, of whatever version; for those that only show it. */
    readonly document: Effect.Effect<Config.ConfigDocument, ConfigError>
    /** What `run` would do; `None` when the file is in today's schema, or there is none. Changes nothing. */
    readonly plan: Effect.Effect<Option.Option<Migration>, ConfigError>
    /**
     * Migrates `config.toml` and the tokens of 2.x as one transaction under the lock of the configuration.
     * The original is kept as `config.toml.legacy`; a copy that is there already is never overwritten: the
     * next free of `.legacy.1`, `.legacy.2`, … is taken, unless one of them is this very text.
     *
     * @example
     * ```ts
     * const migration = yield* Effect.flatMap(ConfigMigration, ({ run }) => run)
     * ```
     */
    readonly run: Effect.Effect<Option.Option<Migration>, MigrationError>
  }
>() {}

interface PlannedMove extends TokenMove {
  readonly content: OAuthTokens
}

interface Planned {
  readonly migration: Migration
  readonly moves: ReadonlyArray<PlannedMove>
}

export const make = Effect.gen(function* () {
  const files = yield* CredentialFiles
  const locations = yield* Locations
  const store = yield* TokenStore

  const read = (path: string): Effect.Effect<Config.ConfigDocument, ConfigError> =>
    files.read(path).pipe(
      Effect.mapError(ConfigError.fromFile),
      Effect.flatMap(
        Option.match({
          onNone: () => Effect.succeed(Config.empty(path)),
          onSome: (text) => Config.parseAnyVersion(path, text)
        })
      )
    )

  /** The next name that is free, or holds this text already. A file that cannot be read is not free. */
  const legacyOf = (path: string, text: string, tried = 0): Effect.Effect<string> => {
    const candidate = `${path}.legacy${tried === 0 ? "" : `.${tried}`}`
    return Effect.flatMap(Effect.either(files.read(candidate)), (found) =>
      Either.isRight(found) && Option.getOrElse(found.right, () => text) === text
        ? Effect.succeed(candidate)
        : Effect.suspend(() => legacyOf(path, text, tried + 1))
    )
  }

  const moveOf = Effect.fn("ConfigMigration.moveOf")(function* (
    after: Config.ConfigDocument,
    region: Region,
    from: string
  ) {
    const text = yield* Effect.mapError(files.read(from), (error) => error.reason)
    if (Option.isNone(text)) return Option.none<Either.Either<PlannedMove, TokensLeft>>()
    const left = (reason: string) => Option.some(Either.left({ path: from, reason }))
    const content = parseTokens(text.value)
    const owner = ownerOf(after, region)
    if (Either.isLeft(content)) return left(content.left)
    if (Either.isLeft(owner)) return left(owner.left)
    const present = yield* Effect.either(store.get(owner.right))
    if (Either.isLeft(present)) return left(present.left.reason)
    if (Option.exists(present.right, (tokens) => !sameTokens(tokens, content.right)))
      return left(`account ${owner.right} has tokens of its own`)
    const to = yield* store.describe(owner.right)
    return Option.some(Either.right({ from, to, account: owner.right, content: content.right }))
  })

  const movesOf = (after: Config.ConfigDocument) =>
    Effect.forEach(regions, (region) =>
      Effect.flatMap(Effect.mapError(locations.oldTokens(region), ConfigError.fromFile), (path) =>
        Effect.catchAll(moveOf(after, region, path), (reason) =>
          Effect.succeedSome(Either.left<TokensLeft>({ path, reason }))
        )
      )
    ).pipe(Effect.map((found) => found.flatMap(Option.toArray)))

  const planFor = Effect.fn("ConfigMigration.plan")(function* (document: Config.ConfigDocument) {
    const plan = planMigration(document)
    if (Option.isNone(plan)) return Option.none<Planned>()
    yield* Config.verified(plan.value.after)
    const found = yield* movesOf(plan.value.after)
    const moves = found.flatMap((move) => Option.toArray(Either.getRight(move)))
    const migration: Migration = {
      ...plan.value,
      legacy: yield* legacyOf(document.path, document.toml.text),
      tokens: moves.map(({ account, from, to }) => ({ account, from, to })),
      tokensLeft: found.flatMap((move) => Option.toArray(Either.getLeft(move)))
    }
    return Option.some<Planned>({ migration, moves })
  })

  /** First what adds, then the one write that counts, then what takes away: a crash in between harms nothing. */
  const apply = Effect.fn("ConfigMigration.apply")(function* ({ migration, moves }: Planned) {
    const { after, before, legacy } = migration
    yield* files.write(legacy, before.toml.text)
    yield* Effect.forEach(moves, ({ account, content }) => store.put(account, content), { discard: true })
    yield* files.write(after.path, after.toml.text)
    const stuck = yield* Effect.forEach(moves, ({ from }) => Effect.either(removed(from)))
    return { ...migration, tokensLeft: [...migration.tokensLeft, ...stuck.flatMap(lefts)] }
  })

  const removed = (path: string): Effect.Effect<boolean, TokensLeft> =>
    Effect.mapError(files.remove(path), (error) => ({
      path,
      reason: error._tag === "FileError" ? `was copied, but it ${error.reason}` : `was copied. ${error.message}`
    }))

  const migrate = (path: string) =>
    Effect.flatMap(Effect.flatMap(read(path), planFor), Effect.transposeMapOption(apply))

  const config = Effect.mapError(locations.config, ConfigError.fromFile)

  const plan = config.pipe(
    Effect.flatMap(read),
    Effect.flatMap(planFor),
    Effect.map(Option.map(({ migration }) => migration))
  )

  return ConfigMigration.of({
    document: Effect.flatMap(config, read),
    plan,
    run: Effect.gen(function* () {
      const path = yield* config
      // A lock leaves a file behind, which a home without anything to migrate need not get.
      if (Option.isNone(yield* plan)) return Option.none<Migration>()
      return yield* files.withLock(path)(() => migrate(path))
    }).pipe(Effect.catchTag("FileError", (error: FileError) => Effect.fail(ConfigError.fromFile(error))))
  })
})

const lefts = <E>(result: Either.Either<unknown, E>): ReadonlyArray<E> => Option.toArray(Either.getLeft(result))

const parseTokens = (text: string): Either.Either<OAuthTokens, string> =>
  Either.flatMap(
    Either.mapLeft(parseJson(text), (problem) => `it is ${problem}`),
    (json) => Either.mapLeft(decodeTokens(json), describeIssues)
  )

/**
 * `ConfigMigration` over the configuration and the tokens.
 *
 * @example
 * ```ts
 * const configMigration = Layers.configMigration.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ConfigMigration, never, CredentialFiles | Locations | TokenStore> = Layer.effect(
  ConfigMigration,
  make
)
