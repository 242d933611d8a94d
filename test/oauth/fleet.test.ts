/** Promise 25: what a fleet does with one login, rule by rule, on the test's clock (an engine in memory). */
import { expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"
import { ask, away, makeFleetWorld, replicas, tokensKey } from "./support/fleet.ts"
import { account, clientId, tokensOf } from "./support/world.ts"

const hour = 3_600_000

const storedText = (world: Effect.Effect.Success<ReturnType<typeof makeFleetWorld>>) =>
  Effect.map(world.hand.get(tokensKey), Option.match({ onNone: () => "", onSome: ({ value }) => value }))

/** Runs to its end, as long as the clock is turned. */
const within = <A, E, R>(seconds: number, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    for (let passed = 0; passed < seconds; passed += 1) yield* TestClock.adjust("1 seconds")
    return yield* Fiber.join(fiber)
  })

describe("a fresh bearer", () => {
  it.scoped("costs one round trip, and none while it is remembered; a logout is noticed then", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld({ expiresAt: hour })
      const [one] = yield* replicas(world, 1)
      if (one === undefined) return
      expect(yield* ask(one)).toBe(world.first.access)
      expect(world.calls).toEqual(["get"])
      yield* TestClock.adjust("59 seconds")
      expect(yield* ask(one)).toBe(world.first.access)
      expect(world.calls).toEqual(["get"])
      yield* world.hand.remove(tokensKey, "any")
      yield* TestClock.adjust("1 seconds")
      expect(yield* Effect.flip(ask(one))).toMatchObject({ _tag: "OAuthTokenError" })
      expect(world.requests).toBe(0)
    })
  )

  it.scoped("is not believed once the server refused it: the store is asked", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld({ expiresAt: hour })
      const [one, two] = yield* replicas(world, 2)
      if (one === undefined || two === undefined) return
      const old = yield* ask(one)
      yield* ask(two)
      const refusing = Context.get(two, TokenResolver).refused(account, "config", Redacted.make(old))
      expect(yield* refusing).toBe(true)
      const refused = Context.get(one, TokenResolver).refused(account, "config", Redacted.make(old))
      expect(yield* refused).toBe(true)
      expect([yield* ask(one), world.requests]).toEqual([yield* ask(two), 1])
    })
  )

  it.scoped("expires by the clock of the engine, which is 10 min ahead", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld({ ahead: 600_000, lifetime: 3600 })
      const [one] = yield* replicas(world, 1)
      if (one === undefined) return
      yield* ask(one)
      expect(yield* storedText(world)).toContain('"expires_at": "1970-01-01T01:10:00.000000+00:00"')
      const { expiresAt } = yield* Context.get(one, TokenResolver).bearer(account, "config")
      expect(expiresAt).toEqual(Option.some(hour))
    })
  )
})

describe("one renews", () => {
  it.scoped("of 20 replicas, and all have what came of it", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld()
      world.server = (answer) => Effect.delay(Effect.sync(answer), "5 seconds")
      const all = yield* replicas(world, 20)
      const answers = yield* within(8, Effect.forEach(all, ask, { concurrency: "unbounded" }))
      expect(answers.filter((access) => world.authority.accepts(access))).toHaveLength(20)
      expect(world.authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
    })
  )

  it.scoped("and whoever waits in vain is told after 45 s who it is that is waited for", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld({ ahead: 600_000 })
      const { version } = Option.getOrThrow(yield* world.hand.get(tokensKey))
      yield* world.hand.claim(tokensKey, version, { lease: "10 minutes" })
      const [one] = yield* replicas(world, 1)
      if (one === undefined) return
      const error = yield* within(46, Effect.flip(ask(one)))
      // By the clock of the engine.
      expect(error).toMatchObject({ _tag: "Claimed", by: "the hand of the test at 1970-01-01T00:10:00.000Z" })
      expect(world.requests).toBe(0)
    })
  )

  it.scoped("a claim that took more than 2 s is given back, and nothing is sent by it", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld()
      const [one] = yield* replicas(world, 1)
      if (one === undefined) return
      const slow: Array<number> = []
      world.hurt = (step, run) => {
        if (step !== "claim" || slow.length > 0) return run
        slow.push(world.requests)
        return Effect.zipLeft(run, Effect.sleep("3 seconds"))
      }
      const access = yield* within(5, ask(one))
      expect(world.authority.accepts(access)).toBe(true)
      expect(world.calls.filter((step) => step === "claim")).toHaveLength(2)
      expect(world.calls).toContain("settle")
      expect(world.authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
    })
  )
})

