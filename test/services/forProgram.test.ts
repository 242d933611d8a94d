/** A session that was made by hand: no error of it offers a command of `mp`, which holds nothing of it. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import {
  type Account,
  AccountName,
  type CredentialOrigin,
  Discovery,
  type ErrorInfo,
  Mixpanel,
  OAuthBrowserAccount,
  OAuthTokenAccount,
  Project,
  ProjectId,
  ServiceAccount,
  Session,
  TokenResolver
} from "effect-mixpanel"
import { layer, ScriptedFailure, type ScriptedHandler } from "effect-mixpanel/testing"

const name = AccountName.make("jo")
const secret = Redacted.make("not-a-secret")
const accounts: ReadonlyArray<Account> = [
  new ServiceAccount({ name, region: "us", username: "jo.mp-service-account", secret }),
  new OAuthTokenAccount({ name, region: "us", token: Option.some(secret) }),
  new OAuthTokenAccount({ name, region: "us", tokenEnv: Option.some("JO_TOKEN") }),
  new OAuthBrowserAccount({ name, region: "us" })
]

const tokens = (more: object) =>
  JSON.stringify({ access_token: "a", expires_at: "1960-01-01T00:00:00Z", token_type: "Bearer", scope: "", ...more })

const tokenFiles = [undefined, "{", tokens({}), tokens({ refresh_token: "r", client_id: "c" })]

const answers: ReadonlyArray<ReturnType<ScriptedHandler>> = [
  ...[400, 401, 403, 404, 412, 429, 500].map((status) => ({ status, body: { error: "invalid_grant" } })),
  { body: { results: { workspaces: [] } } },
  { body: { error: "invalid_client" }, status: 400 },
  { body: "no JSON" },
  { headers: { location: "https://elsewhere.example/" }, status: 302 },
  new ScriptedFailure({ code: "ECONNRESET" })
]

/** The errors of all that can be asked for. */
const errorsOf = (account: Account, origin: CredentialOrigin) =>
  Effect.gen(function* () {
    const session = new Session({ account, origin, project: new Project({ id: ProjectId.make("3018488") }) })
    const [mixpanel, discovery, bearers] = yield* Effect.all([Mixpanel, Discovery, TokenResolver])
    const asked: ReadonlyArray<Effect.Effect<unknown, ErrorInfo>> = [
      mixpanel.events(session),
      mixpanel.request(session, { family: "app", path: "/workspaces/{workspace_id}/x" }),
      mixpanel.request(session, { family: "gdpr", path: "/x", method: "POST" }),
      mixpanel.request(session, { family: "pipelines", path: "/x", method: "POST" }),
      Stream.runDrain(mixpanel.export(session, { from: "2026-01-01", to: "2026-01-01" })),
      mixpanel.track(session, [{ event: "Login", properties: {} }]),
      Stream.runDrain(mixpanel.import(session, Stream.make({ event: "Login", properties: {} }))),
      discovery.me(session, { refresh: true }),
      ...(account.type === "service_account"
        ? []
        : [bearers.bearer(account, origin), bearers.refused(account, origin, secret)])
    ]
    const outcomes = yield* Effect.all(asked.map(Effect.either), { concurrency: "unbounded" })
    return outcomes.flatMap((outcome) => Option.toArray(Either.getLeft(outcome)))
  })

const errors = (origin: CredentialOrigin, accounts: ReadonlyArray<Account>) =>
  Effect.gen(function* () {
    const found: Array<ErrorInfo> = []
    for (const account of accounts)
      for (const answer of answers)
        for (const text of account.type === "oauth_browser" ? tokenFiles : [undefined]) {
          const files = text === undefined ? {} : { "~/.mp/accounts/jo/tokens.json": text }
          const world = layer({ files, http: () => answer })
          const running = yield* Effect.fork(Effect.provide(errorsOf(account, origin), world))
          yield* TestClock.adjust("10 minutes")
          found.push(...(yield* running))
        }
    return found
  })

const hintsOf = (found: ReadonlyArray<ErrorInfo>) =>
  found.flatMap(({ details, hints }) => [...hints, ...(details.fix === null ? [] : [details.fix])])

describe("errors", () => {
  it.effect("of a session that was made by hand offer nothing of mp", () =>
    Effect.gen(function* () {
      const found = yield* errors("given", accounts)
      expect(found.length).toBeGreaterThan(200)
      expect(hintsOf(found).filter((hint) => /\bmp |MP_PROJECT_/.test(hint))).toEqual([])
      // What does mend it is said.
      expect(hintsOf(found)).toContain('export JO_TOKEN="$TOKEN"')
    })
  )

  it.effect("of one of the configuration do", () =>
    Effect.map(errors("config", accounts.slice(0, 1)), (found) => {
      expect(hintsOf(found).filter((hint) => /\bmp /.test(hint)).length).toBeGreaterThan(10)
    })
  )
})
