/**
 * Promise 25, as a model: replicas over an engine whose steps are lost, done without an answer, done twice or once more later.
 * The stored generation never goes down, a refresh token is sent once, and the login lives. Nobody dies here.
 */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Logger from "effect/Logger"
import { idleClock } from "../support/idleClock.ts"
import { ask, away, makeFleetWorld, replicas, tokensKey } from "./support/fleet.ts"
import { fleetSize } from "./support/fleetSize.ts"
import { generationOf } from "./support/StrictAuthority.ts"

const interleavings = fleetSize(200, 10_000)

const scenario = FastCheck.record({
  asks: FastCheck.array(FastCheck.record({ replica: FastCheck.nat(2), after: FastCheck.nat(400) }), {
    minLength: 2,
    maxLength: 8
  }),
  faults: FastCheck.array(FastCheck.constantFrom("sound", "sound", "sound", "lost", "unanswered", "doubled", "late"), {
    maxLength: 30
  }),
  delays: FastCheck.array(FastCheck.nat(300), { maxLength: 20 }),
  lifetime: FastCheck.constantFrom(10, 3600),
  /** Whoever asks the first replica goes away after so long; what is under way goes on. */
  leaves: FastCheck.option(FastCheck.nat(12), { freq: 3 })
})

/** A commit that is lost at first, while others wait: the claim was given back, and the token sent again. */
const lostCommits: ReadonlyArray<[Scenario]> = [
  [
    {
      asks: [
        { after: 23, replica: 2 },
        { after: 76, replica: 2 },
        { after: 273, replica: 1 },
        { after: 306, replica: 1 },
        { after: 107, replica: 0 },
        { after: 226, replica: 0 }
      ],
      delays: [30, 144, 127],
      faults: ["unanswered", "sound", "sound", "sound", "sound", "lost", "sound", "lost", "sound", "late"],
      leaves: 10,
      lifetime: 3600
    }
  ],
  [
    {
      asks: [
        { after: 337, replica: 2 },
        { after: 178, replica: 1 },
        { after: 300, replica: 2 },
        { after: 245, replica: 1 }
      ],
      delays: [169, 55, 34, 254, 19, 133, 46],
      faults: ["doubled", "sound", "doubled", "sound", "lost", "sound", "lost", "sound", "late", "sound"],
      leaves: 7,
      lifetime: 10
    }
  ]
]

type Scenario = typeof scenario extends FastCheck.Arbitrary<infer A> ? A : never

const violations = ({ asks, delays, faults, leaves, lifetime }: Scenario) =>
  Effect.gen(function* () {
    const world = yield* makeFleetWorld({ lifetime, settings: { cacheFor: 0 } })
    const found: Array<string> = []
    const remaining = [...faults]
    const pauses = [...delays]
    let highest = 1
    let steps = 0
    const pause = Effect.suspend(() => Effect.sleep(pauses.shift() ?? 1))
    const look = Effect.sync(() => {
      const { value = "" } = world.rows.get(tokensKey) ?? {}
      const generation = generationOf(/"refresh_token": "([^"]*)"/.exec(value)?.[1] ?? "")
      if (generation < highest) found.push(`generation ${generation} stored after ${highest}`)
      highest = Math.max(highest, generation)
    })
    world.hurt = (_, run) =>
      Effect.gen(function* () {
        steps += 1
        const fault = remaining.shift() ?? "sound"
        yield* pause
        if (fault === "lost") return yield* away
        yield* run
        yield* look
        if (fault === "doubled") yield* run
        if (fault === "late") yield* Effect.forkDaemon(Effect.delay(Effect.ignore(run), "1 seconds"))
        if (fault === "unanswered") return yield* away
        yield* pause
      })
    world.server = (answer) => Effect.zipRight(pause, Effect.zipLeft(Effect.sync(answer), pause))
    const all = yield* replicas(world, 3)
    const [first] = all
    const asking = asks.map(({ after, replica }) => {
      const one = all[replica] ?? first
      if (one === undefined) return Effect.void
      const answered = Effect.delay(Effect.ignore(ask(one)), after)
      const leaving = Effect.delay(Effect.void, (leaves ?? 0) * 50)
      return replica === 0 && leaves !== null ? Effect.raceFirst(Effect.disconnect(answered), leaving) : answered
    })
    yield* Effect.all(asking, { concurrency: "unbounded" })
    world.hurt = (_, run) => run
    yield* Effect.sleep("1 minute")
    yield* look
    const { reuses } = world.authority.figures()
    if (reuses > 0) found.push(`${reuses} tokens sent twice after ${steps} steps`)
    const last = yield* Effect.either(ask(all[1] ?? all[0] ?? (yield* Effect.dieMessage("no replicas"))))
    if (last._tag === "Left" || !world.authority.accepts(last.right)) found.push(`the login is lost: ${String(last)}`)
    return found
  }).pipe(Effect.scoped, Effect.withClock(idleClock()))

it.live(
  `${interleavings} interleavings of replicas over an engine that loses, doubles and delays`,
  () =>
    Effect.gen(function* () {
      const property = FastCheck.asyncProperty(scenario, async (played) => {
        expect(
          await Effect.runPromise(Effect.provide(violations(played), Logger.remove(Logger.defaultLogger)))
        ).toEqual([])
      })
      const { counterexample, errorInstance, failed } = yield* Effect.promise(() =>
        FastCheck.check(property, { numRuns: interleavings, endOnFailure: true, examples: [...lostCommits] })
      )
      expect({ failed, counterexample, errorInstance }).toEqual({
        failed: false,
        counterexample: null,
        errorInstance: null
      })
    }),
  600_000
)
