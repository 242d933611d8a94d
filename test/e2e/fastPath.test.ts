/**
 * The fast path and the main program say the same: bytes, streams and exit codes, over generated command lines,
 * environments and homes. `--no-input` changes nothing for these commands and is no part of any shape of the fast path, so that
 * the same words with it behind them go to the main program.
 */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import { groups, helpPages } from "#src/cli/app/helpPages.ts"
import { route } from "#src/cli/start/route.ts"
import { version } from "#src/domain/internal/version.ts"
import { cp } from "node:fs/promises"
import { dirname, join } from "node:path"
import { builtMp, makeHome, put, runMp } from "../support/mp.ts"

const active = '[active]\naccount = "team"\n'
const team = '[accounts.team]\ntype = "service_account"\nregion = "us"\nusername = "u"\nsecret = "s"\n'
const withProject = `${active}${team}default_project = "3018488"\n`
const bearer = '[accounts.ci]\ntype = "oauth_token"\nregion = "eu"\ndefault_project = "42"\n'
const browser = '[accounts.me]\ntype = "oauth_browser"\nregion = "us"\ndefault_project = "3713224"\n'
const target = '[targets.ecom]\naccount = "team"\nproject = "99"\nworkspace = 7\n'
const tokens = (expiresAt: string) =>
  JSON.stringify({
    access_token: "at",
    refresh_token: "rt",
    expires_at: expiresAt,
    token_type: "Bearer",
    scope: "projects"
  })
const me = JSON.stringify({
  user_email: "ann@example.com",
  organizations: { "1": { id: 1, name: "Ünïcode 公司" } },
  projects: { "3018488": { name: "Demo — 演示", organization_id: 1 } },
  cached_at: 1
})
const config = (...blocks: ReadonlyArray<string>) => ({ ".mp/config.toml": blocks.join("\n") })

/** Homes by what is peculiar about them. */
const homes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nothing: {},
  "an empty file": config(""),
  "one account": config(withProject),
  "no project": config(active, team),
  "an active account that is gone": config('[active]\naccount = "gone"\n', bearer),
  "all kinds": config(withProject, bearer, 'token = "abc"\n', browser, target),
  "a variable": config('[active]\naccount = "ci"\n', bearer, 'token_env = "CI_TOKEN"\n'),
  "a login": {
    ...config('[active]\naccount = "me"\nworkspace = 12\n', browser),
    ".mp/accounts/me/tokens.json": tokens("2099-01-01T00:00:00Z")
  },
  "an expired login": {
    ...config('[active]\naccount = "me"\n', browser),
    ".mp/accounts/me/tokens.json": tokens("2020-01-01T00:00:00Z")
  },
  "broken tokens": { ...config('[active]\naccount = "me"\n', browser), ".mp/accounts/me/tokens.json": "{" },
  names: { ...config(withProject), ".mp/accounts/team/me.json": me },
  "a broken block": config(withProject, `${bearer}colour = 1\n`),
  "a broken active block": config(`${active}colour = 1\n`, team),
  "no TOML": config("x = ["),
  "an old format": config(
    'default = "a"\n[accounts.a]\nusername = "u"\nsecret = "s"\nproject_id = "1"\nregion = "us"\n'
  ),
  "an audit of everything": {
    ...config('[active]\naccount = "me"\n', browser, team, '[settings]\naudit = "all"\n'),
    ".mp/accounts/me/tokens.json": tokens("2099-01-01T00:00:00Z")
  },
  "a header": config(withProject, '[settings.custom_header]\nname = "X-Demo"\nvalue = "1"\n'),
  "a name that is wide": config(`${active}${team}\n[accounts."名"]\ntype = "oauth_browser"\nregion = "us"\n`),
  "a bridge": {
    ...config(withProject),
    ".claude/mixpanel/auth.json": JSON.stringify({
      version: 2,
      account: { name: "agent", type: "oauth_token", region: "us", token: "bridged" },
      project: "5"
    })
  },
  "a bridge with a login": {
    ".claude/mixpanel/auth.json": JSON.stringify({
      version: 2,
      account: { name: "agent", type: "oauth_browser", region: "us" },
      tokens: JSON.parse(tokens("2099-01-01T00:00:00Z")),
      project: "5"
    })
  },
  "a rule for a target": config(
    `[[directories]]\npath = "~"\ntarget = "ecom"\n`,
    withProject,
    bearer,
    'token = "abc"\n',
    target
  ),
  "a rule for an account": config(
    `${withProject}[[directories]]\npath = "/"\naccount = "ci"\n`,
    bearer,
    'token = "abc"\n'
  ),
  "a rule for a project": config(`${withProject}[[directories]]\npath = "~/."\nproject = "8"\n`),
  "two rules for one place": config(
    `${withProject}[[directories]]\npath = "~"\nproject = "8"\n[[directories]]\npath = "~/"\nproject = "8"\n`
  ),
  "a rule for what is gone": config(`${withProject}[[directories]]\npath = "~"\ntarget = "gone"\n`),
  "a rule that says nothing": config(`${withProject}[[directories]]\ntarget = 5\n`),
  "rules for other places": config(`${withProject}[[directories]]\npath = "~/none"\ntarget = "gone"\n`),
  "no list of rules": config(`directories = 3\n${withProject}`),
  "a broken bridge": { ...config(withProject), ".claude/mixpanel/auth.json": "[]" }
}

