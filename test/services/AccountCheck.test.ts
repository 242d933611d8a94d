import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { describe, expect } from "vitest"
import { home, layer } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import type { ScriptedHandler } from "#src/layers/memory/ScriptedHttp.ts"
import { AccountCheck } from "#src/services/login/AccountCheck.ts"
import { Login } from "#src/services/login/Login.ts"
import { Accounts } from "#src/services/config/Accounts.ts"
import { SessionResolver } from "#src/services/session/SessionResolver.ts"
import { config, found, secrets, tokens } from "../support/leaks.ts"

const environment = { CI_TOKEN: secrets.variableToken }
const testPath = (name: string) => `${home}/.mp/accounts/${name}/last-test.json`
const files = { "~/.mp/config.toml": config, [`${home}/.mp/accounts/me/tokens.json`]: tokens }

const works: ScriptedHandler = () => ({ body: { results: { user_id: 1, user_email: "a@b" } } })
const refuses: ScriptedHandler = () => ({ status: 401, body: { error: "no" } })
const issued = { access_token: "new", token_type: "Bearer", expires_in: 3600, refresh_token: "next", scope: "" }

/** The OAuth server, and behind it `/me`. */
const withLogins =
  (me: ScriptedHandler): ScriptedHandler =>
  (request) => {
    if (request.url.endsWith("/register/")) return { status: 201, body: { client_id: "c" } }
    return request.url.endsWith("/token/") ? { body: issued } : me(request)
  }
const world = (http: ScriptedHandler) => layer({ files, environment, http })

const check = (name: string) =>
  Effect.gen(function* () {
    const account = yield* Effect.flatMap(Accounts, ({ get }) => get(name))
    return yield* Effect.flatMap(AccountCheck, ({ run }) => run({ account, origin: "config" }))
  })
const shown = (name: string) => Effect.flatMap(Accounts, ({ show }) => show(name))
const statusOf = (name: string) => Effect.map(shown(name), ({ status }) => status)
const snapshot = Effect.flatMap(MemoryFilesControl, (control) => control.snapshot)

const names = ["team", "inline", "ci", "me"]

describe("a check that succeeded", () => {
  it.effect.each(names)("makes %s ok, now and in the list, until its credential is another one", (name) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_000)
      expect(yield* statusOf(name)).toBe("untested")
      expect(Either.isRight((yield* check(name)).outcome)).toBe(true)
      const details = yield* shown(name)
      expect(details.status).toBe("ok")
      expect(Option.map(details.lastTest, ({ at, ok }) => [at, ok])).toEqual(Option.some([1_700_000_000_000, true]))
      const listed = yield* Effect.flatMap(Accounts, ({ list }) => list)
      const mine = listed.flatMap((entry) => (Either.isRight(entry) ? [entry.right] : []))
      expect(mine.filter(({ status }) => status === "ok").map(({ account }) => account.name)).toEqual([name])
      const text = (yield* snapshot)[testPath(name)] ?? ""
      expect(JSON.parse(text)).toMatchObject({ at: "2023-11-14T22:13:20.000Z", ok: true, refused: false })
      expect(found(text)).toEqual([])
    }).pipe(Effect.provide(world(works)))
  )

  it.effect("of a credential that was changed by hand says nothing", () =>
    Effect.gen(function* () {
      yield* check("team")
      const control = yield* MemoryFilesControl
      yield* control.plant(`${home}/.mp/config.toml`, config.replace(secrets.configSecret, "another"))
      const details = yield* shown("team")
      expect(details.status).toBe("untested")
      expect(details.lastTest).toEqual(Option.none())
    }).pipe(Effect.provide(world(works)))
  )

  it.effect("is forgotten with update, logout and removal", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(names, check)
      const accounts = yield* Accounts
      yield* accounts.update("team", { secret: Redacted.make("n") })
      yield* Effect.flatMap(Login, ({ logout }) => logout("me"))
      yield* accounts.remove("ci")
      const left = Object.keys(yield* snapshot).filter((path) => path.endsWith("last-test.json"))
      expect(left).toEqual([testPath("inline")])
      expect(yield* statusOf("me")).toBe("needs_login")
    }).pipe(Effect.provide(world(works)))
  )
})

