/** `mp config migrate` and old files in front of every other command. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { makeHome, runMp } from "../support/mp.ts"

const secret = "sa-secret-5d41402a"

const flat = `# mine
default = "prod"

[accounts.prod]
username = "u.mp-service-account"
secret = "${secret}"
project_id = "111"
region = "EU"

[settings] # keep
odd = 1
`

const tokens = `{"access_token": "at-1", "expires_at": "2035-01-01T00:00:00+00:00", "token_type": "Bearer", "scope": "", "refresh_token": "rt-1"}`

const second = `config_version = 2
[credentials.me]
type = "oauth"
region = "us"
[projects.shop]
project_id = "77"
credential = "me"
workspace_id = 9
[active]
credential = "me"
project_id = "78"
workspace_id = 5
`

const read = (home: string, path: string) => Effect.promise(() => readFile(join(home, path), "utf8"))
const isTold = { stdout: "", code: 1 }

describe("an old file", () => {
  it.scoped("is one clear error wherever the configuration is read, and can be looked at", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({ ".mp/config.toml": flat })
      const readers = [["account", "list"], ["session"], ["account", "use", "prod"], ["target", "list"], ["env"]]
      for (const args of readers) {
        const outcome = yield* runMp([...args, "--format", "json"], { home })
        expect(outcome).toMatchObject(isTold)
        const { error } = JSON.parse(outcome.stderr)
        expect(error).toMatchObject({ code: "CONFIG_ERROR", details: { format: "0.3", key: "default", line: 2 } })
        expect(error.hints[0]).toBe("mp config migrate")
      }
      const check = yield* runMp(["config", "check"], { home })
      expect(check).toMatchObject({ code: 1, stdout: expect.stringContaining("mp config migrate") })
      const shown = yield* runMp(["config", "show"], { home })
      expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining("project_id") })
      expect(shown.stdout).not.toContain(secret)
      expect((yield* runMp(["config", "path"], { home })).code).toBe(0)
      expect(yield* read(home, ".mp/config.toml")).toBe(flat)
    })
  )
})

describe("mp config migrate", () => {
  it.scoped("shows its plan without secrets and changes nothing with --dry-run", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({ ".mp/config.toml": flat })
      for (const format of ["table", "json"]) {
        const { code, stderr, stdout } = yield* runMp(["config", "migrate", "--dry-run", "--format", format], { home })
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        expect(stdout).toContain("default_project")
        expect(stdout).not.toContain(secret)
      }
      expect(yield* Effect.promise(() => readdir(join(home, ".mp")))).toEqual(["config.toml"])
      expect(yield* read(home, ".mp/config.toml")).toBe(flat)
    })
  )

  it.scoped("migrates a 0.3 file, keeps the original, and finds nothing to do the second time", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({ ".mp/config.toml": flat })
      const outcome = yield* runMp(["config", "migrate", "--format", "json"], { home })
      expect(JSON.parse(outcome.stdout)).toMatchObject({ migrated: true, from: "0.3", accounts: ["prod"], targets: [] })
      expect(yield* read(home, ".mp/config.toml.legacy")).toBe(flat)
      const mode = yield* Effect.promise(() => stat(join(home, ".mp/config.toml.legacy")))
      expect(mode.mode & 0o777).toBe(0o600)
      const text = yield* read(home, ".mp/config.toml")
      expect(text.startsWith("# mine\n")).toBe(true)
      expect(text).toContain("[settings] # keep\nodd = 1\n")
      const session = yield* runMp(["session", "--format", "json"], { home })
      expect(JSON.parse(session.stdout)).toMatchObject({
        account: { name: "prod", region: "eu" },
        project: { id: "111" }
      })

      const again = yield* runMp(["config", "migrate", "--format", "json"], { home })
      expect(again.code).toBe(0)
      expect(JSON.parse(again.stdout)).toMatchObject({ migrated: false, from: null })
      expect(yield* read(home, ".mp/config.toml")).toBe(text)
    })
  )

  it.scoped("migrates a 2.x file with the tokens of its region", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({ ".mp/config.toml": second, ".mp/oauth/tokens_us.json": tokens })
      const outcome = yield* runMp(["config", "migrate"], { home })
      expect(outcome.code).toBe(0)
      expect(outcome.stdout).toContain("config.toml.legacy")
      const token = yield* runMp(["account", "token", "me"], { home })
      expect(token.stdout).toBe("at-1\n")
      const session = yield* runMp(["session", "--format", "json"], { home })
      expect(JSON.parse(session.stdout)).toMatchObject({ project: { id: "78" }, workspace: { id: 5 } })
      const target = yield* runMp(["target", "show", "shop", "--format", "json"], { home })
      expect(JSON.parse(target.stdout)).toMatchObject({ account: "me", project: "77", workspace: 9 })
    })
  )
})
