/** `mp exec` and `mp env`: another program, as the session. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { needs } from "../support/needs.ts"
import { makeHome, put, runMp } from "../support/mp.ts"
import { mpEnvironment } from "../support/mpEnvironment.ts"
import { builtMp as bundle } from "../support/builtMp.ts"

const secret = `s'e"c$r\\e\`t`

const config = `[active]
account = "team"
workspace = 5

[accounts.team]
type = "service_account"
region = "eu"
default_project = "1"
username = "u"
secret = ${JSON.stringify(secret)}

[accounts.me]
type = "oauth_browser"
region = "us"
default_project = "2"
`

const tokens = `{"access_token": "access-1", "expires_at": "2035-01-01T00:00:00+00:00", "token_type": "Bearer", "scope": "", "refresh_token": "refresh-1"}`

const home = makeHome({ ".mp/config.toml": config, ".mp/accounts/me/tokens.json": tokens })

const printEnv = [process.execPath, "-e", "console.log(JSON.stringify(process.env))"]

/** Every `MP_` variable that a child sees. */
const seenBy = (stdout: string): Record<string, string> =>
  Object.fromEntries(Object.entries<string>(JSON.parse(stdout)).filter(([name]) => name.startsWith("MP_")))

const stale = { MP_ACCOUNT: "nobody", MP_OAUTH_TOKEN: "stale", MP_TARGET: "" }

describe("mp exec", () => {
  it.scoped("gives a service account, and nothing stale", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* runMp(["-a", "team", "exec", "--", ...printEnv], {
        home: yield* home,
        env: stale
      })
      expect(code).toBe(0)
      expect(seenBy(stdout)).toEqual({
        MP_USERNAME: "u",
        MP_SECRET: secret,
        MP_PROJECT_ID: "1",
        MP_REGION: "eu",
        MP_WORKSPACE_ID: "5"
      })
    })
  )

  it.scoped("gives a bearer that is fresh, and never a refresh token", () =>
    Effect.gen(function* () {
      const env = { MP_USERNAME: "stale", KEPT: "yes" }
      const { stdout } = yield* runMp(["-a", "me", "exec", "--", ...printEnv], { home: yield* home, env })
      expect(seenBy(stdout)).toEqual({ MP_OAUTH_TOKEN: "access-1", MP_PROJECT_ID: "2", MP_REGION: "us" })
      expect(JSON.parse(stdout)).toMatchObject({ KEPT: "yes" })
      expect(stdout).not.toContain("refresh-1")
    })
  )

  it.scoped("resolves the same session in a child mp", () =>
    Effect.gen(function* () {
      const args = ["-a", "me", "exec", "--", process.execPath, bundle, "session", "--format", "json"]
      const { stdout } = yield* runMp(args, { home: yield* home })
      expect(JSON.parse(stdout)).toMatchObject({
        account: { name: "env-oauth-token", region: "us" },
        project: { id: "2" },
        workspace: null
      })
    })
  )

  const codes: ReadonlyArray<readonly [number, ReadonlyArray<string>, string]> = [
    [7, ["--", "sh", "-c", "exit 7"], ""],
    [143, ["--", "sh", "-c", "kill -TERM $$"], ""],
    [127, ["--", "no-such-command"], "no-such-command was not found"],
    [126, ["--", "/etc/passwd"], "cannot be run"],
    [3, ["sh"], "comes after '--'"],
    [3, [], "COMMAND is missing"]
  ]
  it.scoped.each(codes)("ends with %i: %j", ([code, args, message]) =>
    Effect.gen(function* () {
      const outcome = yield* runMp(["exec", ...args], { home: yield* home })
      expect(outcome).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(message) })
      if (message === "") expect(outcome.stderr).toBe("")
    })
  )

  it.scoped("hands on arguments as they are, stdin and stdout included", () =>
    Effect.gen(function* () {
      const args = ["exec", "--", "sh", "-c", 'cat; printf "<%s>" "$@"', "sh", "--account", "a b", "$HOME", ""]
      const outcome = yield* runMp(args, { home: yield* home, stdin: "in;" })
      expect(outcome).toEqual({ code: 0, stdout: "in;<--account><a b><$HOME><>", stderr: "" })
    })
  )

  it.scoped.each(["SIGTERM", "SIGINT"] as const)("forwards %s and takes the child's own end", (signal) =>
    Effect.gen(function* () {
      const directory = yield* home
      // Not a shell: dash can lose a signal that comes while it begins to wait.
      const script = `process.on("${signal}", () => { console.log("caught"); process.exit(5) }); setInterval(() => {}, 1000); console.log("ready")`
      const ended = yield* Effect.promise(async () => {
        const child = spawn(process.execPath, [bundle, "exec", "--", process.execPath, "-e", script], {
          env: mpEnvironment(directory),
          stdio: ["ignore", "pipe", "inherit"]
        })
        const written: Array<string> = []
        child.stdout.on("data", (chunk: Buffer) => {
          if (chunk.toString().includes("ready")) child.kill(signal)
          written.push(chunk.toString())
        })
        const [code] = await once(child, "exit")
        child.stdout.destroy()
        return { code, written: written.join("") }
      })
      expect(ended).toEqual({ code: 5, written: "ready\ncaught\n" })
    })
  )
})

describe("mp env", () => {
  it.scoped("can be evaluated by a shell, whatever the secret", () =>
    Effect.gen(function* () {
      const directory = yield* home
      const { stdout } = yield* runMp(["env"], { home: directory })
      yield* put(
        directory,
        "use.sh",
        `MP_ACCOUNT=other\n${stdout}printf '%s|%s' "$MP_SECRET" "$MP_ACCOUNT$MP_WORKSPACE_ID"`
      )
      const used = yield* runMp(["exec", "--", "env", "-i", "sh", `${directory}/use.sh`], { home: directory })
      expect(used.stdout).toBe(`${secret}|5`)
    })
  )

  it.scoped("gives an object, and the syntax of other shells", () =>
    Effect.gen(function* () {
      const directory = yield* home
      const json = yield* runMp(["env", "--format", "json", "-a", "me"], { home: directory })
      expect(JSON.parse(json.stdout)).toEqual({ MP_OAUTH_TOKEN: "access-1", MP_PROJECT_ID: "2", MP_REGION: "us" })
      const fish = yield* runMp(["env", "--shell", "fish"], { home: directory })
      expect(fish.stdout).toContain(`set -gx MP_SECRET 's\\'e"c$r\\\\e\`t'\n`)
      expect(fish.stdout).toContain("set -e MP_OAUTH_TOKEN\n")
      const power = yield* runMp(["env", "--shell", "powershell"], { home: directory })
      expect(power.stdout).toContain(`$env:MP_SECRET = 's''e"c$r\\e\`t'\n`)
    })
  )

  const terminal = needs("script")

  it.scoped.skipIf(terminal.areUnmet)(terminal.title("does not show secrets on a terminal unless it is told to"), () =>
    Effect.gen(function* () {
      const directory = yield* home
      const onTerminal = (args: string) =>
        runMp(["exec", "--", "script", "-qec", `'${process.execPath}' '${bundle}' env ${args}`, "/dev/null"], {
          home: directory
        })
      const refused = yield* onTerminal("")
      expect(refused).toMatchObject({ code: 3, stdout: expect.stringContaining('eval "$(mp env)"') })
      expect(refused.stdout).not.toContain("MP_SECRET")
      const shown = yield* onTerminal("--show-secrets")
      expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining("export MP_SECRET=") })
    })
  )
})