describe("a check that failed", () => {
  it.effect.each([
    ["team", "needs_token"],
    ["inline", "needs_token"],
    ["ci", "needs_token"],
    ["me", "needs_login"]
  ] as const)("with 401 makes %s %s", ([name, status]) =>
    Effect.gen(function* () {
      yield* check(name)
      const details = yield* shown(name)
      expect(details.status).toBe(status)
      expect(Option.map(details.lastTest, ({ ok }) => ok)).toEqual(Option.some(false))
    }).pipe(Effect.provide(world(withLogins(refuses))))
  )

  it.effect.each<readonly [string, ScriptedHandler]>([
    ["403", () => ({ status: 403, body: {} })],
    ["400", () => ({ status: 400, body: {} })],
    ["nonsense", () => ({ body: "<html>" })]
  ])("with %s leaves the credential untested", ([, http]) =>
    Effect.gen(function* () {
      yield* check("team")
      const { lastTest, status } = yield* shown("team")
      expect(status).toBe("untested")
      expect(Option.map(lastTest, ({ ok }) => ok)).toEqual(Option.some(false))
    }).pipe(Effect.provide(world(http)))
  )

  it.effect("with 401 by a login that can be renewed is needs_login too", () =>
    Effect.gen(function* () {
      yield* Effect.flatMap(MemoryFilesControl, ({ plant }) =>
        plant(`${home}/.mp/accounts/me/tokens.json`, tokens.replace("{", '{"client_id":"c",'))
      )
      expect(Either.getOrThrow(Either.flip((yield* check("me")).outcome))._tag).toBe("AuthenticationFailed")
      expect(yield* statusOf("me")).toBe("needs_login")
    }).pipe(Effect.provide(world(withLogins(refuses))))
  )

  it.effect("for want of a login is needs_login", () =>
    Effect.gen(function* () {
      const control = yield* MemoryFilesControl
      yield* control.plant(`${home}/.mp/accounts/me/tokens.json`, "{")
      const { outcome } = yield* check("me")
      expect(Either.getOrThrow(Either.flip(outcome))._tag).toBe("OAuthTokenError")
      expect(yield* statusOf("me")).toBe("needs_login")
    }).pipe(Effect.provide(world(works)))
  )

  it.effect("with 403 names no project, for none was asked about", () =>
    Effect.gen(function* () {
      const account = yield* Effect.flatMap(Accounts, ({ get }) => get("me"))
      const { outcome } = yield* Effect.flatMap(AccountCheck, ({ run }) => run({ account, origin: "config" }))
      expect(Either.getOrThrow(Either.flip(outcome))).toMatchObject({
        message: "Mixpanel refused account 'me' access (403): no",
        details: { account: "me", project: null }
      })
    }).pipe(Effect.provide(world(withLogins(() => ({ status: 403, body: { error: "no" } })))))
  )
})

describe("what is remembered", () => {
  it.effect("is nothing for an account from the environment, or for a bridge of the same name", () =>
    Effect.gen(function* () {
      const account = yield* Effect.flatMap(Accounts, ({ get }) => get("team"))
      const checks = yield* AccountCheck
      yield* checks.run({ account, origin: "bridge" })
      const env = yield* Effect.flatMap(SessionResolver, ({ session }) => session())
      yield* checks.run(env)
      expect(Object.keys(yield* snapshot).filter((path) => path.endsWith("last-test.json"))).toEqual([])
      yield* checks.run({ account, origin: "config" })
      const accounts = yield* Accounts
      expect((yield* accounts.describe(account, "bridge")).status).toBe("untested")
      expect((yield* accounts.describe(account)).status).toBe("ok")
    }).pipe(
      Effect.provide(
        layer({
          files,
          http: works,
          environment: { MP_USERNAME: "e", MP_SECRET: "s", MP_PROJECT_ID: "1", MP_REGION: "us" }
        })
      )
    )
  )

  it.effect.each(["", "{", "[]", '{"at": "x", "ok": true, "credential": "y", "refused": false}', '{"ok": true}'])(
    "in a form that cannot be read is no test: %s",
    (text) =>
      Effect.gen(function* () {
        const control = yield* MemoryFilesControl
        yield* control.plant(testPath("team"), text)
        expect(yield* statusOf("team")).toBe("untested")
      }).pipe(Effect.provide(world(refuses)))
  )
})

describe("login", () => {
  it.effect("remembers its probe, and keeps what /me said", () =>
    Effect.gen(function* () {
      const logins = yield* Login
      yield* logins.login("me", {
        openBrowser: true,
        timeoutSeconds: 300,
        pastes: Stream.empty,
        alwaysPaste: false,
        pastesAreFinal: false,
        report: () => Effect.void
      })
      expect(yield* statusOf("me")).toBe("ok")
      expect(Object.keys(yield* snapshot)).toContain(`${home}/.mp/accounts/me/me.json`)
    }).pipe(Effect.provide(world(withLogins(works))))
  )
})