const environments: ReadonlyArray<Readonly<Record<string, string>>> = [
  {},
  { CI_TOKEN: "from-a-variable" },
  { MP_ACCOUNT: "ci" },
  { MP_TARGET: "ecom" },
  { MP_ACCOUNT: "ci", MP_TARGET: "ecom" },
  { MP_PROJECT_ID: "77", MP_WORKSPACE_ID: "8" },
  { MP_PROJECT_ID: "x" },
  { MP_REGION: "mars" },
  { MP_OAUTH_TOKEN: "t", MP_REGION: "us", MP_PROJECT_ID: "1" },
  { MP_USERNAME: "u", MP_SECRET: "s", MP_REGION: "eu", MP_PROJECT_ID: "1" },
  { MP_USERNAME: "u" },
  { MP_CUSTOM_HEADER_NAME: "X-One", MP_CUSTOM_HEADER_VALUE: "1" },
  { MP_CUSTOM_HEADER_NAME: "bad name", MP_CUSTOM_HEADER_VALUE: "1" },
  { MP_CONFIG_PATH: "/nowhere/config.toml" },
  { MP_AUTH_FILE: "/nowhere/auth.json" },
  { HOME: "" },
  { MP_API_BASE_URL: "https://gateway.invalid" },
  { MP_API_BASE_URL: "https://user:pass@gateway.invalid" }
]

const command = fc.constantFrom(
  ["account", "list"],
  ["account", "token"],
  ["account", "token", "me"],
  ["account", "token", "ci"],
  ["account", "token", "team"],
  ["account", "token", "gone"],
  ["account", "token", "名"],
  ["session"],
  ["credential", "get", "--protocol", "headers"],
  ["credential", "get", "--protocol", "json", "--min-ttl", "5m"],
  ["credential", "get", "--protocol", "json", "--min-ttl", "soon"],
  ["credential", "get", "--protocol", "bazel"],
  ["credential", "get", "--protocol", "exec-credential"],
  ["credential", "get", "--protocol", "xml"],
  ["credential", "get"]
)
const flag = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("table", "json", "jsonl", "csv", "plain").map((name) => ["--format", name]) },
  fc.constantFrom("json", "csv", "xml").map((name) => ["-f", name]),
  fc.constantFrom("me", "ci", "team", "gone", "a b").map((name) => ["--account", name]),
  fc.constantFrom("1", "0042", "x", "-1").map((id) => ["-p", id]),
  fc.constantFrom("7", "0", "x").map((id) => ["--workspace", id]),
  fc.constantFrom("ecom", "gone").map((name) => ["-t", name])
)
const commandLine = fc
  .tuple(command, fc.array(flag, { maxLength: 2 }), fc.boolean())
  .map(([words, flags, first]) => (first ? [...flags.flat(), ...words] : [...words, ...flags.flat()]))

const both = (words: ReadonlyArray<string>, options: Parameters<typeof runMp>[1]) =>
  Effect.all([runMp(words, options), runMp([...words, "--no-input"], options)], { concurrency: 2 })

/** An address at which nobody answers, at once. */
const unreachable = { MP_APP_BASE_URL: "http://127.0.0.1:9", MP_API_BASE_URL: "http://127.0.0.1:9" }

describe("the fast path and the main program", () => {
  const homeNames = Object.keys(homes)
  it.effect(
    "say the same in every home",
    () =>
      Effect.gen(function* () {
        const cases = fc.sample(fc.tuple(commandLine, fc.constantFrom(...environments)), { numRuns: 76, seed: 5 })
        let onFastPath = 0
        for (const [index, [words, env]] of cases.entries()) {
          const name = homeNames[index % homeNames.length] ?? "nothing"
          const home = yield* makeHome(homes[name])
          const [fast, main] = yield* both(words, { home, env: { ...unreachable, ...env } })
          expect({ name, words, env, ...fast }).toEqual({ name, words, env, ...main })
          onFastPath += route(words, groups).kind === "fast" ? 1 : 0
        }
        expect(onFastPath).toBeGreaterThan(50)
      }).pipe(Effect.scoped),
    120_000
  )

  it.effect(
    "say the same of every home and command without flags",
    () =>
      Effect.gen(function* () {
        for (const name of homeNames) {
          const home = yield* makeHome(homes[name])
          for (const words of [["account", "list"], ["account", "token"], ["session"]]) {
            const [fast, main] = yield* both(words, { home, env: unreachable })
            expect({ name, words, ...fast }).toEqual({ name, words, ...main })
          }
        }
      }).pipe(Effect.scoped),
    120_000
  )

  it.effect("say the same of a file that others can read", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(homes["one account"])
      yield* put(home, ".mp/config.toml", withProject)
      yield* runMp(["exec", "--", "chmod", "644", `${home}/.mp/config.toml`], { home })
      for (const words of [["account", "list"], ["account", "token"], ["session"]]) {
        const [fast, main] = yield* both(words, { home })
        expect(fast).toEqual(main)
        expect(fast.code).toBe(1)
      }
    }).pipe(Effect.scoped)
  )
})

