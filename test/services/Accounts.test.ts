import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe, expect } from "vitest"
import { ProjectId } from "#src/domain/account/identifiers.ts"
import { nodeCrypto } from "#src/layers/node/crypto.ts"
import { tokenFingerprint } from "#src/services/tokens/tokenFamily.ts"
import { home, layer } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import { Accounts } from "#src/services/config/Accounts.ts"
import { config, tokens } from "../support/leaks.ts"

const tokensPath = `${home}/.mp/accounts/me/tokens.json`
const mePath = (name: string) => `${home}/.mp/accounts/${name}/me.json`
const files = {
  "~/.mp/config.toml": `${config}\n[accounts.bad]\ntype = "x"\n`,
  [tokensPath]: tokens,
  [mePath("me")]: "{}",
  [mePath("team")]: "{}"
}
const paths = Effect.map(
  Effect.flatMap(MemoryFilesControl, ({ snapshot }) => snapshot),
  Object.keys
)
const using = <A, E>(use: (accounts: Accounts["Type"]) => Effect.Effect<A, E>) => Effect.flatMap(Accounts, use)

describe("list", () => {
  it.effect("by name, with status, activity and references; a broken block harms no other", () =>
    Effect.gen(function* () {
      const entries = yield* using(({ list }) => list)
      expect(
        entries.map(
          Either.match({
            onLeft: ({ name, problem }) => [name, "broken", problem.code],
            onRight: ({ account, isActive, referencedByTargets, status }) => [
              account.name,
              status,
              isActive,
              referencedByTargets
            ]
          })
        )
      ).toEqual([
        ["bad", "broken", "CONFIG_ERROR"],
        ["ci", "needs_token", false, []],
        ["inline", "untested", false, ["ecom"]],
        ["me", "untested", false, []],
        ["team", "untested", true, []]
      ])
    }).pipe(Effect.provide(layer({ files })))
  )

  it.effect("every account has its own targets, in order; what is no target or names nobody is passed over", () =>
    Effect.gen(function* () {
      const entries = yield* using(({ list }) => list)
      expect(
        entries.map((entry) => {
          const { referencedByTargets } = Either.merge(entry)
          return referencedByTargets
        })
      ).toEqual([["t1", "t3"], ["t2"], []])
    }).pipe(
      Effect.provide(
        layer({
          files: {
            "~/.mp/config.toml": [
              ...["a", "b", "c"].map((name) => `[accounts.${name}]\ntype = "oauth_browser"\nregion = "us"`),
              ...[
                ["t3", "a"],
                ["t2", "b"],
                ["t1", "a"],
                ["t4", "gone"]
              ].map(([name, account]) => `[targets.${name}]\naccount = "${account}"\nproject = "1"`),
              "[targets.t5]\naccount = 5",
              '[targets]\nt6 = "a"'
            ].join("\n")
          }
        })
      )
    )
  )

  it.effect("needs_login without tokens, with broken ones, and with dead ones that cannot be refreshed", () =>
    Effect.gen(function* () {
      const control = yield* MemoryFilesControl
      const status = Effect.map(
        using(({ show }) => show("me")),
        (details) => details.status
      )
      const dead = { access_token: "a", token_type: "Bearer", scope: "", expires_at: 5 }
      yield* control.plant(tokensPath, JSON.stringify({ ...dead, refresh_token: "r" }))
      expect(yield* status).toBe("untested")
      yield* control.plant(tokensPath, JSON.stringify(dead))
      expect(yield* status).toBe("needs_login")
      yield* control.plant(tokensPath, "{")
      expect(yield* status).toBe("needs_login")
    }).pipe(Effect.provide(layer({ files })))
  )

  it.effect("needs_login where the server is known to have called this refresh token dead", () =>
    Effect.gen(function* () {
      const control = yield* MemoryFilesControl
      const status = Effect.map(
        using(({ show }) => show("me")),
        (details) => details.status
      )
      const refreshable = { access_token: "a", token_type: "Bearer", scope: "", refresh_token: "r" }
      yield* control.plant(tokensPath, JSON.stringify(refreshable))
      expect(yield* status).toBe("untested")
      const mark = yield* tokenFingerprint(nodeCrypto, Redacted.make("r"))
      yield* control.plant(tokensPath.replace("tokens.json", "dead-refresh-token"), mark)
      expect(yield* status).toBe("needs_login")
      yield* control.plant(tokensPath, JSON.stringify({ ...refreshable, refresh_token: "s" }))
      expect(yield* status).toBe("untested")
    }).pipe(Effect.provide(layer({ files })))
  )
})

