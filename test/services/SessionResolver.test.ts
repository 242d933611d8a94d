import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe, expect } from "vitest"
import { ProjectId } from "#src/domain/account/identifiers.ts"
import { home, layer } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import { ProjectCredentials } from "#src/services/api/ProjectCredentials.ts"
import { SessionResolver } from "#src/services/session/SessionResolver.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"
import { bridge, config, secrets, tokens } from "../support/leaks.ts"

const files = { "~/.mp/config.toml": config, "~/.mp/accounts/me/tokens.json": tokens }
const atHome = `${home}/.claude/mixpanel/auth.json`
const inWorkingDirectory = `${home}/work/mixpanel_auth.json`

const inspected = Effect.flatMap(SessionResolver, (resolver) => resolver.inspect())
const accountNow = Effect.map(
  Effect.flatMap(SessionResolver, (resolver) => resolver.session()),
  ({ account, origin }) => [account.name, origin]
)

describe("the bridge", () => {
  it.effect("of the home directory comes first, silently; that of the working directory last, and is announced", () =>
    Effect.gen(function* () {
      const control = yield* MemoryFilesControl
      expect(yield* accountNow).toEqual(["team", "config"])
      yield* control.plant(inWorkingDirectory, bridge)
      expect(yield* accountNow).toEqual(["team", "config"])
      const toUse = "To use it: MP_AUTH_FILE=./mixpanel_auth.json"
      const here = `The bridge ${inWorkingDirectory} of the working directory`
      expect((yield* inspected).notices).toEqual([`${here} is not used: the active account comes first. ${toUse}`])
      yield* control.plant(`${home}/.mp/config.toml`, "")
      expect(yield* accountNow).toEqual(["bridged", "bridge"])
      expect((yield* inspected).notices).toEqual([`Using the bridge ${inWorkingDirectory} of the working directory.`])
      yield* control.plant(atHome, bridge)
      expect((yield* inspected).notices).toEqual([`${here} is not used: the bridge comes first. ${toUse}`])
      yield* control.plant(atHome, "{")
      expect(yield* Effect.flip(accountNow)).toMatchObject({ code: "CONFIG_ERROR", details: { path: atHome } })
    }).pipe(Effect.provide(layer({ files })))
  )

  it.effect("MP_AUTH_FILE that does not exist: no bridge, no further search, one line", () =>
    Effect.gen(function* () {
      expect(yield* accountNow).toEqual(["team", "config"])
      expect((yield* inspected).notices).toEqual([
        "MP_AUTH_FILE names /none.json, which does not exist: no bridge is used."
      ])
    }).pipe(
      Effect.provide(layer({ files: { ...files, [atHome]: bridge }, environment: { MP_AUTH_FILE: "/none.json" } }))
    )
  )

  it.effect("its tokens are its account's, and no other's", () =>
    Effect.gen(function* () {
      const resolver = yield* TokenResolver
      const { account, origin } = yield* Effect.flatMap(SessionResolver, (sessions) => sessions.session())
      if (account.type !== "oauth_browser") return yield* Effect.dieMessage("the bridge did not win")
      const bearer = (from: typeof origin) =>
        Effect.map(resolver.bearer(account, from), ({ token }) => Redacted.value(token))
      expect(yield* bearer(origin)).toBe(secrets.bridgeAccessToken)
      expect(yield* Effect.flip(bearer("config"))).toMatchObject({ code: "OAUTH_TOKEN_ERROR" })
    }).pipe(Effect.provide(layer({ files: { ...files, [atHome]: bridge } })))
  )
})

describe("project credentials", () => {
  const perProject = `${config}\n[settings.projects.7]\nsecret = "of-seven"\n`
  const found = (id: string) =>
    Effect.map(
      Effect.flatMap(ProjectCredentials, ({ forProject }) => forProject(ProjectId.make(id))),
      ({ secret, token }) => [Option.map(secret, Redacted.value), Option.map(token, Redacted.value)]
    )

  it.effect("variables, then those of the project, then those of all projects", () =>
    Effect.gen(function* () {
      expect(yield* found("7")).toEqual([Option.some("of-seven"), Option.none()])
      expect(yield* found("8")).toEqual([Option.some(secrets.settingsSecret), Option.none()])
    }).pipe(Effect.provide(layer({ files: { "~/.mp/config.toml": perProject } })))
  )

  it.effect("a variable beats both", () =>
    Effect.gen(function* () {
      expect(yield* found("7")).toEqual([Option.some("from-variable"), Option.some("t")])
    }).pipe(
      Effect.provide(
        layer({
          files: { "~/.mp/config.toml": perProject },
          environment: { MP_PROJECT_SECRET: "from-variable", MP_PROJECT_TOKEN: "t" }
        })
      )
    )
  )

  it.effect("a secret that is no text is an error that names its key and line", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(found("7"))).toMatchObject({
        code: "CONFIG_ERROR",
        details: { key: "settings.projects.7.secret", line: 2 }
      })
    }).pipe(Effect.provide(layer({ files: { "~/.mp/config.toml": "[settings.projects.7]\nsecret = 5\n" } })))
  )
})
