/** `mp` of two homes on one engine is one `mp`: its accounts, logins and budget are the same, and nothing lies on the disk of either. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { readdir } from "node:fs/promises"
import { start } from "#src/layers/sandbox/Sandbox.ts"
import { migrationText } from "#src/layers/sql/table.ts"
import { clientOf, postgresLayer } from "../layers/storage/engines.ts"
import { postgresPassword, postgresServer, redisServer } from "../layers/storage/servers.ts"
import { builtMp } from "../support/builtMp.ts"
import { startMp } from "../support/liveMp.ts"
import { makeHome, put, runMp } from "../support/mp.ts"
import { needs } from "../support/needs.ts"
import { redirectOf } from "../support/redirectOf.ts"

const engines: ReadonlyArray<readonly ["redis" | "postgres", Effect.Effect<string, unknown, Scope.Scope>]> = [
  ["redis", Effect.map(redisServer(), ({ port }) => `redis://127.0.0.1:${port}`)],
  [
    "postgres",
    Effect.gen(function* () {
      const { port } = yield* postgresServer()
      yield* (yield* clientOf(postgresLayer(port))).unsafe(migrationText)
      return `postgres://postgres:${postgresPassword}@127.0.0.1:${port}/postgres`
    })
  ]
]

const MP_STORE_KEY = `k1:${Buffer.alloc(32, 7).toString("base64")}`

/** Another account of the same name, which nobody is to look at. */
const onDisk = '[active]\naccount = "me"\n\n[accounts.me]\ntype = "oauth_token"\nregion = "eu"\ntoken = "of the disk"\n'

describe.each(engines)("two homes on one %s", (name, url) => {
  const need = needs(name)
  it.scopedLive.skipIf(need.areUnmet)(
    need.title("share a login, its end, and the queries of a project"),
    () =>
      Effect.gen(function* () {
        const { environment } = yield* start()
        const env = { ...environment, MP_STORE: yield* url, MP_STORE_KEY }
        const here = yield* makeHome()
        const there = yield* makeHome()
        yield* put(there, ".mp/config.toml", onDisk)
        const mp = (home: string, line: string, more: Readonly<Record<string, string>> = {}) =>
          runMp(line.split(" "), { home, env: { ...env, ...more } })

        const login = yield* startMp(["login", "--no-browser", "--format", "json", "--name", "me"], { home: here, env })
        const [address] = yield* login.said(/https?:\/\/\S+\/oauth\/authorize\/[^\s"]+/)
        yield* login.type(`${yield* redirectOf(address)}\n`)
        expect(yield* login.ended).toMatchObject({ code: 0 })

        const [one, other] = yield* Effect.all([mp(here, "account token me"), mp(there, "account token me")], {
          concurrency: 2
        })
        expect(one).toMatchObject({ code: 0, stderr: "" })
        expect(other).toEqual(one)
        expect(yield* mp(there, "account token me", { MP_STORE: "file:" })).toMatchObject({
          code: 0,
          stdout: "of the disk\n"
        })

        const shown = yield* mp(there, "config show")
        expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('type = "oauth_browser"') })
        expect(yield* mp(there, "config migrate")).toMatchObject({
          code: 1,
          stderr: expect.stringContaining("MP_STORE")
        })

        expect(yield* mp(here, "inspect events --format json")).toMatchObject({ code: 0 })
        const { queries } = JSON.parse((yield* mp(there, "status --format json")).stdout)
        expect(queries).toMatchObject({ used: 1, limit: 60 })

        const guest = (...words: ReadonlyArray<string>) =>
          runMp(["broker", "run", "--", process.execPath, ...words], { home: there, env })
        const seen = yield* guest("-p", "Object.keys(process.env).filter((name) => name.startsWith('MP_')).join(' ')")
        expect(seen.stdout).not.toContain("STORE")
        expect(yield* guest(builtMp, "inspect", "events", "--format", "json")).toMatchObject({ code: 0, stderr: "" })

        expect(yield* mp(there, "logout me")).toMatchObject({ code: 0 })
        expect(yield* mp(here, "account token me")).toMatchObject({ code: 2, stdout: "" })

        const kept = (yield* Effect.promise(() => readdir(here, { recursive: true }))).filter((file) =>
          /toml|json$/.test(file)
        )
        expect(kept).toEqual([])
      }),
    120_000
  )
})
