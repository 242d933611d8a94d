/** Promise 19: processes of this machine, of other pid namespaces and of other machines share one lock; holders die. */
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { buildWorkers, ended, killed, type Place, type Workers, word } from "./processes/run.ts"
import { temporaryDirectory } from "./support.ts"

/** `MP_TEST_STORM_LOCK=200` runs as many rounds in each process. */
const rounds = Number(process.env["MP_TEST_STORM_LOCK"] ?? "20")

const unshare = ["unshare", "-p", "-f", "--mount-proc", "--kill-child"]
const hasNamespaces = spawnSync("unshare", [...unshare.slice(1), "true"]).status === 0

/** A lease that a loaded machine keeps, and a test can wait for. */
const variables = { MP_TEST_LEASE: "2000" }
const here: Place = { variables }
const elsewhere: Place = { variables: { ...variables, MP_TEST_HOST: "elsewhere" } }
const contained: Place = hasNamespaces ? { variables, through: unshare } : elsewhere

let workers: Workers
beforeAll(async () => {
  workers = await buildWorkers()
})
afterAll(() => workers.dispose())

describe(`a mixed storm${hasNamespaces ? "" : " (no pid namespaces here: other host names instead)"}`, () => {
  it.scopedLive(
    "loses no update while holders of every kind are killed",
    () =>
      Effect.gen(function* () {
        const path = join(yield* temporaryDirectory, "counter")
        yield* Effect.promise(async () => {
          const places = [here, elsewhere, contained]
          const children = places.flatMap((place) =>
            [1, 2].map(() => workers.start("increment", "token", path, rounds, place))
          )
          for (const place of [here, elsewhere]) {
            const holder = workers.start("hold", "token", path, 1, place)
            expect(await word(holder)).toBe("held")
            await killed(holder)
          }
          expect(await Promise.all(children.map(ended))).toEqual(children.map(() => 0))
          expect(Number(await readFile(path, "utf8"))).toBe(children.length * rounds)
        })
      }),
    240_000
  )
})
