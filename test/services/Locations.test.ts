import { it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { describe, expect } from "vitest"
import { FileError } from "#src/domain/errors.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { make } from "#src/layers/node/locations.ts"
import { searched } from "#src/services/platform/Locations.ts"

const a = AccountName.make("a")
const locations = make({ home: "/home/jo", cwd: "/work" })

const all = (environment: Readonly<Record<string, string>>) =>
  Effect.all({
    config: locations.config,
    tokens: locations.tokens(a),
    me: locations.meCache(a),
    client: locations.client("eu"),
    bridge: locations.bridge
  }).pipe(Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(environment)))))

const defaults = {
  config: "/home/jo/.mp/config.toml",
  tokens: "/home/jo/.mp/accounts/a/tokens.json",
  me: "/home/jo/.mp/accounts/a/me.json",
  client: "/home/jo/.mp/oauth/client_eu.json",
  bridge: {
    explicit: Option.none<string>(),
    home: Option.some("/home/jo/.claude/mixpanel/auth.json"),
    workingDirectory: Option.some("/work/mixpanel_auth.json")
  }
}
const moved = { MP_CONFIG_PATH: "", MP_STORAGE_DIR: "", MP_OAUTH_STORAGE_DIR: "", MP_AUTH_FILE: "" }

describe("where files live", () => {
  it.effect.each([{}, moved])("empty variables are unset: %o", (environment) =>
    Effect.map(all(environment), (found) => expect(found).toEqual(defaults))
  )

  it.effect("MP_CONFIG_PATH moves the configuration and nothing else", () =>
    Effect.map(all({ MP_CONFIG_PATH: "conf/mp.toml" }), (found) =>
      expect(found).toEqual({ ...defaults, config: "/work/conf/mp.toml" })
    )
  )

  it.effect("MP_OAUTH_STORAGE_DIR moves tokens, caches and registrations, and ~ is the home directory", () =>
    Effect.map(all({ MP_OAUTH_STORAGE_DIR: "~/store" }), (found) =>
      expect(found).toEqual({
        ...defaults,
        tokens: "/home/jo/store/accounts/a/tokens.json",
        me: "/home/jo/store/accounts/a/me.json",
        client: "/home/jo/store/oauth/client_eu.json"
      })
    )
  )

  it.effect("MP_STORAGE_DIR does the same and comes first", () =>
    Effect.map(all({ MP_STORAGE_DIR: "/a", MP_OAUTH_STORAGE_DIR: "/b" }), (found) =>
      expect(found).toMatchObject({ tokens: "/a/accounts/a/tokens.json", client: "/a/oauth/client_eu.json" })
    )
  )

  it.effect("MP_AUTH_FILE is the only bridge", () =>
    Effect.map(all({ MP_AUTH_FILE: "~/b.json" }), (found) =>
      expect(found.bridge.explicit).toEqual(Option.some("/home/jo/b.json"))
    )
  )
})

