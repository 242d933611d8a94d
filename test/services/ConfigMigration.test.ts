import { command } from "#src/domain/hints/Command.ts"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { FileError } from "#src/domain/errors.ts"
import { configPath, home, layer } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import { ConfigMigration } from "#src/services/config/ConfigMigration.ts"
import { ConfigStore } from "#src/services/config/ConfigStore.ts"

const flat = `default = "b"

[accounts.a]
username = "u"
secret = "s"
project_id = "1"
region = "US"

[accounts.b]
username = "u"
secret = "s"
project_id = "2"
region = "us"
`

const browsers = (...names: ReadonlyArray<string>) =>
  ["config_version = 2", ...names.map((name) => `[credentials.${name}]\ntype = "oauth"\nregion = "eu"`), ""].join("\n")

const tokens = (access: string) =>
  `{"access_token": "${access}", "expires_at": "2030-01-01T00:00:00+00:00", "token_type": "Bearer", "scope": "s", "refresh_token": "r"}`

const oldTokens = `${home}/.mp/oauth/tokens_eu.json`
const newTokens = (name: string) => `${home}/.mp/accounts/${name}/tokens.json`

const run = Effect.flatMap(ConfigMigration, (service) => service.run)
const plan = Effect.flatMap(ConfigMigration, (service) => service.plan)
const files = Effect.flatMap(MemoryFilesControl, ({ snapshot }) => snapshot)
const world = (entries: Readonly<Record<string, string>>) => layer({ files: entries })

describe("ConfigMigration.run", () => {
  it.effect("merges equal accounts, keeps their names as targets, and says that the default project changed", () =>
    Effect.gen(function* () {
      const migration = Option.getOrThrow(yield* run)
      const after = yield* files
      expect(after[`${configPath}.legacy`]).toBe(flat)
      expect(after[configPath]).toContain('[active]\naccount = "a"')
      expect(migration.after.toml.value["accounts"]).toEqual({
        a: { type: "service_account", region: "us", username: "u", secret: "s", default_project: "1" }
      })
      expect(migration.after.toml.value["targets"]).toEqual({
        a: { account: "a", project: "1" },
        b: { account: "a", project: "2" }
      })
      expect(migration.notes).toEqual([expect.stringContaining("mp target use b")])
      expect(yield* run).toEqual(Option.none())
      expect(yield* files).toEqual(after)
    }).pipe(Effect.provide(world({ "~/.mp/config.toml": flat })))
  )

  it.effect("does nothing without a file, not even a lock", () =>
    Effect.gen(function* () {
      expect(yield* run).toEqual(Option.none())
      expect(yield* files).toEqual({})
    }).pipe(Effect.provide(world({})))
  )

  it.effect("never overwrites a legacy copy", () =>
    Effect.gen(function* () {
      const migration = Option.getOrThrow(yield* run)
      expect(migration.legacy).toBe(`${configPath}.legacy.2`)
      const after = yield* files
      expect(after[`${configPath}.legacy`]).toBe("first")
      expect(after[`${configPath}.legacy.1`]).toBe("second")
      expect(after[`${configPath}.legacy.2`]).toBe(flat)
    }).pipe(
      Effect.provide(
        world({
          "~/.mp/config.toml": flat,
          "~/.mp/config.toml.legacy": "first",
          "~/.mp/config.toml.legacy.1": "second"
        })
      )
    )
  )

  it.effect("leaves tokens where they are when their new place cannot be used", () =>
    Effect.gen(function* () {
      const control = yield* MemoryFilesControl
      const full = new FileError({
        path: newTokens("me"),
        problem: "no_space",
        reason: "is on a full disk",
        fix: command`df`
      })
      yield* control.obstruct(newTokens("me"), full)
      const before = yield* files
      const migration = Option.getOrThrow(yield* run)
      expect(migration.tokensLeft).toEqual([{ path: oldTokens, reason: expect.stringContaining("full disk") }])
      expect((yield* files)[oldTokens]).toBe(before[oldTokens])
    }).pipe(Effect.provide(world({ "~/.mp/config.toml": browsers("me"), "~/.mp/oauth/tokens_eu.json": tokens("t") })))
  )

  it.effect("changes nothing when the configuration cannot be used", () =>
    Effect.gen(function* () {
      const control = yield* MemoryFilesControl
      const before = yield* files
      const config = yield* ConfigStore
      const full = new FileError({
        path: configPath,
        problem: "no_space",
        reason: "is on a full disk",
        fix: command`df`
      })
      yield* control.obstruct(configPath, full)
      expect((yield* Effect.flip(run)).code).toBe("CONFIG_ERROR")
      yield* control.obstruct(configPath, null)
      expect(yield* files).toEqual(before)
      expect((yield* Effect.flip(config.get)).hints).toContain("mp config migrate")
    }).pipe(Effect.provide(world({ "~/.mp/config.toml": flat })))
  )
})

