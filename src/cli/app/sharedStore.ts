/** The store of `MP_STORE`: loaded where it is set, and connected to by the first who asks for something. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import { limitsOf, type BudgetEngine, fromBudgetEngine } from "../../services/budget/BudgetEngine.ts"
import { StorageError } from "../../domain/storage/StorageError.ts"
import type { EngineReport } from "../../domain/storage/EngineReport.ts"
import { parseStoreSettings, shownStore, type StoreSettings } from "../../domain/storage/StoreSettings.ts"
import { storeVariables } from "../../domain/storage/storeVariables.ts"
import { nodeCrypto } from "../../layers/node/crypto.ts"
import { QueryBudget } from "../../services/budget/QueryBudget.ts"
import { Crypto } from "../../services/platform/Crypto.ts"
import { readAll } from "../../services/platform/environment.ts"
import { CredentialStorage, type CredentialStorageShape } from "../../services/storage/CredentialStorage.ts"
import { openedOnce, openedOnDemand } from "../../services/storage/openedOnDemand.ts"
import { SharedStore } from "../../services/storage/SharedStore.ts"
import { TokenSettings } from "../../services/tokens/TokenSettings.ts"

/** What an engine is used for, on one connection. */
interface Opening {
  readonly storage: Effect.Effect<CredentialStorageShape, StorageError, Scope.Scope | Crypto>
  readonly budget: Effect.Effect<BudgetEngine, StorageError, Scope.Scope>
  readonly report: Effect.Effect<EngineReport, StorageError>
}

const onRedis = ({ address, keys, namespace, replicas }: StoreSettings, shown: string, store: string) =>
  Effect.gen(function* () {
    const [{ connected }, { over }, { budgetEngine }, { redisReport }] = yield* Effect.promise(() =>
      Promise.all([
        import("../../layers/redis/RedisClient.ts"),
        import("../../layers/redis/RedisStorage.ts"),
        import("../../layers/redis/RedisBudget.ts"),
        import("../../layers/redis/redisReport.ts")
      ])
    )
    const client = yield* openedOnce(connected({ address, store }))
    return {
      storage: over({ keys, namespace, replicas }, shown, () => client),
      budget: Effect.map(client, (made) => budgetEngine(made, { store, namespace, limits: limitsOf({}) })),
      report: Effect.flatMap(client, (made) => redisReport({ client: made, store, namespace, replicas }))
    }
  })

const onPostgres = ({ address, keys, namespace }: StoreSettings, shown: string, store: string) =>
  Effect.gen(function* () {
    const [{ connected }, { over }, { budgetEngine }, { sqlReport }] = yield* Effect.promise(() =>
      Promise.all([
        import("../../layers/sql/postgresClient.ts"),
        import("../../layers/sql/SqlStorage.ts"),
        import("../../layers/sql/SqlBudget.ts"),
        import("../../layers/sql/sqlReport.ts")
      ])
    )
    const client = yield* openedOnce(connected({ address, store }))
    return {
      storage: over({ keys, namespace }, shown, () => client),
      budget: Effect.flatMap(client, (made) => budgetEngine(made, { store, namespace, limits: limitsOf({}) })),
      report: Effect.flatMap(client, (made) => sqlReport({ sql: made.withoutTransforms(), store, namespace }))
    }
  })

/** Wrong settings are told by whatever needs the store. */
export const sharedStore = Effect.gen(function* () {
  const read = yield* readAll(storeVariables)
  const { address: shown, store } = shownStore(read)
  const parsed = Either.mapLeft(
    parseStoreSettings(read),
    (why) => new StorageError({ operation: "open", key: null, store, ...why })
  )
  const opening: Effect.Effect<Opening, StorageError, Scope.Scope> = Effect.flatMap(parsed, (settings) =>
    settings.address.engine === "redis" ? onRedis(settings, shown, store) : onPostgres(settings, shown, store)
  )
  const engine = yield* openedOnce(opening)
  const storage = yield* openedOnce(
    Effect.flatMap(engine, (made) => made.storage).pipe(Effect.provideService(Crypto, nodeCrypto))
  )
  const report = Effect.flatMap(engine, (made) => made.report)
  const budget = yield* openedOnce(Effect.flatMap(engine, (made) => made.budget))
  const queries = yield* fromBudgetEngine(
    {
      step: (key, step) => Effect.flatMap(budget, (made) => made.step(key, step)),
      look: (key) => Effect.flatMap(budget, (made) => made.look(key))
    },
    nodeCrypto
  )
  const tokens = yield* TokenSettings
  return Context.make(CredentialStorage, openedOnDemand(storage, store)).pipe(
    Context.add(QueryBudget, queries),
    Context.add(SharedStore, SharedStore.of({ shown: store, settings: parsed, opened: storage, report })),
    Context.add(
      TokenSettings,
      Either.match(parsed, {
        onLeft: () => tokens,
        onRight: ({ cacheSeconds }) => ({ ...tokens, cacheFor: `${cacheSeconds} seconds` as const })
      })
    )
  )
})