describe("an answer", () => {
  it.scoped("that cannot be stored is used from memory, and stored when the engine is back", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld({ settings: { cacheFor: 0 } })
      const [one] = yield* replicas(world, 1)
      if (one === undefined) return
      world.hurt = (_, run) => (world.requests > 0 ? away : run)
      const access = yield* ask(one)
      expect(world.authority.accepts(access)).toBe(true)
      yield* TestClock.adjust("30 seconds")
      expect(yield* ask(one)).toBe(access)
      world.hurt = (_, run) => run
      yield* TestClock.adjust("5 seconds")
      expect(yield* storedText(world)).toContain(access)
      expect(world.authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
    })
  )

  it.scoped("is waited for by the end of the program", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld()
      const scope = yield* Scope.make()
      const one = yield* Scope.extend(world.replica("host-1"), scope)
      world.hurt = (_, run) => (world.requests > 0 ? away : run)
      const access = yield* ask(one)
      const closing = yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* TestClock.adjust("3 seconds")
      world.hurt = (_, run) => run
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(closing)
      expect(yield* storedText(world)).toContain(access)
    })
  )

  it.scoped("restores what the engine forgot, and what went back in time", () =>
    Effect.gen(function* () {
      for (const harm of ["forgets", "goes back"] as const) {
        const world = yield* makeFleetWorld()
        const [one] = yield* replicas(world, 1)
        if (one === undefined) return
        const before = world.rows.get(tokensKey)
        if (before === undefined) return
        world.server = (answer) =>
          Effect.sync(() => {
            if (harm === "forgets") world.rows.clear()
            else world.rows.set(tokensKey, { ...before, version: "of-a-replica" })
            return answer()
          })
        const access = yield* ask(one)
        expect(yield* storedText(world)).toContain(access)
      }
    })
  )

  it.scoped("gives way to a login, and to a logout", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld()
      const [one, two] = yield* replicas(world, 2)
      if (one === undefined || two === undefined) return
      const theirs = tokensOf({ access: "at-9-9", refresh: "rt-9-9", generation: 9 }, Option.some(hour))
      world.server = (answer) => Effect.zipLeft(Effect.sync(answer), Effect.orDie(world.put(theirs)))
      expect(yield* ask(one)).toBe("at-9-9")
      expect(yield* storedText(world)).toContain("at-9-9")

      yield* world.put(tokensOf(world.authority.login(clientId)))
      world.server = (answer) => Effect.zipLeft(Effect.sync(answer), Effect.orDie(world.hand.remove(tokensKey, "any")))
      expect(yield* Effect.flip(ask(two))).toMatchObject({ _tag: "OAuthTokenError" })
      expect(yield* storedText(world)).toBe("")
    })
  )
})

describe("a store that went back in time", () => {
  it.scoped("gets back what is known, and no older token is sent", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld({ settings: { cacheFor: 0 } })
      const [one] = yield* replicas(world, 1)
      if (one === undefined) return
      const old = world.rows.get(tokensKey)
      if (old === undefined) return
      const access = yield* ask(one)
      world.rows.set(tokensKey, old)
      expect(yield* ask(one)).toBe(access)
      expect(yield* storedText(world)).toContain(access)
      expect(world.authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
    })
  )
})

