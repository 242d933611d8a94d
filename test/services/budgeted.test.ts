/** Queries and what the server says of them: what is counted, what is given back, and how long nobody asks. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { StorageError } from "#src/domain/storage/StorageError.ts"
import * as FixedCrypto from "#src/layers/memory/FixedCrypto.ts"
import { ScriptedFailure, type ScriptedHandler, ScriptedHttp } from "#src/layers/memory/ScriptedHttp.ts"
import { layer as discovery } from "#src/services/api/Discovery.ts"
import { MeCache } from "#src/services/api/MeCache.ts"
import { layer as mixpanel, Mixpanel } from "#src/services/api/Mixpanel.ts"
import { fromBudgetEngine } from "#src/services/budget/BudgetEngine.ts"
import { layer as memoryBudget, memoryBudget as memoryEngine } from "#src/services/budget/MemoryBudget.ts"
import {
  BudgetPolicy,
  type BudgetPolicyShape,
  defaultBudgetPolicy,
  QueryBudget
} from "#src/services/budget/QueryBudget.ts"
import { Crypto } from "#src/services/platform/Crypto.ts"
import { over, serviceSession } from "./httpSupport.ts"

const noCache = Layer.succeed(MeCache, {
  get: () => Effect.succeedNone,
  names: () => Effect.succeedNone,
  put: () => Effect.void,
  drop: () => Effect.succeed(false)
})

const fault = new StorageError({ operation: "put", key: null, store: "an engine", reason: "away", temporary: true })

/** A budget whose engine is away. */
const away = Layer.effect(
  QueryBudget,
  Effect.flatMap(Crypto, (crypto) => fromBudgetEngine({ step: () => fault, look: () => fault }, crypto))
)

const world = (answer: ScriptedHandler, budget: Layer.Layer<QueryBudget, never, Crypto> = memoryBudget()) =>
  mixpanel.pipe(
    Layer.provide(Layer.provide(discovery, noCache)),
    Layer.provideMerge(Layer.provide(budget, FixedCrypto.layer)),
    Layer.provideMerge(over(answer))
  )

const key = { host: "mixpanel.com", project: serviceSession.projectId }

const query = Effect.flatMap(Mixpanel, ({ events }) => events(serviceSession))
const sent = Effect.flatMap(ScriptedHttp, ({ requests }) => Effect.map(requests, ({ length }) => length))
const known = Effect.flatMap(QueryBudget, (budget) => budget.known(key))
const used = Effect.map(known, Option.match({ onNone: () => 0, onSome: (state) => state.used }))

/** To its end, while time passes for as long as it needs; how many seconds that were. */
const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    for (let seconds = 0; ; seconds += 1) {
      const exit = yield* Fiber.poll(fiber)
      if (Option.isSome(exit)) return [seconds, yield* Effect.either(exit.value)] as const
      yield* TestClock.adjust("1 seconds")
    }
  })

const policy = (change: Partial<BudgetPolicyShape>) =>
  Effect.provideService(BudgetPolicy, {
    ...defaultBudgetPolicy,
    waiting: () => Effect.void,
    unavailable: () => Effect.void,
    ...change
  })

const start = Date.parse("2026-11-26T14:00:00Z")

describe("a 429", () => {
  it.effect.each([
    ["of seconds", "120"],
    ["that is a date", "Thu, 26 Nov 2026 14:02:00 GMT"]
  ] as const)("with a Retry-After %s blocks the project for all until then, and is not counted", ([, retryAfter]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      expect(yield* Effect.flip(query)).toMatchObject({ _tag: "RateLimited" })
      expect([yield* sent, yield* used]).toEqual([1, 0])
      expect(yield* known).toMatchObject(Option.some({ blocked: start + 120_000, roomAt: start + 120_000 }))
      yield* TestClock.adjust("119 seconds")
      const error = yield* Effect.flip(query)
      expect(error).toMatchObject({ _tag: "BudgetSpent", code: "RATE_LIMITED" })
      expect(error.message).toContain("There is room at 2026-11-26T14:02:00Z (in 1 s)")
      expect(yield* sent).toBe(1)
      yield* TestClock.adjust("1 seconds")
      yield* inTime(query)
      expect(yield* sent).toBeGreaterThan(1)
    }).pipe(Effect.provide(world(() => ({ status: 429, headers: { "retry-after": retryAfter } }))))
  )

  it.effect("that does not say for how long blocks it for a minute", () =>
    Effect.gen(function* () {
      const [, answer] = yield* inTime(query)
      expect(answer).toMatchObject({ _tag: "Left", left: { _tag: "RateLimited" } })
      const state = Option.getOrThrow(yield* known)
      expect([state.used, state.blocked - state.now > 58_000, state.blocked - state.now <= 60_000]).toEqual([
        0,
        true,
        true
      ])
    }).pipe(Effect.provide(world(() => ({ status: 429 }))))
  )

  it.effect("is waited out by whoever waits, and asked again once", () => {
    let answers = 0
    const answer: ScriptedHandler = () =>
      (answers += 1) === 1 ? { status: 429, headers: { "retry-after": "120" } } : { body: ["Login"] }
    return Effect.gen(function* () {
      const [seconds, events] = yield* inTime(query)
      expect(events).toMatchObject({ right: ["Login"] })
      expect(seconds).toBeGreaterThanOrEqual(120)
      expect(seconds).toBeLessThanOrEqual(122)
      expect([yield* sent, yield* used]).toEqual([2, 1])
    }).pipe(policy({ whenSpent: "wait" }), Effect.provide(world(answer)))
  })

  it.effect("is waited out also where the budget cannot be kept", () => {
    let answers = 0
    const answer: ScriptedHandler = () =>
      (answers += 1) <= 2 ? { status: 429, headers: { "retry-after": "120" } } : { body: ["Login"] }
    return Effect.gen(function* () {
      const [seconds, events] = yield* inTime(query)
      expect(events).toMatchObject({ right: ["Login"] })
      expect(seconds).toBeGreaterThanOrEqual(240)
      expect(yield* sent).toBe(3)
    }).pipe(policy({ whenSpent: "wait" }), Effect.provide(world(answer, away)))
  })
})

