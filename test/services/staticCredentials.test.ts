/** Accounts whose credential a command or a file gives: asked for once, kept until it expires, and nobody else's. */
import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { OAuthTokenAccount, ServiceAccount } from "#src/domain/account/Account.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { exitCodeOf } from "#src/cli/app/exitCode.ts"
import { configPath, home, layer, type MemoryWorld } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import { ScriptedHttp } from "#src/layers/memory/ScriptedHttp.ts"
import { ScriptedSecrets } from "#src/layers/memory/ScriptedSecrets.ts"
import { BridgeExport } from "#src/services/bridge/BridgeExport.ts"
import { Accounts } from "#src/services/config/Accounts.ts"
import { Mixpanel } from "#src/services/api/Mixpanel.ts"
import { ChildEnvironment } from "#src/services/session/ChildEnvironment.ts"
import { SessionResolver } from "#src/services/session/SessionResolver.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"

const blocks = `
[active]
account = "ops"

[accounts.ops]
type = "service_account"
region = "us"
default_project = "1"
username = "robot"
secret = ""

[accounts.ci]
type = "oauth_token"
region = "us"
default_project = "1"
token_env = "NOBODY_SETS_THIS"

[settings.credential_commands.ops]
secret = ["op", "read", "op://Work/Mixpanel/secret"]

[settings.credential_commands.ci]
token = ["vault", "read", "mixpanel"]
`

const world = (more: MemoryWorld = {}): MemoryWorld => ({
  files: { "~/.mp/config.toml": blocks },
  http: () => ({ status: 200, body: "[]" }),
  commands: () => Effect.succeed("hush-hush\n"),
  ...more
})

const ran = Effect.flatMap(ScriptedSecrets, (secrets) => secrets.ran)
const sent = Effect.flatMap(ScriptedHttp, ({ requests }) => requests)
const authorizations = Effect.map(sent, (requests) => requests.map(({ headers }) => headers["authorization"]))
const events = (account?: string) =>
  Effect.gen(function* () {
    const resolver = yield* SessionResolver
    const mixpanel = yield* Mixpanel
    return yield* mixpanel.events(yield* resolver.session(account === undefined ? {} : { account }))
  })
const bearerOf = (name: string) =>
  Effect.gen(function* () {
    const account = yield* Effect.flatMap(Accounts, (accounts) => accounts.get(name))
    if (account.type !== "oauth_token") throw new Error("no bearer")
    const bearer = yield* Effect.flatMap(TokenResolver, (resolver) => resolver.bearer(account, "config"))
    return Redacted.value(bearer.token)
  })

