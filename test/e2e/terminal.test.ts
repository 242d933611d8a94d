/** The built `mp` on terminals of 80 and 40 columns, on a dumb one, in an ASCII locale, and in a pipe. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Sandbox from "#src/layers/sandbox/Sandbox.ts"
import { widthOf } from "#src/cli/app/wrapped.ts"
import { makeHome, runMp } from "../support/mp.ts"
import { needs } from "../support/needs.ts"
import { onTerminal } from "../support/onTerminal.ts"

const names = ["a-service-account-with-a-rather-long-name-of-63-characters-0123", "ci", "personal"]

const config = `[accounts.${names[0]}]
type = "service_account"
region = "us"
default_project = "3018488"
username = "team.292e7c.mp-service-account"
secret = "sandbox-secret-team"

[accounts.ci]
type = "oauth_token"
region = "us"
default_project = "3018488"
token_env = "MP_CI_TOKEN"

[accounts.personal]
type = "oauth_browser"
region = "us"

[active]
account = "${names[0]}"

[targets.ecom]
account = "${names[0]}"
project = "3018488"
workspace = 3448414
`

const home = makeHome({ ".mp/config.toml": config })

const escape = "\u001b"
const plain = (shown: string): string => shown.replaceAll(/\u001b\[[0-9;]*m/g, "")
const linesOf = (shown: string): ReadonlyArray<string> => plain(shown).split(/\r?\n/)

const shown = (
  words: string,
  options: { readonly columns?: number; readonly env?: Readonly<Record<string, string>> } = {}
) =>
  Effect.gen(function* () {
    const screen = yield* onTerminal(words.split(" "), { home: yield* home, ...options })
    return (yield* screen.ended).shown
  })

/** Colours as they are without a variable that says otherwise. */
const colours = { NO_COLOR: "" }

const terminal = needs("script")

describe.skipIf(terminal.areUnmet)(terminal.title("on a terminal"), () => {
  it.scopedLive.each([80, 40])("tables fit %i columns, and nothing of them is lost", (columns) =>
    Effect.gen(function* () {
      for (const words of ["account list", "target list"]) {
        const text = yield* shown(words, { columns, env: colours })
        expect(linesOf(text).filter((line) => widthOf(line) > columns)).toEqual([])
        expect(text).toContain(`${escape}[1m`)
        for (const name of words === "account list" ? names : ["ecom"]) {
          expect(plain(text).replaceAll(/\s/g, "")).toContain(name.slice(0, 8))
        }
      }
    })
  )

  it.scopedLive("errors are red, and so are findings by their severity; what is well is green", () =>
    Effect.gen(function* () {
      expect(yield* shown("account show nope", { env: colours })).toContain(
        `${escape}[31merror:${escape}[39m Account 'nope'`
      )
      expect(yield* shown("account bogus", { env: colours })).toContain(
        `${escape}[31merror:${escape}[39m Unknown command`
      )
      const findings = yield* shown("doctor --offline", { env: colours })
      for (const word of [`${escape}[31merror  ${escape}[39m`, `${escape}[32mok${escape}[39m`]) {
        expect(findings).toContain(word)
      }
    })
  )

  it.scopedLive.each([
    { NO_COLOR: "1" },
    { NO_COLOR: "1", CLICOLOR_FORCE: "1" },
    { ...colours, CLICOLOR: "0" },
    { ...colours, TERM: "dumb" }
  ])("%j: no colour", (env) =>
    Effect.gen(function* () {
      expect(yield* shown("account list", { columns: 80, env })).not.toContain(escape)
      expect(yield* shown("account list --no-input", { columns: 80, env })).not.toContain(escape)
      expect(yield* shown("account show nope", { columns: 80, env })).not.toContain(escape)
      expect(yield* shown("doctor --offline", { columns: 80, env })).not.toContain(escape)
    })
  )

  it.scopedLive("LC_ALL=C gets ASCII, and a UTF-8 locale the glyphs", () =>
    Effect.gen(function* () {
      expect(yield* shown("target use ecom", { env: { LC_ALL: "C" } })).toContain(`Active: ${names[0]} -> 3018488`)
      expect(yield* shown("target use ecom", { env: { LC_ALL: "C.UTF-8" } })).toContain(`Active: ${names[0]} → 3018488`)
      const asked = yield* onTerminal(["account", "remove", "personal"], {
        home: yield* makeHome({
          ".mp/config.toml": config,
          ".mp/accounts/personal/tokens.json": `{"access_token": "a", "expires_at": "2099-01-01T00:00:00Z", "token_type": "Bearer", "scope": "", "refresh_token": "r"}`
        }),
        env: { LC_ALL: "C", MP_APP_BASE_URL: "http://127.0.0.1:9" }
      })
      yield* asked.shows(/Also end the login/)
      yield* asked.press("n")
      const { shown: text } = yield* asked.ended
      expect(text).toMatch(/^[\0-\x7f]*$/)
    })
  )

  it.scopedLive("waits with a sign of life, which is gone from the line when there is an answer", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start({ oauth: false })
      const slow = { path: "/api/app/me", delayMillis: 1500 }
      const commands = [
        "project list",
        "account add other --type oauth_token --token-env MP_CI_TOKEN",
        "login --token-env MP_CI_TOKEN --region us --project 3018488"
      ]
      for (const words of commands) {
        yield* sandbox.clearScript
        yield* sandbox.script(slow)
        const [bearer] = Sandbox.defaultData.bearers
        const env = { ...sandbox.environment, MP_CI_TOKEN: bearer.token, LC_ALL: "C", ...colours }
        const text = yield* shown(words, { env })
        expect({ words, text }).toMatchObject({ text: expect.stringMatching(/Waiting for Mixpanel [|/\\-]/) })
        const end = text.slice(text.lastIndexOf("Waiting for Mixpanel"))
        expect(end).toContain(`\r${escape}[2K`)
      }
    })
  )

  it.scopedLive("an address is a link where the terminal is known to show one", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      const login = (env: Readonly<Record<string, string>>) =>
        Effect.gen(function* () {
          const screen = yield* onTerminal(["account", "login", "personal", "--no-browser"], {
            home: yield* home,
            env: { ...sandbox.environment, ...colours, ...env }
          })
          const [seen] = yield* screen.shows(/[\s\S]*paste the address/)
          yield* screen.press("\u0003")
          yield* screen.ended
          return seen.includes(`${escape}]8;;http`)
        })
      expect(yield* login({ VTE_VERSION: "7600" })).toBe(true)
      expect(yield* login({ TERM: "xterm-256color" })).toBe(false)
      expect(yield* login({ VTE_VERSION: "7600", TERM: "dumb" })).toBe(false)
    })
  )
})

describe("in a pipe", () => {
  it.scopedLive("nothing is drawn, nothing is wrapped, and nobody waits aloud", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start({ oauth: false })
      yield* sandbox.script({ path: "/api/app/me", delayMillis: 800 })
      const env = { ...sandbox.environment, VTE_VERSION: "7600", MP_CI_TOKEN: "x" }
      const list = yield* runMp(["account", "list"], { home: yield* home, env })
      expect(list.stdout.split("\n").find((line) => line.includes(names[0] ?? ""))).toContain("service_account")
      const projects = yield* runMp(["project", "list"], { home: yield* home, env })
      expect(projects).toMatchObject({ code: 0, stderr: "" })
      expect(list.stdout + projects.stdout).not.toContain(escape)
    })
  )
})
