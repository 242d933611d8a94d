/**
 * Promises 1 and 3: the built `mp` beside bundles of a program that imports the library, here, in pid namespaces of their
 * own and on machines of other names, all over one home. `MP_TEST_MIXED=50x10` runs the whole of it.
 */
import { execFile, spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { describe } from "vitest"
import { builtMp } from "../support/builtMp.ts"
import { needs } from "../support/needs.ts"
import { mpEnvironment } from "../support/mpEnvironment.ts"
import { type StrictServer, strictServer } from "./support/StrictServer.ts"
import { clientId, expireStored, plant, plantExpired, temporaryHome } from "./support/world.ts"

const [processes = 9, rounds = 3] = (process.env["MP_TEST_MIXED"] ?? "9x3").split("x").map(Number)

const contained = ["unshare", "-p", "-f", "--mount-proc", "--kill-child"]
const named = ["sh", "-c", 'hostname elsewhere; exec "$@"', "sh"]
const elsewhere = [...contained.slice(0, -1), "--uts", "--kill-child", ...named]
const hasNamespaces = !needs("namespaces").areUnmet
const places: ReadonlyArray<ReadonlyArray<string>> = hasNamespaces ? [[], contained, elsewhere] : [[]]
const without = hasNamespaces ? "" : " (no namespaces here: this machine only)"

const sourceOf = (path: string) => fileURLToPath(new URL(`../../src/${path}.ts`, import.meta.url))

/** The program in both formats, and `mp`: each as the words that start it. */
const programs = Effect.acquireRelease(
  Effect.promise(async () => {
    const directory = await mkdtemp(join(tmpdir(), "mp-mixed-"))
    const bundled = async (format: "esm" | "cjs") => {
      const outfile = join(directory, format === "esm" ? "program.mjs" : "program.cjs")
      const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
      await build({
        entryPoints: [fileURLToPath(new URL("./support/program.ts", import.meta.url))],
        alias: { "effect-mixpanel/node": sourceOf("node"), "effect-mixpanel": sourceOf("index") },
        outfile,
        bundle: true,
        platform: "node",
        format,
        logLevel: "error",
        ...(format === "esm" ? { banner: { js: banner } } : {})
      })
      return [outfile]
    }
    const [esm, cjs] = await Promise.all([bundled("esm"), bundled("cjs")])
    const mp = [builtMp, "account", "token"]
    return { directory, kinds: [mp, esm, mp, cjs] }
  }),
  ({ directory }) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

const config = '[accounts.me]\ntype = "oauth_browser"\nregion = "us"\ndefault_project = "1"\n[active]\naccount = "me"\n'

const world = Effect.gen(function* () {
  const home = yield* temporaryHome
  const server = yield* strictServer
  yield* plant(join(home, ".mp/config.toml"), config)
  yield* plantExpired(home, server.authority.login(clientId))
  return { home, server }
})

const environmentOf = (home: string, { url }: StrictServer) => ({ ...mpEnvironment(home), MP_API_BASE_URL: url })

const commandOf = (place: ReadonlyArray<string>, words: ReadonlyArray<string>) => {
  const [program = process.execPath, ...args] = [...place, process.execPath, ...words]
  return [program, args] as const
}

/** What it printed, or its exit code and what it complained of. */
const run = (place: ReadonlyArray<string>, words: ReadonlyArray<string>, home: string, server: StrictServer) =>
  new Promise<string>((resolve) => {
    const [program, args] = commandOf(place, words)
    execFile(program, args, { cwd: home, env: environmentOf(home, server) }, (error, stdout, stderr) =>
      resolve(error === null ? stdout.trim() : `${error.code}: ${stderr}`)
    )
  })

describe(`mp and bundles, mixed${without}`, () => {
  it.scopedLive(
    `${processes} processes × ${rounds} expiries: ${rounds} requests, no reuse, everybody has the bearer`,
    () =>
      Effect.gen(function* () {
        const { home, server } = yield* world
        const { kinds } = yield* programs
        server.delay(50)
        for (let round = 1; round <= rounds; round += 1) {
          const answers = yield* Effect.promise(() =>
            Promise.all(
              Array.from({ length: processes }, (_, seat) =>
                run(places[seat % places.length] ?? [], kinds[seat % kinds.length] ?? [], home, server)
              )
            )
          )
          expect(answers.filter((answer) => !server.authority.accepts(answer))).toEqual([])
          expect(server.authority.figures()).toMatchObject({ requests: round, reuses: 0 })
          yield* expireStored(home)
        }
        expect(server.mostInFlight()).toBe(1)
      }),
    600_000
  )
})

/** A holder that is killed with its request under way, which the server never handles: the token is not spent. */
const killedHolder = (place: ReadonlyArray<string>, words: ReadonlyArray<string>, home: string, server: StrictServer) =>
  Effect.promise(async () => {
    server.fail({ kind: "silence" })
    const [program, args] = commandOf(place, words)
    const child = spawn(program, args, { cwd: home, env: environmentOf(home, server), stdio: "ignore" })
    const before = server.arrived()
    while (server.arrived() === before) await new Promise((resolve) => setTimeout(resolve, 10))
    child.kill("SIGKILL")
    await new Promise((resolve) => child.once("exit", resolve))
    server.fail(null)
  })

/** So many ask at once: how long the first and the last one took, in milliseconds. */
const waited = (count: number, words: ReadonlyArray<string>, home: string, server: StrictServer) =>
  Effect.promise(async () => {
    const since = performance.now()
    const took: Array<number> = []
    const answers = await Promise.all(
      Array.from({ length: count }, async () => {
        const answer = await run([], words, home, server)
        took.push(Math.round(performance.now() - since))
        return answer
      })
    )
    expect(answers.filter((answer) => !server.authority.accepts(answer))).toEqual([])
    return { first: Math.min(...took), last: Math.max(...took) }
  })

describe(`a holder that was killed${without}`, () => {
  it.scopedLive("here: the next one is served at once", () =>
    Effect.gen(function* () {
      const { home, server } = yield* world
      yield* killedHolder([], [builtMp, "account", "token"], home, server)
      expect((yield* waited(1, [builtMp, "account", "token"], home, server)).last).toBeLessThan(10_000)
      expect(server.authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
    })
  )

  it.scopedLive.skipIf(!hasNamespaces)(
    "in another container (needs unshare): after its lease of 20 s, once, and 50 waiters are all served",
    () =>
      Effect.gen(function* () {
        const { home, server } = yield* world
        yield* killedHolder(elsewhere, [builtMp, "account", "token"], home, server)
        const { first, last } = yield* waited(50, [builtMp, "account", "token"], home, server)
        expect(first).toBeGreaterThan(19_000)
        expect(first).toBeLessThan(40_000)
        expect(server.authority.figures()).toMatchObject({ requests: 1, reuses: 0 })
        yield* expireStored(home)
        expect((yield* waited(1, [builtMp, "account", "token"], home, server)).last).toBeLessThan(10_000)
        if (process.env["MP_TEST_MIXED"] !== undefined) process.stderr.write(`50 waiters: ${first} to ${last} ms\n`)
      }),
    120_000
  )
})