describe("the tokens of 2.x", () => {
  it.effect("go to the one browser account of their region", () =>
    Effect.gen(function* () {
      const migration = Option.getOrThrow(yield* run)
      expect(migration.tokens).toEqual([{ from: oldTokens, to: newTokens("me"), account: "me" }])
      const after = yield* files
      expect(after[oldTokens]).toBeUndefined()
      expect(JSON.parse(after[newTokens("me")] ?? "{}")).toMatchObject({ access_token: "t", refresh_token: "r" })
    }).pipe(Effect.provide(world({ "~/.mp/config.toml": browsers("me"), "~/.mp/oauth/tokens_eu.json": tokens("t") })))
  )

  const left: ReadonlyArray<readonly [string, string, Readonly<Record<string, string>>]> = [
    ["no account of the region", "no oauth_browser", { "~/.mp/config.toml": flat }],
    ["several accounts of it", "several oauth_browser accounts", { "~/.mp/config.toml": browsers("one", "two") }],
    [
      "an account with tokens of its own",
      "tokens of its own",
      { "~/.mp/config.toml": browsers("me"), "~/.mp/accounts/me/tokens.json": tokens("newer") }
    ],
    ["a broken file", "not valid JSON", { "~/.mp/config.toml": browsers("me"), "~/.mp/oauth/tokens_eu.json": "{" }]
  ]
  it.effect.each(left)("stay where they are, and are reported: %s", ([, reason, entries]) =>
    Effect.gen(function* () {
      const before = yield* files
      const migration = Option.getOrThrow(yield* run)
      expect(migration.tokens).toEqual([])
      expect(migration.tokensLeft).toEqual([{ path: oldTokens, reason: expect.stringContaining(reason) }])
      const after = yield* files
      const stored = (all: Readonly<Record<string, string>>) =>
        Object.entries(all).filter(([path]) => path.includes("tokens"))
      expect(stored(after)).toEqual(stored(before))
    }).pipe(Effect.provide(world({ "~/.mp/oauth/tokens_eu.json": tokens("t"), ...entries })))
  )
})

describe("what cannot be taken over", () => {
  const odd = `config_version = 2
top = 1

[credentials.sa]
type = "service_account"
username = "u"
secret = "hidden-secret"
region = "us"
colour = "red"

[credentials.odd]
type = "carrier_pigeon"
secret = "hidden-secret"

[credentials.mars]
type = "oauth"
region = "mars"

[projects.lost]
project_id = "1"
credential = "nobody"

[active]
credential = "sa"
workspace_id = "many"

[settings]
theme = "dark"

[plugins]
a = 1
`
  it.effect("is reported without its values, and the rest is", () =>
    Effect.gen(function* () {
      const migration = Option.getOrThrow(yield* plan)
      expect(migration.left.map(({ what }) => what)).toEqual([
        "top",
        "[plugins]",
        "[credentials.mars]",
        "[credentials.odd]",
        "[credentials.sa] colour",
        "[active] workspace_id",
        "[projects.lost]"
      ])
      const { after: _after, before: _before, ...told } = migration
      expect(JSON.stringify(told)).not.toContain("hidden-secret")
      expect(migration.after.toml.value).toEqual({
        accounts: { sa: { type: "service_account", region: "us", username: "u", secret: "hidden-secret" } },
        active: { account: "sa" },
        settings: { theme: "dark" }
      })
      expect(yield* files).toEqual({ [configPath]: odd })
    }).pipe(Effect.provide(world({ "~/.mp/config.toml": odd })))
  )
})
