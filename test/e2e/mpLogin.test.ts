/** `mp login`: the real `mp`, from an empty home to a command that works. */
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import * as Sandbox from "#src/layers/sandbox/Sandbox.ts"
import { runHere, type World } from "../support/inProcess.ts"
import { startMp } from "../support/liveMp.ts"
import { makeHome, type Outcome, runMp } from "../support/mp.ts"
import { needs } from "../support/needs.ts"
import { onTerminal } from "../support/onTerminal.ts"
import { redirectOf } from "../support/redirectOf.ts"

const [robot] = Sandbox.defaultData.serviceAccounts
const [bearer] = Sandbox.defaultData.bearers
const secrets = [robot.secret, bearer.token]

const stage = Effect.gen(function* () {
  const sandbox = yield* Sandbox.start()
  const home = yield* makeHome()
  const mp = (
    args: ReadonlyArray<string>,
    env: Readonly<Record<string, string>> = {},
    stdin?: string
  ): Effect.Effect<Outcome> =>
    Effect.tap(
      runMp(args, { home, env: { ...sandbox.environment, ...env }, ...(stdin === undefined ? {} : { stdin }) }),
      ({ stderr, stdout }) =>
        Effect.sync(() => expect(secrets.filter((secret) => `${stdout}${stderr}`.includes(secret))).toEqual([]))
    )
  const config = Effect.promise(() => readFile(join(home, ".mp/config.toml"), "utf8"))
  return { sandbox, home, mp, config }
})