describe("where there is no working directory", () => {
  const nowhere = make({ home: "/home/jo", cwd: undefined })
  const withVariable = (name: string, value: string) =>
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map([[name, value]])))

  it.effect("nothing that is absolute needs one, and no bridge is looked for in it", () =>
    Effect.gen(function* () {
      expect(yield* nowhere.config).toBe(defaults.config)
      expect(yield* nowhere.tokens(a)).toBe(defaults.tokens)
      expect(searched(yield* nowhere.bridge)).toEqual(Option.toArray(defaults.bridge.home))
      expect(yield* nowhere.resolve("~/b.json")).toBe("/home/jo/b.json")
      expect(yield* nowhere.resolve("/tmp/../b.json")).toBe("/b.json")
      expect(yield* nowhere.config.pipe(withVariable("MP_CONFIG_PATH", "/etc/mp.toml"))).toBe("/etc/mp.toml")
    })
  )

  it.effect.each([
    ["MP_CONFIG_PATH", Effect.asVoid(nowhere.config)],
    ["MP_STORAGE_DIR", Effect.asVoid(nowhere.tokens(a))],
    ["MP_OAUTH_STORAGE_DIR", Effect.asVoid(nowhere.tokens(a))],
    ["MP_AUTH_FILE", Effect.asVoid(nowhere.bridge)]
  ] as const)("a relative path in %s names its variable and what mends it", ([variable, location]) =>
    Effect.gen(function* () {
      const error = yield* location.pipe(withVariable(variable, "a/b"), Effect.flip)
      expect(error).toBeInstanceOf(FileError)
      expect(error).toMatchObject({
        code: "CONFIG_ERROR",
        message: expect.stringMatching(
          new RegExp(`^a/b is a relative path \\(from ${variable}\\), and .* was removed`)
        ),
        hints: ["cd ~"],
        details: { path: "a/b", problem: "no_working_directory" }
      })
    })
  )

  it.effect("a relative path that a person gives is an error, too", () =>
    Effect.map(Effect.flip(nowhere.resolve("b.json")), ({ message }) =>
      expect(message).toMatch(/^b\.json is a relative path, and /)
    )
  )
})

describe("for a user without a home directory", () => {
  const homeless = make({ home: undefined, cwd: "/work" })
  const noHome = (path: string) => ({
    problem: "no_home",
    message: expect.stringMatching(
      new RegExp(`^${path} cannot be found.*: HOME is not set to the absolute path of a directory`)
    ),
    hints: [expect.stringMatching(/^export HOME=/)]
  })

  it.effect("nothing lies in the working directory instead", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(homeless.config)).toMatchObject(noHome("~/.mp/config.toml"))
      expect(yield* Effect.flip(homeless.tokens(a))).toMatchObject(noHome("~/.mp"))
      expect(yield* Effect.flip(homeless.client("us"))).toMatchObject(noHome("~/.mp"))
      expect(yield* Effect.flip(homeless.bridgeCache("b.json"))).toMatchObject(noHome("~/.mp"))
      expect(yield* Effect.flip(homeless.resolve("~"))).toMatchObject(noHome("~"))
      expect(searched(yield* homeless.bridge)).toEqual(["/work/mixpanel_auth.json"])
      expect(yield* homeless.resolve("b.json")).toBe("/work/b.json")
    })
  )

  it.effect("what the variables name needs no home, unless they name it", () =>
    Effect.gen(function* () {
      const named = { MP_CONFIG_PATH: "/etc/mp.toml", MP_OAUTH_STORAGE_DIR: "/var/mp", MP_AUTH_FILE: "~/b.json" }
      const all = Effect.all([homeless.config, homeless.tokens(a), Effect.flip(homeless.bridge)])
      const [config, tokens, error] = yield* all.pipe(
        Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(named))))
      )
      expect([config, tokens]).toEqual(["/etc/mp.toml", "/var/mp/accounts/a/tokens.json"])
      expect(error).toMatchObject({ problem: "no_home", message: expect.stringContaining("(from MP_AUTH_FILE)") })
    })
  )
})

describe("what may be somebody else's", () => {
  it.each<[string, string, string | undefined, boolean]>([
    ["/home/p/work/mixpanel_auth.json", "/home/p/work", "/home/p", true],
    ["/home/p/work/box/auth.json", "/home/p/work", "/home/p", true],
    ["/home/p/worker/auth.json", "/home/p/work", "/home/p", false],
    ["/home/p/mixpanel_auth.json", "/home/p", "/home/p", true],
    ["/home/p/box/auth.json", "/home/p", "/home/p", false],
    ["/home/p/.claude/mixpanel/auth.json", "/home/p/.claude/mixpanel", "/home/p", false],
    ["/home/p/box/auth.json", "/", "/home/p", false],
    ["/srv/box/auth.json", "/srv", undefined, true]
  ])("%s seen from %s", (path, cwd, home, expected) => {
    expect(make({ home, cwd }).inWorkingDirectory(path)).toBe(expected)
  })
})
