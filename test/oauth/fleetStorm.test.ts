/** Promise 25 among real processes, over a real Redis and a real Postgres, with a server that forgives nothing. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { tokensKey } from "./support/fleet.ts"
import { fleetSize } from "./support/fleetSize.ts"
import { arrival, Ground, onEachEngine, scene } from "./support/scene.ts"
import { tcpProxy } from "./support/tcpProxy.ts"

const [processes, rounds] = fleetSize([6, 3], [50, 10])

/** How many files of a directory hold a text. */
const holding = (directory: string, pattern: RegExp): number =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .filter(({ name, parentPath }) => pattern.test(readFileSync(join(parentPath, name), "latin1"))).length

onEachEngine((it) => {
  it.scoped(
    `${processes} processes × ${rounds} expiries: one request each`,
    () =>
      Effect.gen(function* () {
        const { crowd, expire, server } = yield* scene({ count: processes })
        let right = 0
        for (let round = 0; round < rounds; round += 1) {
          const answers = yield* Effect.promise(() => Promise.all(crowd.map(({ ask }) => ask())))
          right += answers.filter(({ access }) => server.authority.accepts(access ?? "")).length
          yield* expire()
        }
        const { requests, reuses } = server.authority.figures()
        expect({ right, requests, reuses }).toEqual({ right: processes * rounds, requests: rounds, reuses: 0 })
      }),
    600_000
  )

  it.scoped("no file of the engine holds a token: not its tables, not its log", () =>
    Effect.gen(function* () {
      const { files } = yield* Ground
      const { crowd, expire, server } = yield* scene({ count: 2 })
      const asking = Effect.promise(() => Promise.all(crowd.map(({ ask }) => ask())))
      const answers = yield* Effect.zipWith(Effect.zipLeft(asking, expire()), asking, (first, second) => [
        ...first,
        ...second
      ])
      const issued = answers.flatMap(({ access = "" }) => [access, access.replace("at-", "rt-")])
      expect(server.authority.figures().requests).toBe(2)
      expect(holding(files, new RegExp(issued.join("|")))).toBe(0)
      // What lies there in clear is found.
      expect(holding(files, new RegExp(tokensKey))).toBeGreaterThan(0)
    })
  )

  it.scoped(
    "the engine is cut off while the answer is on its way: it is used from memory, and stored afterwards",
    () =>
      Effect.gen(function* () {
        const { engine } = yield* Ground
        const [kind, port] = engine.split(":")
        const proxy = yield* tcpProxy(Number(port))
        const { crowd, server, stored } = yield* scene({ through: `${kind}:${proxy.port}`, count: 2 })
        const [one, two] = crowd
        if (one === undefined || two === undefined) throw new Error("no workers")
        server.delay(1000)
        const access = yield* Effect.promise(async () => {
          const asking = one.ask()
          await arrival(server, 1)
          proxy.cut()
          const said = await asking
          proxy.mend()
          return said.access ?? ""
        })
        expect(server.authority.accepts(access)).toBe(true)
        yield* Effect.repeat(stored, { until: (text) => text.includes(access) })
        const theirs = yield* Effect.promise(() => two.ask())
        expect(theirs.access).toBe(access)
        expect(server.authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
      }),
    120_000
  )
})