describe("show", () => {
  it.effect.each([
    { name: "inline", source: Option.some("inline"), path: Option.none() },
    { name: "ci", source: Option.some("env:CI_TOKEN"), path: Option.none() },
    { name: "me", source: Option.some("tokens.json"), path: Option.some(tokensPath) },
    { name: "team", source: Option.none(), path: Option.none() }
  ])("says where the bearer of $name comes from", ({ name, path, source }) =>
    Effect.gen(function* () {
      const details = yield* using(({ show }) => show(name))
      expect(details.tokens).toMatchObject({ source, path })
      expect(Option.isSome(details.tokens.expiresAt)).toBe(name === "me")
    }).pipe(Effect.provide(layer({ files, environment: { CI_TOKEN: "x" } })))
  )
})

describe("what changes an identity drops what was learned with it", () => {
  it.effect("another secret drops the cache, another region the login as well, another project neither", () =>
    Effect.gen(function* () {
      yield* using(({ update }) => update("me", { defaultProject: ProjectId.make("5") }))
      expect(yield* paths).toEqual(expect.arrayContaining([mePath("me"), tokensPath]))
      yield* using(({ update }) => update("team", { secret: Redacted.make("n") }))
      expect(yield* paths).not.toContain(mePath("team"))
      yield* using(({ update }) => update("me", { region: "in" }))
      expect((yield* paths).filter((path) => path.includes("/me/"))).toEqual([])
    }).pipe(Effect.provide(layer({ files })))
  )

  it.effect("remove takes the directory of the account, and only when it removes", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(using(({ remove }) => remove("inline")))
      expect(refused._tag).toBe("AccountInUse")
      yield* using(({ remove }) => remove("me"))
      expect((yield* paths).filter((path) => path.includes("/me/"))).toEqual([])
      expect(yield* paths).toContain(mePath("team"))
    }).pipe(Effect.provide(layer({ files })))
  )

  it.effect.each(["../..", ".", "", "..", "me/../team", "bad", "__proto__"])(
    "of a broken block named %o only the block is removed",
    (name) => {
      const key = JSON.stringify(name)
      const broken = `\n[accounts.${key}]\ntype = "oauth_browser"\nregion = "${name === "bad" ? "xx" : "us"}"\n`
      const target = `\n[targets.odd]\naccount = ${key}\nproject = "1"\n`
      const without = { ...files, [mePath("bad")]: "{}", "~/.mp/config.toml": config }
      const all = { ...without, "~/.mp/config.toml": `${config}${broken}${target}` }
      return Effect.gen(function* () {
        const before = yield* Effect.flatMap(MemoryFilesControl, ({ snapshot }) => snapshot)
        const refused = yield* Effect.flip(using(({ remove }) => remove(name)))
        expect(refused._tag).toBe("AccountInUse")
        const { account, orphaned } = yield* using(({ remove }) => remove(name, { force: true }))
        const isWhole = name === "__proto__"
        expect([Option.isSome(account), orphaned]).toEqual([isWhole, ["odd"]])
        const { [`${home}/.mp/audit.jsonl`]: told, ...after } = yield* Effect.flatMap(
          MemoryFilesControl,
          ({ snapshot }) => snapshot
        )
        expect(after).toEqual({ ...before, [`${home}/.mp/config.toml`]: `${config}${target}` })
        expect(told !== undefined).toBe(isWhole)
      }).pipe(Effect.provide(layer({ files: all })))
    }
  )
})