describe("mp login", () => {
  it.scopedLive("a service account, its secret from stdin: a session that works, and no duplicate", () =>
    Effect.gen(function* () {
      const { config, mp } = yield* stage
      const env = { MP_USERNAME: robot.username }
      const first = yield* mp(["login", "--service-account", "--secret-stdin"], env, `${robot.secret}\n`)
      expect(first).toMatchObject({
        code: 0,
        stdout: "Logged in as team@example.com → acme-corp · E-Commerce Demo (3018488)\n",
        stderr: "us: ok\n"
      })
      expect(JSON.parse((yield* mp(["inspect", "events", "--format", "json"])).stdout)).toContainEqual("Login")
      const again = yield* mp(["login", "-f", "json", "-p", "3713224", "-q"], { ...env, MP_SECRET: robot.secret })
      expect(again).toMatchObject({ code: 0, stderr: "" })
      expect(JSON.parse(again.stdout)).toEqual({
        account_name: "acme-corp",
        type: "service_account",
        region: "us",
        user: { id: 9001, email: "team@example.com" },
        project: { id: "3713224", name: "AI Demo" },
        is_new: false,
        tokens_path: null
      })
      expect((yield* config).match(/\[accounts\./g)).toHaveLength(1)
    })
  )

  it.scopedLive("a bearer: by the name of its variable, or stored and said so", () =>
    Effect.gen(function* () {
      const { config, mp } = yield* stage
      const env = { CI_TOKEN: bearer.token }
      const named = yield* mp(["login", "--token-env", "CI_TOKEN", "--name", "ci", "--region", "us"], env)
      expect(named).toMatchObject({
        code: 0,
        stdout: "Logged in as jo@example.com → ci · E-Commerce Demo (3018488)\n",
        stderr: ""
      })
      expect(yield* config).not.toContain(bearer.token)
      expect((yield* mp(["account", "test"], env)).code).toBe(0)
      const inline = yield* mp(["login", "--name", "me"], { MP_OAUTH_TOKEN: bearer.token })
      expect(inline.code).toBe(0)
      expect(inline.stderr).toContain("MP_OAUTH_TOKEN was stored in the configuration")
      expect((yield* mp(["account", "test"])).code).toBe(0)
    })
  )

  it.scopedLive(
    "a person, with the redirect pasted; nothing is asked on a pipe, and stdout is JSON alone",
    () =>
      Effect.gen(function* () {
        const { config, home, sandbox } = yield* stage
        const env = sandbox.environment
        const login = yield* startMp(["login", "--no-browser", "--format", "json"], { home, env })
        const [url] = yield* login.said(/https?:\/\/\S+\/oauth\/authorize\/[^\s"]+/)
        yield* login.type(`${yield* redirectOf(url)}\n`)
        const ended = yield* login.ended
        expect(ended.code).toBe(0)
        for (const note of ended.stderr.trimEnd().split("\n")) {
          expect(JSON.parse(note)).toEqual({ note: expect.objectContaining({ message: expect.any(String) }) })
        }
        expect(JSON.parse(ended.stdout)).toEqual({
          account_name: "acme-corp",
          type: "oauth_browser",
          region: "us",
          user: { id: 42, email: "jo@example.com" },
          project: { id: "3018488", name: "E-Commerce Demo" },
          is_new: true,
          tokens_path: join(home, ".mp/accounts/acme-corp/tokens.json")
        })
        expect(yield* config).toContain('[active]\naccount = "acme-corp"')
        const stored: unknown = JSON.parse(
          yield* Effect.promise(() => readFile(join(home, ".mp/accounts/acme-corp/tokens.json"), "utf8"))
        )
        const { access_token, refresh_token } = Object(stored)
        for (const kept of [access_token, refresh_token]) expect(`${ended.stdout}${ended.stderr}`).not.toContain(kept)
        expect((yield* runMp(["account", "test"], { home, env })).code).toBe(0)
      }),
    40_000
  )

  it.scopedLive("a wrong secret: what each region said, exit 2; and nothing is there", () =>
    Effect.gen(function* () {
      const { home, mp } = yield* stage
      const wrong = { MP_USERNAME: robot.username, MP_SECRET: "LEAK-wrong-secret" }
      const ended = yield* mp(["login", "-f", "json"], wrong)
      expect(ended).toMatchObject({ code: 2, stdout: "" })
      expect(ended.stderr).toMatch(
        /^\{"note":\{"message":"us: 401"\}\}\n\{"error":\{"code":"OAUTH_REGION_PROBE_FAILED"/
      )
      expect(ended.stderr).not.toContain("LEAK")
      yield* Effect.promise(() => expect(readFile(join(home, ".mp/config.toml"))).rejects.toThrow("ENOENT"))
    })
  )

  it.scopedLive("nobody to ask: exit 3 at once, with the ways that work; --timeout ends the wait", () =>
    Effect.gen(function* () {
      const { mp } = yield* stage
      for (const [args, env] of [
        [[], {}],
        [["--no-input"], {}],
        [[], { MP_USERNAME: robot.username, CI: "1" }],
        [["--region", "eu"], { MP_SECRET: robot.secret }]
      ] as const) {
        const refused = yield* mp(["login", ...args], env)
        expect(refused).toMatchObject({ code: 3, stdout: "" })
        expect(refused.stderr).toContain(`mp login ${args.length === 2 ? "--region eu " : ""}--no-browser\n`)
        expect(refused.stderr).toMatch(/--secret-stdin|MP_SECRET="\$SECRET"/)
      }
      const late = yield* mp(["login", "--no-browser", "--timeout", "1"])
      expect(late).toMatchObject({ code: 2, stdout: "" })
      expect((yield* mp(["login", "--no-browser", "--timeout", "soon"])).code).toBe(3)
    })
  )

  it.scopedLive("no network: exit 75; a project that is not there: exit 4", () =>
    Effect.gen(function* () {
      const { mp } = yield* stage
      const env = { MP_USERNAME: robot.username, MP_SECRET: robot.secret }
      const gone = yield* mp(["login"], { ...env, MP_API_BASE_URL: "http://127.0.0.1:9" })
      expect(gone.code).toBe(75)
      expect(gone.stderr).toMatch(/us: not reachable.*\nerror: .*\ntry:/)
      for (const [args, more] of [
        [["-p", "5"], {}],
        [[], { MP_PROJECT_ID: "5" }]
      ] as const) {
        const missing = yield* mp(["login", ...args], { ...env, ...more })
        expect(missing.code).toBe(4)
        expect(missing.stderr).toContain("3018488, 3713224")
      }
    })
  )
})

const down = "\u001b[B"

const terminal = needs("script")

describe.skipIf(terminal.areUnmet)(terminal.title("mp login on a terminal"), () => {
  it.scopedLive("lets a person choose the project with the arrow keys", () =>
    Effect.gen(function* () {
      const { config, home, sandbox } = yield* stage
      const env = { ...sandbox.environment, MP_USERNAME: robot.username, MP_SECRET: robot.secret }
      const screen = yield* onTerminal(["login"], { home, env })
      yield* screen.shows(/Acme Corp \/ E-Commerce Demo \(3018488\)[^]*Acme Corp \/ AI Demo \(3713224\)/)
      yield* screen.press(`${down}\r`)
      expect((yield* screen.ended).code).toBe(0)
      expect(yield* config).toContain('default_project = "3713224"')
      const unasked = yield* onTerminal(["login", "--no-input", "--name", "other"], { home, env })
      expect((yield* unasked.ended).shown).toContain("→ other · E-Commerce Demo (3018488)")
    })
  )

  it.scopedLive(
    "reads the pasted redirect, then the keys; Ctrl-C at the list keeps the login, and says so",
    () =>
      Effect.gen(function* () {
        const { config, home, sandbox } = yield* stage
        const start = Effect.gen(function* () {
          const screen = yield* onTerminal(["login", "--no-browser", "--name", "me"], {
            home,
            env: sandbox.environment
          })
          const [, url = ""] = yield* screen.shows(/(https?:\/\/\S+\/oauth\/authorize\/\S+)[^]*paste the address/)
          yield* screen.press(`${yield* redirectOf(url)}\r`)
          yield* screen.shows(/Which project/)
          return screen
        })
        const left = yield* start
        yield* left.press("\u0003")
        const { code, shown } = yield* left.ended
        expect({ code, shown }).toMatchObject({ code: 130, shown: expect.stringContaining("the login is kept") })
        const files = yield* Effect.promise(() => readdir(join(home, ".mp"), { recursive: true }))
        expect(files.filter((file) => /tokens.json$/.test(file))).toEqual(["accounts/me/tokens.json"])
        expect(yield* config).not.toContain("default_project")
        const screen = yield* start
        yield* screen.press(`${down}\r`)
        expect((yield* screen.ended).shown).toContain("Logged in as jo@example.com → me · AI Demo (3713224)")
        expect(yield* config).toContain('default_project = "3713224"')
      }),
    40_000
  )
})

const service = { MP_USERNAME: "u", MP_SECRET: "LEAK-s" }

describe("mp login that cannot be meant", () => {
  it.live.each<[string, number, ReadonlyArray<string>, World["env"], RegExp]>([
    ["--account", 3, ["-a", "x"], {}, /--name x/],
    ["--target", 3, ["-t", "x"], {}, /try:\n {2}mp login\n/],
    ["--workspace", 3, ["-w", "5"], {}, /try:\n {2}mp login\n/],
    ["both ways", 3, ["--service-account", "--token-env", "T"], {}, /cannot be used together/],
    ["--no-browser with a bearer", 3, ["--no-browser", "--token-env", "T"], {}, /oauth_token \(--token-env\)/],
    [
      "--no-browser with variables",
      3,
      ["--no-browser"],
      service,
      /service_account \(MP_USERNAME and MP_SECRET\)[^]*unset MP_USERNAME MP_SECRET/
    ],
    ["--no-browser with a token", 3, ["--no-browser"], { MP_OAUTH_TOKEN: "LEAK-t" }, /unset MP_OAUTH_TOKEN/],
    [
      "--secret-stdin alone",
      3,
      ["--secret-stdin"],
      { MP_USERNAME: "u" },
      /oauth_browser[^]*mp login --secret-stdin --service-account/
    ],
    ["a bad name", 3, ["--name", "a b"], service, /--name must be/],
    ["an empty name", 3, ["--name", ""], service, /--name/],
    ["a bad region", 3, ["--region", "US"], service, /--region/],
    ["a bad project", 3, ["--project", "x"], service, /--project/],
    ["a bad variable's name", 3, ["--token-env", "LEAK-token"], {}, /name of a variable/],
    ["a bad MP_REGION", 1, [], { ...service, MP_REGION: "US" }, /MP_REGION/],
    ["a bad MP_PROJECT_ID", 1, [], { ...service, MP_PROJECT_ID: "x" }, /MP_PROJECT_ID/],
    ["no user name", 3, ["--service-account"], {}, /MP_USERNAME is not set/],
    ["a user name with a colon", 1, ["--service-account"], { ...service, MP_USERNAME: "u:v" }, /MP_USERNAME must/],
    ["no secret", 3, ["--service-account"], { MP_USERNAME: "u" }, /MP_SECRET is not set/],
    ["an empty stdin", 3, ["--service-account", "--secret-stdin"], { MP_USERNAME: "u" }, /is empty/],
    ["a token of two lines", 1, [], { MP_OAUTH_TOKEN: "LEAK\nx" }, /more than one line/],
    ["an unset variable", 2, ["--token-env", "CI_TOKEN"], {}, /CI_TOKEN is not set/],
    ["an argument", 3, ["work"], {}, /Unexpected argument/]
  ])("%s: exit %i before anything is asked or written", ([, code, args, env, message]) =>
    Effect.gen(function* () {
      // Port 9 would answer nothing: whoever asks there ends with 75 instead.
      const ended = yield* runHere(["login", ...args], { env: { MP_API_BASE_URL: "http://127.0.0.1:9", ...env } })
      expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: "" })
      expect(ended.stderr).toMatch(message)
      expect(ended.stderr).not.toContain("LEAK")
      expect(ended.files).toEqual({})
    })
  )
})
