/** `ulimit -n 20`: whatever cannot be opened is told in a sentence; nothing is lost, and nothing spent for nothing. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll } from "vitest"
import { builtMp, makeHome, runMp } from "../support/mp.ts"

const tokens = (name: string) =>
  JSON.stringify({
    access_token: name,
    refresh_token: `${name}-refresh`,
    expires_at: "2020-01-01T00:00:00+00:00",
    token_type: "Bearer",
    scope: "",
    client_id: "c"
  })

const config = `[accounts.me]
type = "oauth_browser"
region = "us"
default_project = "11"

[accounts.sa]
type = "service_account"
region = "us"
username = "u"
secret = "s"
default_project = "11"

[active]
account = "me"
`

const me = {
  status: "ok",
  results: {
    user_id: 1,
    user_email: "me@example.com",
    organizations: { 1: { id: 1, name: "Acme" } },
    projects: { 11: { name: "Shop", organization_id: 1 } }
  }
}

let spent = 0
const server = createServer((request, response) => {
  const isToken = request.url?.includes("/token") === true
  if (isToken) spent += 1
  response.setHeader("content-type", "application/json")
  response.end(JSON.stringify(isToken ? { ...JSON.parse(tokens("new")), expires_in: 3600 } : me))
})

const address = (): Readonly<Record<string, string>> => {
  const at = server.address()
  const url = `http://127.0.0.1:${typeof at === "object" && at !== null ? at.port : 1}`
  return { MP_API_BASE_URL: url, MP_APP_BASE_URL: url, TOKEN: "t" }
}

const commands = [
  "session",
  "account list",
  "account token",
  "account add x --type service_account --region us --project 11 --username u --secret-stdin",
  "account test sa",
  "account login me --no-browser",
  "account export-bridge --to b.json",
  "login --token-env TOKEN --region us",
  "api -a sa /api/app/me",
  "api /api/app/me",
  "project list --refresh",
  "config set custom_header.name X-A",
  "doctor",
  "exec -- true",
  "env",
  "cache warm",
  "completions bash",
  "--help"
]

/** 20, and on both sides of it: what the last descriptor is taken by differs between versions of Node. */
const limits = [19, 20, 22]

describe("with few descriptors", () => {
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)))
  afterAll(() => void server.close())

  it.scopedLive.each(commands)(
    "mp %s",
    (command) =>
      Effect.gen(function* () {
        for (const limit of limits) {
          const home = yield* makeHome({ ".mp/config.toml": config, ".mp/accounts/me/tokens.json": tokens("old") })
          const before = spent
          const { code, stderr } = yield* runMp(command.split(" "), {
            home,
            env: { ...address(), MP_CODE_CACHE: "off" },
            shell: `ulimit -n ${limit} && exec "$@"`,
            stdin: "s"
          })
          // Node itself does not start with less than it needs, which is not the same everywhere.
          if (/^node:|^Error: EMFILE.*mp\.cjs/m.test(stderr) && stderr.includes("Module._load")) continue
          expect(stderr, `${command}, ${limit}`).not.toMatch(/mp has a bug|^\s+at .*:\d+/m)
          expect([0, 1, 2, 3, 75], `${command}, ${limit}: ${stderr}`).toContain(code)
          if (code !== 0) expect(stderr).toMatch(/^error/m)
          expect(readFileSync(join(home, ".mp/config.toml"), "utf8")).toContain("[accounts.sa]")
          const stored = readFileSync(join(home, ".mp/accounts/me/tokens.json"), "utf8")
          expect({ limit, spent: spent - before, old: stored.includes("old-refresh") }).toEqual(
            spent === before ? { limit, spent: 0, old: true } : { limit, spent: 1, old: false }
          )
        }
      }),
    120_000
  )

  it.scopedLive("a bundle that cannot be read is told by the launcher, in the format that was asked for", () =>
    Effect.gen(function* () {
      const directory = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "mp-bundle-"))),
        (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
      )
      for (const name of ["mp.cjs", "help.json"]) cpSync(join(dirname(builtMp), name), join(directory, name))
      expect(existsSync(join(directory, "main.cjs"))).toBe(false)
      const bundle = join(directory, "mp.cjs")
      const home = yield* makeHome()
      for (const words of [["session"], ["doctor"]]) {
        const told = yield* runMp(words, { home, bundle })
        expect(told).toMatchObject({ code: 1, stdout: "" })
        expect(told.stderr).toMatch(
          /^error: mp cannot load its own program \(\S+\.cjs\): the system answers ENOENT\.\ntry:/
        )
        const asJson = yield* runMp([...words, "--format", "json"], { home, bundle })
        expect(Object(JSON.parse(asJson.stderr)).error).toMatchObject({ code: "SYSTEM_ERROR" })
      }
    })
  )
})