describe("a command", () => {
  it.effect("gives the secret of a service account and the bearer of another", () =>
    Effect.gen(function* () {
      yield* events()
      yield* events("ci")
      expect(yield* authorizations).toEqual([`Basic ${btoa("robot:hush-hush")}`, "Bearer hush-hush"])
      expect(yield* ran).toEqual([
        ["op", "read", "op://Work/Mixpanel/secret"],
        ["vault", "read", "mixpanel"]
      ])
    }).pipe(Effect.provide(layer(world())))
  )

  it.effect("runs once for 100 fibers, and not again while its answer is good", () =>
    Effect.gen(function* () {
      const fibers = yield* Effect.fork(Effect.all(Effect.replicate(bearerOf("ci"), 100), { concurrency: "unbounded" }))
      yield* TestClock.adjust("1 second")
      expect(new Set(yield* Fiber.join(fibers))).toEqual(new Set(["hush-hush"]))
      yield* bearerOf("ci")
      expect(yield* ran).toHaveLength(1)
    }).pipe(Effect.provide(layer(world({ commands: () => Effect.delay(Effect.succeed("hush-hush"), "500 millis") }))))
  )

  it.effect("runs again when its answer has expired, 30 s before the time", () =>
    Effect.gen(function* () {
      expect(yield* bearerOf("ci")).toBe("until-60000")
      yield* TestClock.adjust("29 seconds")
      expect(yield* bearerOf("ci")).toBe("until-60000")
      yield* TestClock.adjust("2 seconds")
      expect(yield* bearerOf("ci")).toBe("until-91000")
      expect(yield* ran).toHaveLength(2)
    }).pipe(
      Effect.provide(
        layer(
          world({
            commands: () =>
              Effect.map(Clock.currentTimeMillis, (now) =>
                JSON.stringify({ token: `until-${now + 60_000}`, expires_at: (now + 60_000) / 1000 })
              )
          })
        )
      )
    )
  )

  it.effect("another one in the file counts at once", () =>
    Effect.gen(function* () {
      expect(yield* bearerOf("ci")).toBe("vault")
      yield* Effect.flatMap(MemoryFilesControl, ({ plant }) =>
        plant(configPath, blocks.replace('"vault", "read", "mixpanel"', '"pass", "show", "mixpanel"'))
      )
      expect(yield* bearerOf("ci")).toBe("pass")
    }).pipe(Effect.provide(layer(world({ commands: ([program = ""]) => Effect.succeed(program) }))))
  )

  for (const [account, first, second] of [
    ["ops", `Basic ${btoa("robot:old")}`, `Basic ${btoa("robot:new")}`],
    ["ci", "Bearer old", "Bearer new"]
  ] as const) {
    it.effect(`runs again when the server refuses what it gave ${account}, once`, () => {
      let runs = 0
      return Effect.gen(function* () {
        yield* events(account)
        expect(yield* authorizations).toEqual([first, second])
      }).pipe(
        Effect.provide(
          layer(
            world({
              commands: () => Effect.sync(() => (++runs === 1 ? "old" : "new")),
              http: ({ headers }) =>
                headers["authorization"] === second ? { status: 200, body: "[]" } : { status: 401, body: "{}" }
            })
          )
        )
      )
    })
  }

  it.effect("is ended after its time: exit 75, and the next asks anew", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(Effect.flip(bearerOf("ci")))
      yield* TestClock.adjust("10 seconds")
      const error = yield* Fiber.join(fiber)
      expect(error.message).toMatch(/vault read mixpanel, did not answer within 10 s/)
      expect(exitCodeOf(error)).toBe(75)
      yield* Effect.flatMap(MemoryFilesControl, ({ plant }) => plant(configPath, `${blocks}timeout = 0.5\n`))
      const quick = yield* Effect.fork(Effect.flip(bearerOf("ci")))
      yield* TestClock.adjust("500 millis")
      expect((yield* Fiber.join(quick)).message).toMatch(/within 0.5 s/)
    }).pipe(Effect.provide(layer(world({ commands: () => Effect.never }))))
  )
})