describe("an engine that fails for a moment", () => {
  const failing = (failures: number) =>
    Layer.effect(
      QueryBudget,
      Effect.gen(function* () {
        let steps = 0
        const engine = memoryEngine({})
        const step: typeof engine.step = (of, what) =>
          Effect.suspend(() => ((steps += 1) <= failures ? fault : engine.step(of, what)))
        return yield* fromBudgetEngine({ ...engine, step }, yield* Crypto)
      })
    )
  it.effect.each([
    ["is asked again by whoever waits: 1 counted", "wait", 2, 1],
    ["holds nobody up for ever: 0 counted", "wait", 3, 0],
    ["holds nobody up who does not wait: 0 counted", "fail", 1, 0]
  ] as const)("%s", ([, whenSpent, failures, count]) =>
    Effect.gen(function* () {
      expect(yield* query).toEqual([])
      expect([yield* sent, yield* used]).toEqual([1, count])
    }).pipe(policy({ whenSpent }), Effect.provide(world(() => ({ body: [] }), failing(failures))))
  )
})

describe("what is counted", () => {
  const failing = (code: string) => () => Effect.fail(new ScriptedFailure({ code }))
  it.effect.each([
    ["0 of a name that does not resolve", 0, failing("ENOTFOUND")],
    ["0 of a connection that is refused", 0, failing("ECONNREFUSED")],
    ["0 of a certificate that is not believed", 0, failing("CERT_HAS_EXPIRED")],
    ["0 of a refused credential", 0, () => ({ status: 401 })],
    ["0 of a plan that has no queries", 0, () => ({ status: 402 })],
    ["1 of a query that is rejected", 1, () => ({ status: 400 })],
    ["4 of a server that fails four times", 4, () => ({ status: 503 })],
    ["4 of a connection that breaks after the query was sent", 4, failing("ECONNRESET")],
    ["1 of an answer", 1, () => ({ body: [] })]
  ] satisfies ReadonlyArray<readonly [string, number, ScriptedHandler]>)("%s", ([, count, handler]) =>
    Effect.gen(function* () {
      yield* inTime(query)
      expect(yield* used).toBe(count)
      expect(
        yield* Effect.map(
          known,
          Option.exists(({ running }) => running > 0)
        )
      ).toBe(false)
    }).pipe(Effect.provide(world(handler)))
  )

  it.effect("a query that was interrupted before it was sent gives its place back, and its count", () =>
    Effect.gen(function* () {
      const budget = yield* QueryBudget
      const holders = yield* Effect.forEach([1, 2, 3, 4, 5], () =>
        Effect.fork(Effect.scoped(Effect.zipRight(budget.take(key), Effect.never)))
      )
      yield* TestClock.adjust("1 seconds")
      const waiting = yield* Effect.fork(query)
      yield* TestClock.adjust("1 seconds")
      expect(yield* known).toMatchObject(Option.some({ used: 5, running: 5, ahead: 1 }))
      yield* Fiber.interrupt(waiting)
      expect(yield* known).toMatchObject(Option.some({ used: 5, running: 5, ahead: 0 }))
      yield* Fiber.interruptAll(holders)
      expect(yield* known).toMatchObject(Option.some({ used: 5, running: 0, ahead: 0 }))
      expect(yield* sent).toBe(0)
    }).pipe(policy({ whenSpent: "wait" }), Effect.provide(world(() => ({ body: [] }))))
  )
})
