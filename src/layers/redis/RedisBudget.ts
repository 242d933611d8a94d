/** The budget of all who have the same Redis: one script for each step, by the clock of the server. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { type BudgetState, type BudgetLimits, ticketMillis } from "../../domain/budget/QueryLog.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import { shownAddress } from "../../domain/storage/StoreAddress.ts"
import {
  type BudgetEngine,
  type BudgetOptions,
  fromBudgetEngine,
  limitsOf
} from "../../services/budget/BudgetEngine.ts"
import { type BudgetKey, QueryBudget } from "../../services/budget/QueryBudget.ts"
import { Crypto, layer as webCrypto } from "../../services/platform/Crypto.ts"
import { checkedNamespace } from "../../services/storage/sharing.ts"
import { budgetScript } from "./budgetScript.ts"
import { connectedTo, type RedisClient } from "./RedisClient.ts"
import { ask, numbersOf } from "./RedisEngine.ts"
import type { RedisUrlOptions } from "./RedisStorage.ts"

/**
 * Whose budgets these are, and other limits than Mixpanel's own.
 * @since 0.1.0
 * @category stores
 */
export interface RedisBudgetOptions extends BudgetOptions, Pick<RedisUrlOptions, "namespace"> {}

/**
 * The same with where the Redis is.
 * @since 0.1.0
 * @category stores
 */
export interface RedisBudgetUrlOptions extends RedisBudgetOptions, Pick<RedisUrlOptions, "url" | "allowPlain"> {}

const answerOf =
  (limits: BudgetLimits) =>
  (answer: unknown): BudgetState | undefined => {
    const numbers = numbersOf(answer) ?? []
    if (numbers.length !== 8) return undefined
    const [granted, now = 0, roomAt = 0, openAt = 0, used = 0, running = 0, ahead = 0, blocked = 0] = numbers
    return { granted: granted === 1, now, roomAt, openAt, used, running, ahead, blocked, limits }
  }

export const budgetEngine = (
  client: RedisClient,
  { limits, namespace, store }: { readonly store: string; readonly namespace: string; readonly limits: BudgetLimits }
): BudgetEngine => {
  const { atOnce, leaseMillis, queries, windowMillis } = limits
  const numbers = [queries, windowMillis, atOnce, leaseMillis, ticketMillis(limits)].map(String)
  const run = (
    operation: "get" | "put",
    { host, project }: BudgetKey,
    [kind, id, millis]: readonly [string, string, number]
  ) => {
    const name = `budget/${host}/${project}`
    const words = ["EVAL", budgetScript, "1", `${namespace}:${name}`, kind, id, `${millis}`, ...numbers] as const
    return ask({ client, store }, { operation, key: name }, words, answerOf(limits))
  }
  return {
    step: (key, step) => run("put", key, [step.kind, step.id, step.kind === "block" ? step.millis : 0]),
    look: (key) => run("get", key, ["look", "", 0])
  }
}

const over = <E>(
  { namespace = "mp", ...options }: RedisBudgetOptions,
  address: string,
  connecting: (store: string) => Effect.Effect<RedisClient, E, Scope.Scope>
): Layer.Layer<QueryBudget, E | StorageError> =>
  Layer.scoped(
    QueryBudget,
    Effect.gen(function* () {
      const store = `${address}, namespace ${namespace}`
      yield* checkedNamespace(store, namespace)
      const client = yield* connecting(store)
      return yield* fromBudgetEngine(
        budgetEngine(client, { store, namespace, limits: limitsOf(options) }),
        yield* Crypto
      )
    })
  ).pipe(Layer.provide(webCrypto))

/**
 * On the Redis at an address, over `ioredis`, which has to be installed.
 *
 * @example
 * ```ts
 * const app = layerWith({ queryBudget: budgetLayer({ url, namespace: "team" }) })
 * ```
 * @since 0.1.0
 * @category layers
 */
export const budgetLayer = (options: RedisBudgetUrlOptions): Layer.Layer<QueryBudget, StorageError> =>
  over(options, shownAddress(Redacted.value(options.url)), (store) => connectedTo(options, store))

/**
 * On a client of your own, as `layerFrom` takes it.
 *
 * @example
 * ```ts
 * const app = layerWith({ queryBudget: budgetLayerFrom({ call: (...words) => client.sendCommand(words) }, { namespace: "team" }) })
 * ```
 * @since 0.1.0
 * @category layers
 */
export const budgetLayerFrom = (
  client: RedisClient,
  options: RedisBudgetOptions = {}
): Layer.Layer<QueryBudget, StorageError> => over(options, "Redis", () => Effect.succeed(client))