describe("what cannot be used", () => {
  for (const [what, answer, message] of [
    ["writes nothing", "", /answered with nothing/],
    ["writes two lines", "hush1\nhush2\n", /answered with more than one line/],
    [
      "has expired",
      '{"token":"hush","expires_at":"1969-12-31T00:00:00Z"}',
      /expired already, at 1969-12-31T00:00:00.000Z/
    ],
    ["says no time", '{"token":"hush","expires_at":"1999-01-01"}', /expires_at/]
  ] as const) {
    it.effect(`a command that ${what}: file, line and key, exit 2, nothing sent`, () =>
      Effect.gen(function* () {
        for (const [account, line, key] of [
          ["ops", 19, "secret"],
          ["ci", 22, "token"]
        ] as const) {
          const error = yield* Effect.flip(events(account))
          expect(error.message).toMatch(message)
          expect(error.message).toContain(`${configPath}:${line}, \`settings.credential_commands.${account}.${key}\``)
          expect(error.message).not.toMatch(/hush/)
          expect([error.code, exitCodeOf(error)]).toEqual(["CREDENTIAL_SOURCE_FAILED", 2])
        }
        expect(yield* sent).toEqual([])
      }).pipe(Effect.provide(layer(world({ commands: () => Effect.succeed(answer) }))))
    )
  }

  for (const [what, table, message] of [
    [
      "an unknown key",
      '[settings.credential_commands.ops]\nsecret = ["op"]\nshell = true',
      /`\[settings.credential_commands.ops\].shell` is not a known key/
    ],
    ["no source", "[settings.credential_commands.ops]\ntimeout = 3", /needs exactly one of secret, token, token_file/],
    ["two sources", '[settings.credential_commands.ops]\nsecret = ["op"]\ntoken = ["op"]', /needs exactly one of/],
    ["a line instead of words", '[settings.credential_commands.ops]\nsecret = "op read"', /must be a list of words/],
    [
      "a relative program",
      '[settings.credential_commands.ops]\nsecret = ["./op"]',
      /begins with .\/op, a relative path/
    ],
    ["no words", "[settings.credential_commands.ops]\nsecret = []", /must name a program/],
    [
      "a time that is none",
      '[settings.credential_commands.ops]\nsecret = ["op"]\ntimeout = 0',
      /`\[settings.credential_commands.ops\].timeout` must be a number of seconds/
    ],
    [
      "a source of another type",
      '[settings.credential_commands.ops]\ntoken = ["op"]',
      /is for accounts of type oauth_token, and 'ops' is of type service_account/
    ],
    [
      "a file for a secret",
      '[settings.credential_commands.ops]\ntoken_file = "/x"',
      /is for accounts of type oauth_token/
    ],
    ["no table", "[settings.credential_commands]\nops = 3", /must be a table/]
  ] as const) {
    it.effect(`a table with ${what}: exit 1 for this account alone, nothing runs`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(events("ops"))
        expect(error.message).toMatch(message)
        expect(error.message).toMatch(/^\/home\/test\/\.mp\/config\.toml:\d+: /)
        expect(exitCodeOf(error)).toBe(1)
        const listed = yield* Effect.flatMap(Accounts, ({ list }) => list)
        expect(
          listed.map(Either.match({ onLeft: ({ name }) => `${name} broken`, onRight: ({ account }) => account.name }))
        ).toEqual(["ops broken", "other"])
        yield* events("other")
        expect(yield* ran).toEqual([])
      }).pipe(
        Effect.provide(
          layer(
            world({
              files: {
                "~/.mp/config.toml": `[accounts.ops]
type = "service_account"
region = "us"
default_project = "1"
username = "robot"
secret = ""

[accounts.other]
type = "oauth_token"
region = "us"
default_project = "1"
token = "own"

${table}
`
              }
            })
          )
        )
      )
    )
  }
})

describe("a file", () => {
  it.effect("is read again each time", () =>
    Effect.gen(function* () {
      const files = yield* MemoryFilesControl
      expect(yield* bearerOf("f")).toBe("first")
      yield* files.plant(`${home}/token`, '{"token":"second","expires_at":"2999-01-01T00:00:00Z"}')
      expect(yield* bearerOf("f")).toBe("second")
      yield* files.plant(`${home}/token`, "")
      const error = yield* Effect.flip(bearerOf("f"))
      expect(error.message).toMatch(/The file that gives account 'f' its credential, ~\/token, answered with nothing/)
      expect(exitCodeOf(error)).toBe(2)
    }).pipe(
      Effect.provide(
        layer({
          files: {
            "~/token": "first\n",
            "~/.mp/config.toml": `[accounts.f]
type = "oauth_token"
region = "us"
token_env = "NOBODY"

[settings.credential_commands.f]
token_file = "~/token"
`
          }
        })
      )
    )
  )
})

