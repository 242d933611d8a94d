/** What is remembered of logins: the same events whoever asks, and no secret in any line. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { createHash } from "node:crypto"
import { describe, expect } from "vitest"
import { OAuthBrowserAccount } from "#src/domain/account/Account.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { FileError } from "#src/domain/errors.ts"
import { OAuthTokens, tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import { home, layer } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import type { ScriptedHandler } from "#src/layers/memory/ScriptedHttp.ts"
import { Audit } from "#src/services/audit/Audit.ts"
import { BridgeExport } from "#src/services/bridge/BridgeExport.ts"
import { Accounts } from "#src/services/config/Accounts.ts"
import { Login } from "#src/services/login/Login.ts"
import type { LoginOptions } from "#src/services/login/SignIn.ts"
import { OwnProgram } from "#src/services/platform/OwnProgram.ts"
import { ChildEnvironment } from "#src/services/session/ChildEnvironment.ts"
import { SessionResolver } from "#src/services/session/SessionResolver.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"

const auditPath = `${home}/.mp/audit.jsonl`
const me = new OAuthBrowserAccount({ name: AccountName.make("me"), region: "us" })
const fingerprint = (token: string) => createHash("sha256").update(token).digest("base64url")

const stored = (access: string, expiresAt: number, refresh = "LEAK-refresh") =>
  tokensText(
    new OAuthTokens({
      accessToken: Redacted.make(access),
      refreshToken: Option.some(Redacted.make(refresh)),
      expiresAt: Option.some(expiresAt),
      tokenType: "Bearer",
      scope: "",
      clientId: Option.some("c")
    })
  )

const server: ScriptedHandler = ({ url }) => {
  if (url.endsWith("/token/")) {
    return { body: { access_token: "LEAK-new", token_type: "Bearer", expires_in: 3600, refresh_token: "LEAK-next" } }
  }
  return url.endsWith("/me")
    ? { body: { results: { user_id: 42, user_email: "jo@example.com", projects: { "7": { name: "P" } } } } }
    : { status: 200, body: { client_id: "c" } }
}

const config = (settings = "") => `[accounts.me]
type = "oauth_browser"
region = "us"
default_project = "7"

[accounts.team]
type = "service_account"
region = "us"
default_project = "7"
username = "robot"
secret = "LEAK-secret"

[active]
account = "me"
${settings}`

const world = (settings = "", tokens = stored("LEAK-old", 1000)) =>
  layer({
    http: server,
    files: { "~/.mp/config.toml": config(settings), "~/.mp/accounts/me/tokens.json": tokens }
  })

const within =
  (settings = "", tokens?: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    effect.pipe(
      Effect.provideService(OwnProgram, { name: "reports", pid: 4711 }),
      Effect.provide(world(settings, tokens))
    )

const text = Effect.flatMap(MemoryFilesControl, ({ snapshot }) => Effect.map(snapshot, (all) => all[auditPath] ?? ""))
const trail = Effect.flatMap(Audit, ({ read }) => read())
const events = Effect.map(trail, ({ records }) => records.map(({ account, event }) => `${event} ${account}`))
const session = Effect.flatMap(SessionResolver, ({ session: of }) => of())

const person: LoginOptions = {
  openBrowser: true,
  timeoutSeconds: 60,
  pastes: Stream.empty,
  alwaysPaste: false,
  pastesAreFinal: false,
  report: () => Effect.void
}

const refresh = Effect.flatMap(TokenResolver, ({ bearer }) => bearer(me, "config"))

/** One of each. */
const everything = Effect.gen(function* () {
  yield* refresh
  yield* Effect.flatMap(BridgeExport, ({ write }) => write({ to: `${home}/vm.json`, account: "me" }))
  yield* Effect.flatMap(ChildEnvironment, ({ of }) =>
    Effect.flatMap(session, (now) => of(now, { name: "dbt", pid: null }))
  )
  const login = yield* Login
  const running = yield* Effect.fork(login.login("me", person))
  yield* TestClock.adjust("1 minute")
  yield* Fiber.join(running)
  yield* login.logout("me")
  yield* Effect.flatMap(Accounts, ({ remove }) => remove("team"))
})

const allButToken = ["refresh me", "export me", "login me", "logout me", "remove team"]

