/** Promise 1: a refresh token is sent once per machine and account, however many processes and fibers ask. */
import { expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { describe } from "vitest"
import { layerWith as memoryWith } from "#src/layers/memory/MemoryFiles.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import * as TokenStore from "#src/services/tokens/TokenStore.ts"
import { workers } from "./support/processes.ts"
import { strictServer } from "./support/StrictServer.ts"
import { makeAuthority } from "./support/StrictAuthority.ts"
import { runStorm } from "./support/storm.ts"
import { account, bearer, clientId, over, plantExpired, temporaryHome, tokensOf, tokensPath } from "./support/world.ts"

const home = "/home/test"

/** `MP_TEST_STORM=50x10` runs the whole of the promise: 50 processes, 10 expiries. */
const [processes = 12, rounds = 4] = (process.env["MP_TEST_STORM"] ?? "12x4").split("x").map(Number)

/** A server in memory whose answers wait for a gate, and a file with expired tokens. */
const gated = Effect.gen(function* () {
  const authority = makeAuthority()
  const gate = yield* Deferred.make<void>()
  const arrived = yield* Deferred.make<void>()
  const http = ScriptedHttp.layer(({ body }) =>
    Deferred.succeed(arrived, undefined).pipe(
      Effect.zipRight(Deferred.await(gate)),
      Effect.map(() => authority.refresh(new URLSearchParams(body)))
    )
  )
  const first = authority.login(clientId)
  const files = memoryWith({ [tokensPath(home)]: tokensText(tokensOf(first)) })
  return { authority, gate, arrived, first, world: over(files, http, home) }
})

describe("one spend", () => {
  it.effect(
    `${processes} processes × ${rounds} expiries: ${rounds} refreshes, no reuse, nobody logged out`,
    () =>
      Effect.gen(function* () {
        const result = yield* runStorm({ processes, rounds, lock: "token", delayMillis: 20 })
        expect(result).toMatchObject({
          asked: processes * rounds,
          right: processes * rounds,
          wrong: 0,
          requests: rounds,
          mostInFlight: 1,
          reuses: 0,
          loggedOut: 0,
          errors: {},
          loginsNeeded: 0
        })
      }),
    120_000
  )

  it.scopedLive("a process that has refreshed ends at once: no timer holds it", () =>
    Effect.gen(function* () {
      const dir = yield* temporaryHome
      const server = yield* strictServer
      yield* plantExpired(dir, server.authority.login(clientId))
      const [worker] = yield* workers(1, dir, server.url)
      const answer = yield* Effect.promise(async () => worker?.ask())
      expect(server.authority.accepts(answer?.access ?? "")).toBe(true)
      const [took] = yield* Effect.timed(Effect.promise(async () => worker?.end()))
      expect(Duration.toMillis(took)).toBeLessThan(5_000)
    })
  )

  it.effect("without the lock the same storm loses the session: the test can fail", () =>
    Effect.gen(function* () {
      const result = yield* runStorm({ processes: 5, rounds: 2, lock: "none", delayMillis: 100 })
      expect(result.requests).toBeGreaterThan(2)
      expect(result.reuses).toBeGreaterThan(0)
      expect(result.loginsNeeded).toBeGreaterThan(0)
    })
  )

  it.effect("10,000 fibers, the first of them interrupted: one request, 9,999 answers", () =>
    Effect.gen(function* () {
      const { arrived, authority, gate, world } = yield* gated
      yield* Effect.gen(function* () {
        const leader = yield* Effect.fork(bearer)
        yield* Deferred.await(arrived)
        const others = yield* Effect.forEach(Array.from({ length: 9_999 }), () => Effect.fork(bearer))
        yield* Effect.yieldNow()
        expect(Exit.isInterrupted(yield* Fiber.interrupt(leader))).toBe(true)
        yield* Deferred.succeed(gate, undefined)
        const answers = yield* Effect.forEach(others, Fiber.join)
        expect(answers).toHaveLength(9_999)
        expect(answers.every((access) => authority.accepts(access))).toBe(true)
        expect(authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
      }).pipe(Effect.provide(world))
    })
  )

  it.effect("all askers interrupted: the refresh is finished and stored all the same", () =>
    Effect.gen(function* () {
      const { arrived, authority, first, gate, world } = yield* gated
      yield* Effect.gen(function* () {
        const askers = yield* Effect.forEach(Array.from({ length: 10 }), () => Effect.fork(bearer))
        yield* Deferred.await(arrived)
        yield* Fiber.interruptAll(askers)
        yield* Deferred.succeed(gate, undefined)
        const access = yield* bearer
        expect(access).not.toBe(first.access)
        expect(authority.accepts(access)).toBe(true)
        expect(authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
      }).pipe(Effect.provide(world))
    })
  )

  it.effect("the program ends in the middle of a refresh: the answer is waited for and stored", () =>
    Effect.gen(function* () {
      const { arrived, authority, gate, world } = yield* gated
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(world, scope)
      yield* Effect.fork(Effect.provide(bearer, context))
      yield* Deferred.await(arrived)
      const ending = yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* Effect.yieldNow()
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(ending)
      const stored = yield* Effect.flatMap(TokenStore.TokenStore, ({ get }) => get(account.name)).pipe(
        Effect.provide(context)
      )
      expect(authority.figures().requests).toBe(1)
      expect(tokensTextOf(stored)).toContain("rt-0-2")
    })
  )
})

const tokensTextOf = (stored: Effect.Effect.Success<ReturnType<TokenStore.TokenStoreShape["get"]>>): string =>
  stored._tag === "Some" ? tokensText(stored.value) : ""
