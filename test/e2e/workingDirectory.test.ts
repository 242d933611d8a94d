/** A working directory that was removed while a shell was in it: only a relative path has need of one. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { makeHome, type Outcome, runMp } from "../support/mp.ts"
import { oneBearer } from "../support/oneBearer.ts"

const target = '\n[targets.ecom]\naccount = "ci"\nproject = "3018488"\n'
const files = { ".mp/config.toml": oneBearer + target }
const bridge = JSON.stringify({
  version: 2,
  account: { name: "agent", type: "oauth_token", region: "us", token: "bridged" },
  project: "5"
})

/** Runs `mp` in a directory that is not there any more. */
const nowhere = 'mkdir gone && cd gone && rmdir ../gone && "$@"'

/** With `--no-input`, which changes nothing for them, the frequent commands take the full way. */
const ways = [[], ["--no-input"]]

const rejected = (code: string, said: RegExp) => (outcome: Outcome) => {
  expect(outcome).toMatchObject({ code: 1, stdout: "" })
  const { error } = Object(JSON.parse(outcome.stderr))
  expect(error).toMatchObject({ code, message: expect.stringMatching(said) })
  expect(error.hints).toContain("cd ~")
}
const noDirectory = (said: RegExp) => rejected("CONFIG_ERROR", said)

describe("where the working directory was removed", () => {
  it.scopedLive.each([
    "account list",
    "account token",
    "session",
    "config path",
    "config check",
    "target list",
    "doctor --offline"
  ])("mp %s says what it says elsewhere, both ways", (command) =>
    Effect.gen(function* () {
      const home = yield* makeHome(files)
      for (const way of ways) {
        const words = [...command.split(" "), ...way]
        const elsewhere = yield* runMp(words, { home })
        expect({ way, ...(yield* runMp(words, { home, shell: nowhere })) }).toEqual({ way, ...elsewhere })
        expect(elsewhere.stdout).not.toBe("")
      }
    })
  )

  it.scopedLive("a change is made, and a program runs", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(files)
      const options = { home, shell: nowhere }
      expect(yield* runMp(["project", "use", "42"], options)).toMatchObject({ code: 0, stderr: "" })
      const ran = yield* runMp(["exec", "--", "printenv", "MP_PROJECT_ID"], options)
      expect(ran).toEqual({ code: 0, stdout: "42\n", stderr: "" })
    })
  )

  it.scopedLive("a bridge in the home directory is found, and one by an absolute path, both ways", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({ ".claude/mixpanel/auth.json": bridge, "b.json": bridge.replace('"5"', '"6"') })
      for (const way of ways) {
        const words = ["session", "--format", "json", ...way]
        const found = yield* runMp(words, { home, shell: nowhere })
        expect(JSON.parse(found.stdout)).toMatchObject({ project: { id: "5" } })
        const named = yield* runMp(words, { home, shell: nowhere, env: { MP_AUTH_FILE: `${home}/b.json` } })
        expect(JSON.parse(named.stdout)).toMatchObject({ project: { id: "6" } })
      }
    })
  )

  it.scopedLive.each(["MP_CONFIG_PATH", "MP_AUTH_FILE"])("a relative path in %s is an error, both ways", (variable) =>
    Effect.gen(function* () {
      const home = yield* makeHome(files)
      for (const way of ways) {
        const words = ["session", "--format", "json", ...way]
        const outcome = yield* runMp(words, { home, shell: nowhere, env: { [variable]: "mp/file" } })
        noDirectory(new RegExp(`^mp/file .*${variable}.* working directory`))(outcome)
      }
    })
  )

  it.scopedLive("a relative path in MP_OAUTH_STORAGE_DIR is one too, and so is one on the command line", () =>
    Effect.gen(function* () {
      const browser = '\n[accounts.me]\ntype = "oauth_browser"\nregion = "us"\n'
      const home = yield* makeHome({ ".mp/config.toml": oneBearer + browser })
      const env = { MP_OAUTH_STORAGE_DIR: "store" }
      const asked = yield* runMp(["account", "token", "me", "--format", "json"], { home, shell: nowhere, env })
      expect(asked).toMatchObject({ code: 2, stdout: "" })
      expect(asked.stderr).toMatch(/store is a relative path \(from MP_OAUTH_STORAGE_DIR\)/)
      const words = ["account", "export-bridge", "--to", "b.json", "--format", "json"]
      noDirectory(/b\.json is a relative path/)(yield* runMp(words, { home, shell: nowhere }))
    })
  )
})
