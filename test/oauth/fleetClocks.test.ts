/**
 * Promise 25, where clocks are wrong and people log in and out: nobody uses a bearer that has expired, nobody renews one that
 * has not, and what a person did stays.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { fleetSize } from "./support/fleetSize.ts"
import { onEachEngine, scene } from "./support/scene.ts"

const minutes = 60_000
const rounds = fleetSize(2, 20)

onEachEngine((it) => {
  it.scoped(
    `${rounds} × clocks that are 10 min ahead, right, and 10 min behind: no wrong bearer, no needless request`,
    () =>
      Effect.gen(function* () {
        const { expire, joined, server } = yield* scene({ count: 0 })
        const crowd = yield* Effect.forEach(
          [-10, 0, 10],
          (ahead) => joined({ host: `${ahead}-min`, ahead: ahead * minutes }),
          { concurrency: "unbounded" }
        )
        const asked = () => Effect.promise(() => Promise.all(crowd.map(({ ask }) => ask())))
        for (let round = 0; round < rounds; round += 1) {
          // For 5 min already, whatever one of them thinks; for one of them alone at first, each in turn.
          yield* expire(-5 * minutes)
          const first = crowd[round % crowd.length]
          const renewed = yield* Effect.promise(async () => (await first?.ask())?.access ?? "")
          const answers = [...(yield* asked())]
          // 5 min before, whatever one of them thinks.
          yield* expire(5 * minutes)
          answers.push(...(yield* asked()))
          expect(server.authority.accepts(renewed)).toBe(true)
          expect(answers.map(({ access }) => access)).toEqual(answers.map(() => renewed))
          expect(server.authority.figures()).toMatchObject({ requests: round + 1, reuses: 0 })
        }
      }),
    300_000
  )

  it.scoped(
    `${rounds} × a logout while a login is renewed stays one, and a login then is the one that stays`,
    () =>
      Effect.gen(function* () {
        const { crowd, logIn, logOut, server, stored } = yield* scene({ count: 2 })
        const [one, two] = crowd
        if (one === undefined || two === undefined) throw new Error("no workers")
        for (let round = 0; round < rounds; round += 1) {
          for (const [act, isOut] of [
            [logOut, true],
            [logIn(3_600_000), false]
          ] as const) {
            yield* logIn()
            // Before the server handles the request: its answer comes to a login that is another one by then.
            server.uponArrival(() => Effect.runPromise(act))
            const answer = yield* Effect.promise(() => one.ask())
            const left = yield* stored
            const later = yield* Effect.promise(() => two.ask())
            if (isOut) expect([left, answer.error, later.error]).toEqual(["", "OAuthTokenError", "OAuthTokenError"])
            else {
              const { access = "none" } = later
              expect([left.includes(access), server.authority.accepts(access), answer.access]).toEqual([
                true,
                true,
                access
              ])
            }
          }
        }
        expect(server.authority.figures()).toMatchObject({ requests: 2 * rounds, reuses: 0 })
      }),
    300_000
  )
})