describe("credentials for other programs", () => {
  it.effect("are the same on both ways, and the address that Bazel names is read", () =>
    Effect.gen(function* () {
      for (const name of [
        "a login",
        "an expired login",
        "broken tokens",
        "one account",
        "a bridge",
        "an audit of everything"
      ]) {
        const home = yield* makeHome(homes[name])
        for (const stdin of [
          '{"uri":"https://mixpanel.com/api"}',
          '{"uri":"https://evil.example/"}',
          "x",
          "\u00ff".repeat(40_000)
        ]) {
          const words = ["credential", "get", "--protocol", "bazel"]
          const [fast, main] = yield* both(words, { home, env: unreachable, stdin })
          expect({ name, stdin: stdin.slice(0, 40), ...fast }).toEqual({ name, stdin: stdin.slice(0, 40), ...main })
        }
      }
    }).pipe(Effect.scoped)
  )

  it.effect("are recorded by both", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(homes["an audit of everything"])
      for (const words of [
        ["account", "token"],
        ["credential", "get", "--protocol", "headers"]
      ])
        yield* both(words, { home })
      const told = yield* runMp(["audit", "--format", "jsonl"], { home })
      expect(
        told.stdout
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line).event)
      ).toEqual(Array(4).fill("token"))
    }).pipe(Effect.scoped)
  )
})

/** An `mp` that has no main program. */
const withoutMain = Effect.map(makeHome(), (directory) => join(directory, "mp.cjs")).pipe(
  Effect.tap((bundle) =>
    Effect.promise(() =>
      cp(dirname(builtMp), dirname(bundle), { recursive: true, filter: (path) => !path.endsWith("main.cjs") })
    )
  )
)

/** Homes and environments in which a command must not need the main program, and the words of such commands. */
const common: ReadonlyArray<readonly [string, Readonly<Record<string, string>>, ReadonlyArray<string>]> = [
  ["nothing", {}, ["account list", "account token", "session"]],
  ["one account", {}, ["account list", "account token team", "session", "session --format json"]],
  ["all kinds", {}, ["account list", "account token ci", "session", "session --target ecom", "account token -t ecom"]],
  ["all kinds", { MP_TARGET: "ecom" }, ["session", "account token"]],
  ["all kinds", { MP_OAUTH_TOKEN: "t", MP_REGION: "us", MP_PROJECT_ID: "1" }, ["session", "account token"]],
  ["a variable", { CI_TOKEN: "t" }, ["account token", "account list --format json", "session -a ci"]],
  ["a login", {}, ["account token", "account token me --format json", "account list", "session"]],
  ["a header", {}, ["account list", "session"]],
  ["a bridge", {}, ["account token", "session", "account list"]],
  ["a bridge with a login", {}, ["account token", "session", "account list"]],
  ["a login", {}, ["credential get --protocol headers --min-ttl 5m", "credential get --protocol bazel"]],
  ["an audit of everything", {}, ["account token", "credential get --protocol json"]]
]

describe("the fast path", () => {
  it.effect(
    "is enough for what is asked most often",
    () =>
      Effect.gen(function* () {
        const bundle = yield* withoutMain
        for (const [name, env, commands] of common) {
          const home = yield* makeHome(homes[name])
          for (const command of commands) {
            const { stderr } = yield* runMp(command.split(" "), { home, env, bundle })
            expect({ name, command, stderr }).not.toMatchObject({ stderr: expect.stringContaining("main.cjs") })
          }
        }
        const { stderr } = yield* runMp(["config", "path"], { home: dirname(bundle), bundle })
        expect(stderr).toContain("main.cjs")
      }).pipe(Effect.scoped),
    60_000
  )
})

describe("what is rendered at build time", () => {
  it.effect(
    "is what the tree says now",
    () =>
      Effect.gen(function* () {
        const home = yield* makeHome()
        const said = yield* Effect.forEach(
          helpPages,
          ({ path }) =>
            Effect.map(runMp([...path.split(" ").filter(Boolean), "--help"], { home }), ({ code, stderr, stdout }) => ({
              path,
              code,
              stderr,
              stdout
            })),
          { concurrency: 2 }
        )
        expect(said).toEqual(helpPages.map(({ path, text }) => ({ path, code: 0, stderr: "", stdout: text })))
      }).pipe(Effect.scoped),
    60_000
  )

  it.effect("is what the main program says", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      for (const words of [[], ["account"], ["account", "add", "--help"], ["-h"], ["session", "-h"]]) {
        const [fast, main] = yield* both(words, { home })
        expect(fast).toEqual(main)
      }
      expect(yield* runMp(["--version"], { home })).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" })
    }).pipe(Effect.scoped)
  )
})
