/** Real processes on the engines of this machine, all at once. An hour is as long as `window` says: that is an option of every layer. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { describe } from "vitest"
import { migrationText } from "#src/layers/sql/table.ts"
import { needs } from "../../support/needs.ts"
import { temporaryDirectory } from "../node/files/support.ts"
import { clientOf, postgresLayer } from "../storage/engines.ts"
import { postgresPassword, postgresServer, redisServer } from "../storage/servers.ts"
import { type Crowd, crowdIn } from "./processes/processes.ts"

const redis = needs("redis")
const postgres = needs("postgres")
const engines = ["disk", ...(redis.areUnmet ? [] : ["redis"]), ...(postgres.areUnmet ? [] : ["postgres"])]

const servers = (window: number, lease: number): Effect.Effect<Crowd, never, Scope.Scope> =>
  Effect.gen(function* () {
    const home = yield* temporaryDirectory
    const ports = [
      redis.areUnmet ? "" : `${(yield* redisServer()).port}`,
      postgres.areUnmet ? "" : `${(yield* postgresServer("max_connections=100")).port}`
    ]
    if (!postgres.areUnmet) {
      const sql = yield* clientOf(postgresLayer(Number(ports[1])))
      yield* Effect.orDie(sql.unsafe(migrationText))
    }
    return yield* crowdIn(home, [home, ...ports, postgresPassword, `${window}`, `${lease}`])
  })

const said = ({ words }: Crowd, engine: string, what: string) =>
  words.filter((word) => word.engine === engine && word.what === what).map(({ at }) => at)

/** The most that overlapped: each began after its place was given, and ended before it was given back. */
const atOnce = (crowd: Crowd, engine: string): number => {
  const ends = said(crowd, engine, "to").sort((a, b) => a - b)
  const begins = said(crowd, engine, "from").sort((a, b) => a - b)
  return Math.max(...begins.map((at, index) => index + 1 - ends.filter((end) => end <= at).length))
}

describe(`on ${engines.join(", ")}`, () => {
  it.scopedLive(
    redis.title(
      postgres.title(
        "of 40 processes with 200 wishes 60 are served in any hour and no more, 5 at once, and nobody waits while there is room"
      )
    ),
    () =>
      Effect.gen(function* () {
        const window = 15_000
        const crowd = yield* servers(window, 60_000)
        const children = Array.from({ length: 40 }, () => crowd.start("five"))
        yield* Effect.promise(() => crowd.heard("ready", 40 * engines.length))
        for (const child of children) child.stdin?.write("go")
        yield* Effect.promise(() => Promise.all(children.map(crowd.ended)))
        for (const engine of engines) {
          const given = said(crowd, engine, "given").sort((a, b) => a - b)
          expect([engine, given.length, said(crowd, engine, "uncounted").length]).toEqual([engine, 200, 0])
          expect(said(crowd, engine, "to")).toHaveLength(200)
          const closest = Math.min(...given.slice(60).map((at, index) => at - (given[index] ?? 0)))
          expect([engine, closest >= window]).toEqual([engine, true])
          expect([engine, said(crowd, engine, "refused")]).toEqual([engine, []])
          expect(said(crowd, engine, "full").length).toBeGreaterThan(140)
          expect([engine, Math.max(...said(crowd, engine, "running"))]).toEqual([engine, 5])
          expect([engine, atOnce(crowd, engine) <= 5]).toEqual([engine, true])
        }
      }),
    400_000
  )

  it.scopedLive(
    "of holders that are killed the places are free when their leases are over, and not before",
    () =>
      Effect.gen(function* () {
        const crowd = yield* servers(3_600_000, 15_000)
        const holders = Array.from({ length: 5 }, () => crowd.start("hold"))
        yield* Effect.promise(() => crowd.heard("from", 5 * engines.length))
        for (const child of holders) child.kill("SIGKILL")
        const killed = Date.now()
        yield* Effect.promise(() => crowd.ended(crowd.start("wish")))
        for (const engine of engines) {
          const given = said(crowd, engine, "given")
          expect([engine, given.length]).toEqual([engine, 6])
          // A lease was renewed less than a third of it before.
          expect((given.at(-1) ?? 0) - killed).toBeGreaterThan(0)
          expect((given.at(-1) ?? 0) - killed).toBeLessThan(60_000)
        }
      }),
    120_000
  )
})
