import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import { BudgetSpent } from "../../domain/budget/BudgetSpent.ts"
import {
  type BudgetState,
  type BudgetLimits,
  mixpanelLimits,
  type Step,
  ticketMillis
} from "../../domain/budget/QueryLog.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import type { Crypto } from "../platform/Crypto.ts"
import { type BudgetKey, BudgetPolicy, type Permit, QueryBudget, type QueryBudgetShape } from "./QueryBudget.ts"

export interface BudgetEngine {
  readonly step: (key: BudgetKey, step: Step) => Effect.Effect<BudgetState, StorageError>
  readonly look: (key: BudgetKey) => Effect.Effect<BudgetState, StorageError>
}

/**
 * Other limits than Mixpanel's own, for a project that has more, or that is to be left something.
 * @since 0.1.0
 * @category models
 */
export interface BudgetOptions {
  readonly queries?: number | undefined
  readonly window?: Duration.DurationInput | undefined
  readonly atOnce?: number | undefined
  readonly lease?: Duration.DurationInput | undefined
}

const millisOr = (duration: Duration.DurationInput | undefined, otherwise: number): number =>
  duration === undefined ? otherwise : Math.ceil(Duration.toMillis(duration))

export const limitsOf = ({ atOnce, lease, queries, window }: BudgetOptions): BudgetLimits => ({
  queries: queries ?? mixpanelLimits.queries,
  windowMillis: millisOr(window, mixpanelLimits.windowMillis),
  atOnce: atOnce ?? mixpanelLimits.atOnce,
  leaseMillis: millisOr(lease, mixpanelLimits.leaseMillis)
})

/** How much of its ticket somebody who waits lets pass at most without asking again. */
const asksPerTicket = 6

const tellMillis = 60_000

/** For each of those who wait before. */
const pauseMillis = 100

/**
 * How long to wait before asking again: until the hour has room for whoever asks; then a query that ends may make some. At
 * random, so that not all ask at once; who is next asks most often.
 */
const pauseOf = ({ ahead, limits, now, openAt, roomAt }: BudgetState): Effect.Effect<number> => {
  const most = ticketMillis(limits) / asksPerTicket
  const closed = openAt - now
  if (closed > 0 && closed <= most) return Effect.succeed(closed)
  const longest = Math.max(1, Math.min(closed > 0 ? most : pauseMillis * (1 + ahead), roomAt - now, most))
  return Effect.map(Random.nextRange(longest / 4, longest), Math.ceil)
}

const uncounted: Permit = {
  given: Option.none(),
  notCounted: Effect.void,
  again: Effect.void,
  block: () => Effect.void
}

export const known = (engine: BudgetEngine, key: BudgetKey): Effect.Effect<Option.Option<BudgetState>, StorageError> =>
  Effect.map(
    engine.look(key),
    Option.liftPredicate(({ blocked, now, used }) => used > 0 || blocked > now)
  )

export const fromBudgetEngine = (
  engine: BudgetEngine,
  { randomBytes }: Pick<Crypto["Type"], "randomBytes">
): Effect.Effect<QueryBudgetShape> =>
  Effect.map(Ref.make(false), (isTold) => {
    const unavailable = (error: StorageError) =>
      Effect.flatMap(Ref.getAndSet(isTold, true), (wasTold) =>
        wasTold ? Effect.logDebug(error.message) : Effect.flatMap(BudgetPolicy, (policy) => policy.unavailable(error))
      )

    const tried = (key: BudgetKey, step: Step): Effect.Effect<void> =>
      Effect.catchAll(engine.step(key, step), ({ message }) => Effect.logDebug(message))

    const kept = (key: BudgetKey, id: string, state: BudgetState): Effect.Effect<Permit, never, Scope.Scope> =>
      Effect.gen(function* () {
        const ending = yield* Ref.make<"end" | "drop">("end")
        yield* Effect.addFinalizer(() => Effect.flatMap(Ref.get(ending), (kind) => tried(key, { kind, id })))
        const renewal = Effect.delay(tried(key, { kind: "renew", id }), Math.ceil(state.limits.leaseMillis / 3))
        yield* Effect.forkScoped(Effect.interruptible(Effect.forever(renewal)))
        return {
          given: Option.some(state),
          notCounted: Ref.set(ending, "drop"),
          again: tried(key, { kind: "again", id }),
          block: (millis) => tried(key, { kind: "block", id, millis: Math.ceil(millis) })
        }
      })

    const asked = (key: BudgetKey, step: Step): Effect.Effect<Option.Option<BudgetState>, BudgetSpent> =>
      Effect.gen(function* () {
        for (let toldAt = Number.NEGATIVE_INFINITY; ; ) {
          const answer = yield* Effect.asSome(
            Effect.retry(engine.step(key, step), {
              times: step.kind === "wait" ? 2 : 0,
              while: (error) => error.temporary
            })
          ).pipe(Effect.catchAll((error) => Effect.as(unavailable(error), Option.none<BudgetState>())))
          if (Option.isNone(answer) || answer.value.granted) return answer
          const spent = new BudgetSpent({ project: key.project, found: answer.value })
          if (step.kind === "take") return yield* spent
          if (answer.value.now - toldAt >= tellMillis) {
            toldAt = answer.value.now
            yield* Effect.flatMap(BudgetPolicy, (policy) => policy.waiting(spent))
          }
          yield* Effect.flatMap(pauseOf(answer.value), Effect.sleep)
        }
      })

    const take: QueryBudgetShape["take"] = (key, { wait = false } = {}) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          const id = Encoding.encodeBase64Url(yield* randomBytes(9))
          const answer = yield* restore(asked(key, { kind: wait ? "wait" : "take", id })).pipe(
            Effect.onInterrupt(() => tried(key, { kind: "drop", id }))
          )
          return Option.isNone(answer) ? uncounted : yield* kept(key, id, answer.value)
        })
      )

    return QueryBudget.of({
      take,
      known: (key) => known(engine, key)
    })
  })
