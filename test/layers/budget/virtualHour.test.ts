/** What a project may ask within an hour, over hours of virtual time: no more than that, and no less while somebody waits. */
import { expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import { describe } from "vitest"
import { ProjectId } from "#src/domain/account/identifiers.ts"
import { mixpanelLimits } from "#src/domain/budget/QueryLog.ts"
import * as FixedCrypto from "#src/layers/memory/FixedCrypto.ts"
import * as MemoryFiles from "#src/layers/memory/MemoryFiles.ts"
import { make as locationsAt } from "#src/layers/node/locations.ts"
import { type BudgetEngine, type BudgetOptions, fromBudgetEngine } from "#src/services/budget/BudgetEngine.ts"
import { diskBudget } from "#src/services/budget/DiskBudget.ts"
import { memoryBudget } from "#src/services/budget/MemoryBudget.ts"
import { BudgetPolicy, defaultBudgetPolicy } from "#src/services/budget/QueryBudget.ts"
import { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { Crypto } from "#src/services/platform/Crypto.ts"
import { idleClock } from "../../support/idleClock.ts"

const key = { host: "mixpanel.com", project: ProjectId.make("3018488") }

/** Whoever waits asks rarely: hours pass sooner. */
const patient: BudgetOptions = { lease: "30 minutes" }

const engines: Readonly<
  Record<string, (options: BudgetOptions) => Effect.Effect<BudgetEngine, never, CredentialFiles>>
> = {
  "in memory": (options) => Effect.sync(() => memoryBudget(options)),
  "in files": (options) =>
    Effect.map(CredentialFiles, (files) => diskBudget(files, locationsAt({ home: "/home/test", cwd: "/" }), options))
}

interface Query {
  readonly process: number
  readonly asked: number
  readonly begun: number
  readonly ended: number
}

/** Processes, each with so many wishes one after the other; a query takes up to a minute. */
const crowd = (engine: BudgetEngine, { processes, wishes }: { processes: number; wishes: number }) =>
  Effect.gen(function* () {
    const crypto = yield* Crypto
    const queries: Array<Query> = []
    const wish = (process: number) =>
      Effect.gen(function* () {
        const { take } = yield* fromBudgetEngine(engine, crypto)
        const asked = yield* Clock.currentTimeMillis
        const permit = yield* take(key, { wait: true })
        const begun = Option.getOrThrow(permit.given).now
        yield* Effect.flatMap(Random.nextIntBetween(500, 60_000), Effect.sleep)
        queries.push({ process, asked, begun, ended: yield* Clock.currentTimeMillis })
      }).pipe(Effect.scoped)
    const process = (number: number) => Effect.repeatN(wish(number), wishes - 1)
    yield* Effect.forEach(
      Array.from({ length: processes }, (_, number) => number),
      process,
      {
        concurrency: "unbounded",
        discard: true
      }
    )
    return queries.sort((one, other) => one.begun - other.begun)
  })

const hour = mixpanelLimits.windowMillis

/** The first moment at which there is room for the next query: a place, and less than 60 within an hour. */
const roomFor = (queries: ReadonlyArray<Query>, index: number): number => {
  const { asked = 0 } = queries[index] ?? {}
  const ends = queries.slice(0, index).map(({ ended }) => ended)
  const [place = 0] = ends.sort((one, other) => other - one).slice(mixpanelLimits.atOnce - 1)
  const left = queries[index - mixpanelLimits.queries]
  return Math.max(asked, place, left === undefined ? 0 : left.begun + hour)
}

const inVirtualTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.withClock(idleClock()),
    Effect.withRandom(Random.make("an hour")),
    Effect.provideService(BudgetPolicy, { ...defaultBudgetPolicy, waiting: () => Effect.void }),
    Effect.provide(Layer.merge(FixedCrypto.layer, MemoryFiles.layer))
  )

describe.each(Object.entries(engines))("%s", (_, engineWith) => {
  it.live(
    "of 40 processes with 200 wishes exactly 60 are served in any hour, 5 at once, and nobody starves",
    () =>
      Effect.gen(function* () {
        const engine = yield* engineWith(patient)
        const queries = yield* crowd(engine, { processes: 40, wishes: 5 })
        expect(queries).toHaveLength(200)
        const [first = 0] = queries.map(({ begun }) => begun)
        const hours = queries.map(({ begun }) => Math.floor((begun - first) / hour))
        expect([0, 1, 2, 3].map((of) => hours.filter((found) => found === of).length)).toEqual([60, 60, 60, 20])
        // Never before there is room, and soon afterwards: who waits asks every 0.1 s for each of those who wait before.
        const late = queries.map(({ begun }, index) => begun - roomFor(queries, index))
        expect(Math.min(...late)).toBeGreaterThanOrEqual(0)
        expect(Math.max(...late)).toBeLessThanOrEqual(100 * mixpanelLimits.atOnce)
        // As many wait before as there are other processes, and for so many an hour has room.
        expect(Math.max(...queries.map(({ asked, begun }) => begun - asked))).toBeLessThanOrEqual(hour + 60_000)
      }).pipe(inVirtualTime),
    240_000
  )

  it.live(
    "the places of five that were killed are free when their leases end, and not before; their queries count",
    () =>
      Effect.gen(function* () {
        const engine = yield* engineWith({})
        const { leaseMillis } = mixpanelLimits
        for (const id of ["a", "b", "c", "d", "e"]) yield* engine.step(key, { kind: "take", id })
        const killed = yield* Clock.currentTimeMillis
        const served = yield* crowd(engine, { processes: 7, wishes: 1 })
        const waited = served.slice(0, 5).map(({ begun }) => begun - killed)
        expect(Math.min(...waited)).toBeGreaterThanOrEqual(leaseMillis)
        expect(Math.max(...waited)).toBeLessThanOrEqual(leaseMillis + 500)
        expect((yield* engine.look(key)).used).toBe(12)
      }).pipe(inVirtualTime)
  )
})