describe("accounts of others", () => {
  const bridge = (account: object) => JSON.stringify({ version: 2, account, project: "5" })

  it.effect("one of a bridge, of the environment or of a program runs nothing, whatever its name and fields", () =>
    Effect.gen(function* () {
      const tokens = yield* TokenResolver
      const resolver = yield* SessionResolver
      const bridged = yield* resolver.session()
      expect(bridged.origin).toBe("bridge")
      expect((yield* Effect.flip(Effect.flatMap(Mixpanel, (mixpanel) => mixpanel.events(bridged)))).message).toMatch(
        /MP_TOKEN_BY_COMMAND is not set/
      )
      const name = AccountName.make("ci")
      const account = new OAuthTokenAccount({ name, region: "us", tokenEnv: Option.some("MP_TOKEN_BY_COMMAND") })
      for (const origin of ["bridge", "environment", "given"] as const)
        yield* Effect.flip(tokens.bearer(account, origin))
      const child = yield* ChildEnvironment
      const ops = yield* Effect.flatMap(Accounts, (accounts) => accounts.get("ops"))
      const given = (yield* resolver.session({ account: "ops" })).replace({ account: ops, origin: "given" })
      expect((yield* Effect.flip(child.of(given))).message).toMatch(/runs for an account of the configuration only/)
      expect(ops).toBeInstanceOf(ServiceAccount)
      expect(yield* ran).toEqual([])
      expect(yield* sent).toEqual([])
    }).pipe(
      Effect.provide(
        layer(
          world({
            files: {
              "~/.mp/config.toml": blocks,
              "~/.claude/mixpanel/auth.json": bridge({
                name: "ci",
                type: "oauth_token",
                region: "us",
                token_env: "MP_TOKEN_BY_COMMAND"
              })
            }
          })
        )
      )
    )
  )

  it.effect("no bridge is made of one: exit 2, and the broker is named", () =>
    Effect.gen(function* () {
      const bridges = yield* BridgeExport
      for (const account of ["ops", "ci"]) {
        const error = yield* Effect.flip(bridges.write({ to: "/tmp/auth.json", account }))
        expect(exitCodeOf(error)).toBe(2)
        expect(error.message).toMatch(/mp broker run/)
      }
      expect(yield* ran).toEqual([])
    }).pipe(Effect.provide(layer(world())))
  )

  it.effect("a command that asks for itself, through whatever it runs, is not run for ever", () =>
    Effect.gen(function* () {
      expect((yield* Effect.flip(bearerOf("ci"))).message).toMatch(/asks for the credential of account 'ci' itself/)
      expect(yield* ran).toEqual([])
    }).pipe(Effect.provide(layer(world({ environment: { MP_CREDENTIAL_COMMAND: "ops ci" } }))))
  )
})

describe("what is shown", () => {
  it.effect("is where the credential comes from; nothing runs for it", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const shown = yield* Effect.forEach(["ops", "ci"], (name) => accounts.show(name))
      expect(shown.map(({ status, tokens }) => [status, Option.getOrNull(tokens.source)])).toEqual([
        ["untested", "command:op read op://Work/Mixpanel/secret"],
        ["untested", "command:vault read mixpanel"]
      ])
      const { explain } = yield* Effect.flatMap(SessionResolver, (resolver) => resolver.inspect())
      expect(explain.account).toMatchObject([
        {
          value: "ops",
          status: "used",
          reason: "its credential comes from the command op read op://Work/Mixpanel/secret"
        }
      ])
      expect(yield* ran).toEqual([])
    }).pipe(Effect.provide(layer(world())))
  )

  it.effect("and handed to programs is what it answered", () =>
    Effect.gen(function* () {
      const resolver = yield* SessionResolver
      const child = yield* ChildEnvironment
      const { set } = yield* child.of(yield* resolver.session())
      expect(set.map(([name, value]) => [name, Redacted.value(value)])).toEqual([
        ["MP_USERNAME", "robot"],
        ["MP_SECRET", "hush-hush"],
        ["MP_PROJECT_ID", "1"],
        ["MP_REGION", "us"]
      ])
    }).pipe(Effect.provide(layer(world())))
  )
})
