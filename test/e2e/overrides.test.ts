/** Ruling 29: whoever uses a stored credential while an address is overridden learns it, once, whatever the command. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { makeHome, type RunOptions, runMp } from "../support/mp.ts"

const config = `[active]
account = "team"

[accounts.team]
type = "service_account"
region = "us"
default_project = "11"
username = "u"
secret = "s"

[accounts.ci]
type = "oauth_token"
region = "us"
default_project = "11"
token = "abc"

[accounts.me]
type = "oauth_browser"
region = "us"
default_project = "11"
`
const tokens = (expiresAt: string, origin?: string) =>
  JSON.stringify({
    access_token: "at",
    refresh_token: "rt",
    expires_at: expiresAt,
    token_type: "Bearer",
    scope: "",
    client_id: "c",
    origin
  })

const gateway = "https://gateway.invalid"
const home = (expiresAt = "2099-01-01T00:00:00Z", origin?: string) =>
  makeHome({ ".mp/config.toml": config, ".mp/accounts/me/tokens.json": tokens(expiresAt, origin) })
const environmentAccount = { MP_USERNAME: "u", MP_SECRET: "s", MP_PROJECT_ID: "11", MP_REGION: "us" }
const said = (stderr: string, variable = "MP_API_BASE_URL") =>
  stderr.split("\n").filter((line) => line.includes(`${variable} is set: `))
const run = (words: string, options: RunOptions) => runMp(words.split(" "), options)

describe("an override off this machine", () => {
  it.live.each([
    "account test team",
    "account test ci",
    "account test me",
    "account token ci",
    "account token me",
    "project list --refresh",
    "workspace list --refresh",
    "api /api/app/me -X POST",
    "exec -- true",
    "env",
    "inspect events -q",
    "account token me -q",
    "account test team --quiet",
    "account logout me",
    "account login me --no-browser"
  ])("mp %s tells it once", (words) =>
    Effect.gen(function* () {
      const { stderr } = yield* run(words, { home: yield* home(), env: { MP_API_BASE_URL: gateway }, stdin: "" })
      expect(said(stderr)).toEqual([`note: ${said(stderr)[0]?.slice("note: ".length)}`])
      expect(said(stderr)[0]).toContain(gateway)
    }).pipe(Effect.scoped)
  )

  it.live("is a JSON line where JSON is asked for, also with -q", () =>
    Effect.gen(function* () {
      const options = { home: yield* home(), env: { MP_API_BASE_URL: gateway } }
      for (const words of ["account token me --format json", "account test team -q --format json", "env -f json"]) {
        const lines = (yield* run(words, options)).stderr
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
        const notes = lines.filter((line) => JSON.stringify(line).includes("MP_API_BASE_URL"))
        expect(notes).toEqual([{ note: { message: expect.stringContaining(gateway) } }])
      }
    }).pipe(Effect.scoped)
  )

  it.live("of the app family is told too, each by its own variable", () =>
    Effect.gen(function* () {
      const env = { MP_API_BASE_URL: gateway, MP_APP_BASE_URL: "https://app.invalid" }
      const { stderr } = yield* run("account token ci", { home: yield* home(), env })
      expect(said(stderr)).toHaveLength(1)
      expect(said(stderr, "MP_APP_BASE_URL")).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.live("is not told where nothing stored is used, or where it stays on this machine", () =>
    Effect.gen(function* () {
      const at = yield* home()
      const remote = { MP_API_BASE_URL: gateway }
      for (const [words, env] of [
        ["account list", remote],
        ["account show me", remote],
        ["session", remote],
        ["account token team", remote],
        ["env", { ...remote, ...environmentAccount }],
        ["account token me", { MP_API_BASE_URL: "http://127.0.0.1:9" }],
        ["account token me", { MP_API_BASE_URL: "https://user:pass@gateway.invalid" }],
        ["account token me", {}]
      ] as const) {
        const { code, stderr } = yield* run(words, { home: at, env })
        expect({ words, env, code, stderr }).toEqual({ words, env, code: 0, stderr: "" })
      }
    }).pipe(Effect.scoped)
  )
})

describe("session --explain", () => {
  it.live("shows what is set, and what cannot be used without its password", () =>
    Effect.gen(function* () {
      const at = yield* home()
      const env = { MP_API_BASE_URL: `${gateway}/path/`, MP_APP_BASE_URL: "https://user:hunter2@app.invalid" }
      const text = yield* run("session --explain", { home: at, env })
      expect(text.stdout).toMatch(/address +\* +https:\/\/gateway\.invalid\/path +environment +MP_API_BASE_URL +used/)
      expect(text.stdout).toMatch(/address +unusable +environment +MP_APP_BASE_URL +skipped: .*user name or password/)
      expect(text.stdout).not.toContain("hunter2")
      const json = yield* run("session --explain --format json", { home: at, env })
      expect(JSON.parse(json.stdout).explain.address[0]).toEqual({
        source: "environment",
        origin: "MP_API_BASE_URL",
        value: `${gateway}/path`,
        status: "used",
        reason: null
      })
      const without = yield* run("session --explain --format json", { home: at })
      expect(Object.keys(JSON.parse(without.stdout).explain)).toEqual(["account", "project", "workspace"])
    }).pipe(Effect.scoped)
  )
})

describe("a login of another server", () => {
  it.live("is not refreshed here: the sentence names both and the variable, and its status stays", () =>
    Effect.gen(function* () {
      const at = yield* home("2020-01-01T00:00:00Z", "https://mixpanel.com")
      const env = { MP_API_BASE_URL: "http://127.0.0.1:9" }
      for (const words of ["account token me", "account test me"]) {
        const { code, stderr, stdout } = yield* run(words, { home: at, env })
        expect(code).toBe(2)
        for (const part of ["https://mixpanel.com", "http://127.0.0.1:9", "MP_API_BASE_URL"]) {
          expect(stderr + stdout).toContain(part)
        }
      }
      const { stderr } = yield* run("account token me", { home: at, env })
      expect(stderr).toContain("try:\n  unset MP_API_BASE_URL\n  mp account login me\n")
      const { stdout } = yield* run("account list --format json", { home: at, env })
      expect(JSON.parse(stdout).find((row: { name: string }) => row.name === "me").status).toBe("untested")
    }).pipe(Effect.scoped)
  )

  it.live("is not revoked here, and that is said", () =>
    Effect.gen(function* () {
      const at = yield* home("2099-01-01T00:00:00Z", "https://mixpanel.com")
      const { code, stdout } = yield* run("account logout me", {
        home: at,
        env: { MP_API_BASE_URL: "http://127.0.0.1:9" }
      })
      expect(code).toBe(0)
      expect(stdout).toContain(
        "not revoked at the server (the login was made at https://mixpanel.com and MP_API_BASE_URL"
      )
    }).pipe(Effect.scoped)
  )
})