describe("early renewal", () => {
  const early = { settings: { renewBefore: "5 minutes", cacheFor: 0 }, expiresAt: hour } as const

  it.scoped("is done by one in the background: nobody waits", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld(early)
      world.server = (answer) => Effect.delay(Effect.sync(answer), "2 seconds")
      const all = yield* replicas(world, 5)
      yield* TestClock.adjust("56 minutes")
      const before = yield* Effect.forEach(all, ask)
      expect(new Set(before)).toEqual(new Set([world.first.access]))
      yield* TestClock.adjust("3 seconds")
      const after = yield* Effect.forEach(all, ask)
      expect(after.filter((access) => world.authority.accepts(access))).toHaveLength(5)
      expect(world.authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
    })
  )

  it.scoped("leaves alone what somebody else claimed and did not settle, until the token has expired", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld(early)
      const [one] = yield* replicas(world, 1)
      if (one === undefined) return
      yield* TestClock.adjust("56 minutes")
      const { version } = Option.getOrThrow(yield* world.hand.get(tokensKey))
      yield* Effect.scoped(world.hand.claim(tokensKey, version))
      expect(yield* ask(one)).toBe(world.first.access)
      yield* TestClock.adjust("10 seconds")
      expect(world.requests).toBe(0)
      yield* TestClock.adjust("4 minutes")
      expect(world.authority.accepts(yield* ask(one))).toBe(true)
      expect(world.requests).toBe(1)
    })
  )

  it.scoped("is off where it is said so", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld({ expiresAt: hour })
      const [one] = yield* replicas(world, 1)
      if (one === undefined) return
      yield* TestClock.adjust("59 minutes")
      expect(yield* ask(one)).toBe(world.first.access)
      yield* TestClock.adjust("10 seconds")
      expect(world.requests).toBe(0)
    })
  )
})

describe("a refusal", () => {
  const refusing = { status: 400, body: { error: "invalid_grant" } }

  it.scoped("that ends the login is remembered: the token is not sent again", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld()
      world.server = () => refusing
      const [one, two] = yield* replicas(world, 2)
      if (one === undefined || two === undefined) return
      for (const replica of [one, two, one]) {
        expect(yield* Effect.flip(ask(replica))).toMatchObject({ _tag: "OAuthRefreshRevoked" })
      }
      expect(world.requests).toBe(1)
    })
  )

  it.scoped("that is known is told without a claim, also while somebody has one", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld()
      world.server = () => refusing
      const [one, two] = yield* replicas(world, 2)
      if (one === undefined || two === undefined) return
      yield* Effect.flip(ask(one))
      const { version } = Option.getOrThrow(yield* world.hand.get(tokensKey))
      yield* world.hand.claim(tokensKey, version, { lease: "10 minutes" })
      world.calls.length = 0
      expect(yield* Effect.flip(ask(two))).toMatchObject({ _tag: "OAuthRefreshRevoked" })
      expect(world.calls).toEqual(["get", "get"])
    })
  )

  it.scoped("after an interrupted renewal says who was interrupted, and never 'revoked'", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld()
      world.server = () => refusing
      const [one] = yield* replicas(world, 1)
      if (one === undefined) return
      yield* TestClock.adjust("3 minutes")
      const { version } = Option.getOrThrow(yield* world.hand.get(tokensKey))
      yield* Effect.scoped(world.hand.claim(tokensKey, version))
      for (let again = 0; again < 2; again += 1) {
        const { message } = yield* Effect.flip(ask(one))
        expect(message).toContain("the refresh of 00:03 UTC by the hand of the test was interrupted")
        expect(message).not.toContain("revoked")
      }
      expect(world.requests).toBe(1)
    })
  )

  it.scoped("before anything was spent leaves no trace; whatever else happens does", () =>
    Effect.gen(function* () {
      const kinds = [
        [{ status: 429, body: "" }, false],
        [{ status: 401, body: { error: "invalid_client" } }, false],
        [{ status: 503, body: "" }, true],
        [{ status: 200, body: "no JSON" }, true]
      ] as const
      for (const [answer, isAbandoned] of kinds) {
        const world = yield* makeFleetWorld()
        world.server = () => answer
        const [one] = yield* replicas(world, 1)
        if (one === undefined) return
        expect(yield* Effect.flip(ask(one))).toMatchObject({ _tag: "OAuthRefreshError" })
        const { version } = Option.getOrThrow(yield* world.hand.get(tokensKey))
        const { abandonedBy } = yield* world.hand.claim(tokensKey, version)
        expect([answer.status, Option.isSome(abandonedBy)]).toEqual([answer.status, isAbandoned])
      }
    })
  )

  it.scoped("of the engine before the claim: temporary, and nothing is sent", () =>
    Effect.gen(function* () {
      const world = yield* makeFleetWorld()
      world.hurt = (step, run) => (step === "claim" ? away : run)
      const [one] = yield* replicas(world, 1)
      if (one === undefined) return
      expect(yield* Effect.flip(ask(one))).toMatchObject({ _tag: "StorageError", details: { temporary: true } })
      expect(world.requests).toBe(0)
    })
  )
})
