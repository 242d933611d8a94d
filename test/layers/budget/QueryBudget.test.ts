import { describe } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll } from "vitest"
import { layer as webCrypto } from "#src/services/platform/Crypto.ts"
import * as DiskBudget from "#src/services/budget/DiskBudget.ts"
import * as MemoryBudget from "#src/services/budget/MemoryBudget.ts"
import { fromBudgetEngine } from "#src/services/budget/BudgetEngine.ts"
import { Crypto } from "#src/services/platform/Crypto.ts"
import { QueryBudget } from "#src/services/budget/QueryBudget.ts"
import { needs } from "../../support/needs.ts"
import { temporaryDirectory } from "../node/files/support.ts"
import { diskAt } from "../storage/disk.ts"
import { type Engine, pglite, postgresAt, redisAt, sqlite } from "../storage/engines.ts"
import { postgresServer, redisServer } from "../storage/servers.ts"
import { type BudgetGround, contract } from "./QueryBudget.contract.ts"

const budgetOf = <E>(layer: Layer.Layer<QueryBudget, E>) =>
  Effect.map(Layer.build(layer), (context) => Context.get(context, QueryBudget))

describe("in memory", () => {
  contract(
    Effect.sync((): BudgetGround => {
      // One process has one memory: its machines share it.
      let engine: ReturnType<typeof MemoryBudget.memoryBudget> | undefined
      return {
        machine: (options) =>
          Effect.flatMap(Crypto, (crypto) =>
            fromBudgetEngine((engine ??= MemoryBudget.memoryBudget(options)), crypto)
          ).pipe(Effect.provide(webCrypto))
      }
    })
  )
})

describe("on disk", () => {
  contract(
    Effect.map(
      temporaryDirectory,
      (home): BudgetGround => ({
        machine: (options) => budgetOf(Layer.provide(DiskBudget.layer(options), diskAt(home)))
      })
    )
  )
})

let namespaces = 0

/** An engine that is started once, for all tests of a group. */
const contractOn = <E>(start: Effect.Effect<Engine, E, Scope.Scope>): void => {
  const scope = Effect.runSync(Scope.make())
  let engine: Engine | undefined
  beforeAll(async () => {
    engine = await Effect.runPromise(Scope.extend(start, scope))
  }, 60_000)
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  contract(
    Effect.sync((): BudgetGround => {
      if (engine === undefined) throw new Error("The engine was not started.")
      const { budget } = engine
      const namespace = `budgets-${(namespaces += 1)}`
      return { machine: (options) => budgetOf(budget({ ...options, namespace })) }
    })
  )
}

const redis = needs("redis")
describe.skipIf(redis.areUnmet)(redis.title("on Redis"), () =>
  contractOn(Effect.flatMap(redisServer(), ({ port }) => redisAt(port)))
)

const postgres = needs("postgres")
describe.skipIf(postgres.areUnmet)(postgres.title("on Postgres"), () =>
  contractOn(Effect.flatMap(postgresServer(), ({ port }) => postgresAt(port)))
)

describe("on SQLite", () => contractOn(sqlite))

describe("on PGlite", () => contractOn(pglite))
