import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { advance, type BudgetState, emptyLog, lookAt, type QueryLog } from "../../domain/budget/QueryLog.ts"
import { Crypto } from "../platform/Crypto.ts"
import { type BudgetEngine, type BudgetOptions, fromBudgetEngine, limitsOf } from "./BudgetEngine.ts"
import { type BudgetKey, QueryBudget } from "./QueryBudget.ts"

const isIdle = ({ ahead, blocked, now, running, used }: BudgetState): boolean =>
  used + running + ahead === 0 && blocked <= now

export const memoryBudget = (options: BudgetOptions): BudgetEngine => {
  const limits = limitsOf(options)
  const logs = new Map<string, QueryLog>()
  const nameOf = ({ host, project }: BudgetKey) => `${host}/${project}`
  const logOf = (key: BudgetKey) => logs.get(nameOf(key)) ?? emptyLog
  /** Whoever serves many projects keeps no logs that say nothing any more. */
  const forgetOldest = (now: number) => {
    const [oldest] = logs
    if (oldest !== undefined && isIdle(lookAt(oldest[1], now, limits))) logs.delete(oldest[0])
  }
  return {
    step: (key, step) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const [answer, next] = advance(logOf(key), step, now, limits)
        logs.delete(nameOf(key))
        logs.set(nameOf(key), next)
        forgetOldest(now)
        return answer
      }),
    look: (key) => Effect.map(Clock.currentTimeMillis, (now) => lookAt(logOf(key), now, limits))
  }
}

/**
 * For programs that keep nothing on a disk: their own queries are counted, those of others are not known.
 *
 * @example
 * ```ts
 * const app = layerWith({ queryBudget: Layers.memoryBudget({ queries: 40 }) })
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: BudgetOptions = {}): Layer.Layer<QueryBudget, never, Crypto> =>
  Layer.effect(
    QueryBudget,
    Effect.flatMap(Crypto, (crypto) => fromBudgetEngine(memoryBudget(options), crypto))
  )