describe("the audit", () => {
  it.effect("tells what was done, when, by whom, and to which token", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2026-01-02T03:04:05Z"))
      yield* refresh
      expect(yield* text).toBe(
        `{"at":"2026-01-02T03:04:05.000Z","event":"refresh","account":"me","program":"reports","pid":4711,"fingerprint":"${fingerprint("LEAK-new")}"}\n`
      )
    }).pipe(within())
  )

  it.effect("has what was done with a login; a bearer that was handed out is no part of it", () =>
    Effect.zipRight(
      everything,
      Effect.map(events, (told) => expect(told).toEqual(allButToken))
    ).pipe(within())
  )

  it.effect('has everything with audit = "all", and the program that got a bearer', () =>
    Effect.gen(function* () {
      yield* everything
      expect((yield* events).toSorted()).toEqual([...allButToken, "token me"].toSorted())
      const { records } = yield* trail
      expect(records.find(({ event }) => event === "token")).toMatchObject({ program: "dbt", pid: null })
      expect(records.every(({ event, fingerprint }) => fingerprint !== null || event === "")).toBe(true)
    }).pipe(within('[settings]\naudit = "all"\n'))
  )

  it.effect("has nothing with audit = false", () =>
    Effect.zipRight(
      everything,
      Effect.map(text, (told) => expect(told).toBe(""))
    ).pipe(within("[settings]\naudit = false\n"))
  )

  it.effect("goes on with a setting that is none", () =>
    Effect.zipRight(
      refresh,
      Effect.map(events, (told) => expect(told).toEqual(["refresh me"]))
    ).pipe(within('[settings]\naudit = "sometimes"\n'))
  )

  it.effect("fails nothing where its file cannot be written", () =>
    Effect.gen(function* () {
      const { obstruct } = yield* MemoryFilesControl
      const full = new FileError({ path: auditPath, problem: "no_space", reason: "is full", fix: null })
      yield* obstruct(auditPath, full)
      yield* everything
      yield* obstruct(auditPath, null)
      expect(yield* text).toBe("")
    }).pipe(within())
  )

  it.effect("is read from a time on, over the file that was put aside; what is no record is counted", () =>
    Effect.gen(function* () {
      const { plant } = yield* MemoryFilesControl
      const line = (at: string) => `{"at":"${at}","event":"login","account":"me","later":"unknown"}\n`
      yield* plant(`${auditPath}.1`, `${line("2026-01-01T00:00:00.000Z")}{"at":"2026`)
      yield* plant(auditPath, `\n${line("2026-01-02T00:00:00.000Z")}{"at":"x","event":"login","account":"me"}\n`)
      const { read } = yield* Audit
      const all = yield* read()
      expect([all.records.length, all.unreadable, all.path]).toEqual([2, 2, auditPath])
      expect((yield* read(Date.parse("2026-01-01T12:00:00Z"))).records).toEqual([
        {
          at: "2026-01-02T00:00:00.000Z",
          event: "login",
          account: "me",
          program: null,
          pid: null,
          fingerprint: null,
          rule: null
        }
      ])
    }).pipe(within())
  )

  const word = FastCheck.string({ minLength: 12, maxLength: 60 })
  it.effect.prop(
    "no line holds a secret, whatever it looks like and whoever asks",
    { secret: word, program: FastCheck.string(), rule: FastCheck.string() },
    ({ program, rule, secret }) =>
      Effect.gen(function* () {
        FastCheck.pre(!program.includes(secret) && !rule.includes(secret))
        const { record } = yield* Audit
        for (const event of ["login", "logout", "refresh", "export", "remove", "broker", "token"] as const) {
          const token = Option.some(Redacted.make(secret))
          yield* record({ event, account: "me", token, program: { name: program, pid: 1 }, rule })
        }
        const written = yield* text
        expect(written.split("\n").length).toBe(8)
        expect(written).not.toContain(secret)
        expect(written).not.toContain(JSON.stringify(secret).slice(1, -1))
        expect((yield* trail).records.length).toBe(7)
      }).pipe(within('[settings]\naudit = "all"\n')),
    { fastCheck: { numRuns: 25 } }
  )

  it.effect("the secrets of this world are in no line", () =>
    Effect.gen(function* () {
      yield* everything
      expect(yield* text).not.toContain("LEAK")
    }).pipe(within('[settings]\naudit = "all"\n'))
  )
})
