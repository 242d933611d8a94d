/**
 * Each service that an app may replace, replaced in a home full of other credentials: what is given is what is used, and
 * what it replaces is neither read nor written. The same question without the replacement shows that it would have been.
 */
import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { ServiceAccount } from "#src/domain/account/Account.ts"
import { AccountName, ProjectId } from "#src/domain/account/identifiers.ts"
import { OAuthTokens } from "#src/domain/oauth/OAuthTokens.ts"
import { Project, Session } from "#src/domain/session/Session.ts"
import { MeCache } from "#src/services/api/MeCache.ts"
import { Discovery } from "#src/services/api/Discovery.ts"
import { Mixpanel } from "#src/services/api/Mixpanel.ts"
import { ProjectCredentials } from "#src/services/api/ProjectCredentials.ts"
import { Bridge } from "#src/services/bridge/Bridge.ts"
import { compose, type Services } from "#src/services/compose.ts"
import { ConfigStore } from "#src/services/config/ConfigStore.ts"
import { AccountCheck } from "#src/services/login/AccountCheck.ts"
import { CheckHistory } from "#src/services/login/CheckHistory.ts"
import { RegionProbe } from "#src/services/login/RegionProbe.ts"
import { ClientStore } from "#src/services/oauth/ClientStore.ts"
import { OAuthFlow } from "#src/services/oauth/OAuthFlow.ts"
import { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { Crypto } from "#src/services/platform/Crypto.ts"
import { Locations } from "#src/services/platform/Locations.ts"
import { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { SessionResolver } from "#src/services/session/SessionResolver.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"
import { TokenStore } from "#src/services/tokens/TokenStore.ts"
import { Browser } from "#src/services/oauth/Browser.ts"
import { CallbackListener } from "#src/services/oauth/CallbackListener.ts"
import { type Asked, type HomeOptions, machine, me } from "./machine.ts"

type Parts = ReturnType<typeof machine>["parts"]

interface Row {
  readonly part: string
  /** The machine with what an app gives, which is made of the services of another one. */
  readonly given: (parts: Parts, theirs: Context.Context<Services>, other: Parts) => Layer.Layer<Services>
  /** Asks for something that the part has a say in. */
  readonly ask: Effect.Effect<unknown, unknown, Services>
  /** The answer when it is given. */
  readonly answer: unknown
  /** What the machine was asked for of what is replaced: nothing, when it is given. */
  readonly touched: (asked: Asked) => ReadonlyArray<unknown>
  readonly home?: HomeOptions
}

const bearer = Effect.flatMap(TokenResolver, (resolver) => resolver.bearer(me, "config")).pipe(
  Effect.map(({ token }) => Redacted.value(token))
)

const session = Effect.flatMap(SessionResolver, (resolver) => resolver.session())

const start = Effect.flatMap(OAuthFlow, (flow) =>
  flow.start({ region: "us", redirectUri: "http://localhost:19284/callback" })
)

const login = Effect.flatMap(OAuthFlow, (flow) =>
  flow.login({
    region: "us",
    keep: () => Effect.void,
    openBrowser: true,
    timeoutSeconds: 60,
    pastes: Stream.empty,
    alwaysPaste: false,
    pastesAreFinal: false,
    report: () => Effect.void
  })
).pipe(Effect.map((tokens) => Redacted.value(tokens.accessToken)))

/** The account of the configuration, which has a place for what is learned about it. */
const caller = { account: me, origin: "config" } as const

const robot = new ServiceAccount({
  name: AccountName.make("robot"),
  region: "us",
  username: "robot.mp-service-account",
  secret: Redacted.make("s")
})

const userId = Effect.flatMap(Discovery, (discovery) => discovery.me(caller)).pipe(
  Effect.map(({ userId }) => Option.getOrNull(userId))
)

const paths =
  (part: string) =>
  ({ files }: Asked) =>
    files.filter((path) => path.startsWith("/ours") && path.includes(part))

const everything = ({ files }: Asked) => files.filter((path) => path.startsWith("/ours"))

const given = <Id, Service>(tag: Context.Tag<Id, Service>, theirs: Context.Context<Id>) =>
  Layer.succeed(tag, Context.get(theirs, tag))

/** A request of each kind: of the API, `/me`, for tokens, of a registration, of a revocation, for a region. */
const requestsOfEachKind = Effect.gen(function* () {
  const flow = yield* OAuthFlow
  const byHand = new Session({ account: robot, project: new Project({ id: ProjectId.make("3") }) })
  yield* Effect.flatMap(Mixpanel, (mixpanel) => mixpanel.events(byHand))
  yield* Effect.flatMap(AccountCheck, (check) => check.run({ account: robot, origin: "given" }))
  yield* bearer
  yield* flow.start({ region: "us", redirectUri: "https://app.example/callback" })
  const tokens = new OAuthTokens({
    accessToken: Redacted.make("a"),
    tokenType: "Bearer",
    scope: ""
  })
  yield* flow.revoke("us", tokens)
  const probe = { credential: robot, region: Option.none(), source: "a test", report: () => Effect.void }
  yield* Effect.flatMap(RegionProbe, (probes) => probes.find(probe))
  return "answered"
})

const rows: ReadonlyArray<Row> = [
  {
    part: "credentialFiles",
    given: (parts, theirs) => compose({ ...parts, credentialFiles: given(CredentialFiles, theirs) }),
    ask: bearer,
    answer: "bearer-of-/ours",
    touched: everything
  },
  {
    part: "locations",
    given: (parts, theirs) => compose({ ...parts, locations: given(Locations, theirs) }),
    ask: Effect.zipWith(session, bearer, ({ projectId }, token) => [projectId, token]),
    answer: ["2", "bearer-of-/theirs"],
    touched: everything
  },
  {
    part: "credentialStorage",
    given: (parts, theirs) => compose({ ...parts, credentialStorage: given(CredentialStorage, theirs) }),
    ask: Effect.all([
      Effect.map(session, ({ projectId }) => projectId),
      Effect.map(start, ({ pending }) => pending.client.clientId),
      userId,
      Effect.flatMap(AccountCheck, (check) => check.run(caller)).pipe(
        Effect.map(({ outcome }) => Either.isRight(outcome))
      )
    ]),
    answer: ["2", "client of /theirs", 2, true],
    touched: ({ files }) => files.filter((path) => path.startsWith("/ours/.mp") && !path.endsWith("tokens.json"))
  },
  {
    part: "configStore",
    given: (parts, theirs) => compose({ ...parts, configStore: given(ConfigStore, theirs) }),
    ask: Effect.map(session, ({ projectId }) => projectId),
    answer: "2",
    touched: paths("config.toml")
  },
  {
    part: "tokenStore",
    given: (parts, theirs) => compose({ ...parts, tokenStore: given(TokenStore, theirs) }),
    ask: bearer,
    answer: "bearer-of-/theirs",
    touched: paths("tokens")
  },
  {
    part: "clientStore",
    given: (parts, theirs) => compose({ ...parts, clientStore: given(ClientStore, theirs) }),
    ask: Effect.map(start, ({ pending }) => pending.client.clientId),
    answer: "client of /theirs",
    touched: paths("/oauth/")
  },
  {
    part: "meCache",
    given: (parts, theirs) => compose({ ...parts, meCache: given(MeCache, theirs) }),
    ask: userId,
    answer: 2,
    touched: paths("me.json")
  },
  {
    part: "lastTests",
    given: (parts) =>
      compose({
        ...parts,
        lastTests: Layer.succeed(CheckHistory, { ofAccounts: () => Effect.succeed(new Map()), put: () => Effect.void })
      }),
    ask: Effect.flatMap(AccountCheck, (check) => check.run(caller)).pipe(
      Effect.map(({ outcome }) => Either.isRight(outcome))
    ),
    answer: true,
    touched: paths("last-test.json")
  },
  {
    part: "projectCredentials",
    given: (parts, theirs) => compose({ ...parts, projectCredentials: given(ProjectCredentials, theirs) }),
    ask: Effect.flatMap(ProjectCredentials, (keys) => keys.forProject(ProjectId.make("3"))).pipe(
      Effect.map(({ secret }) => Option.getOrNull(Option.map(secret, Redacted.value)))
    ),
    answer: "project secret of /theirs",
    touched: paths("config.toml")
  },
  {
    part: "bridge",
    home: { hasBridge: true },
    given: (parts, theirs) => compose({ ...parts, bridge: given(Bridge, theirs) }),
    ask: Effect.map(session, ({ account }) => account.type === "service_account" && account.username),
    answer: "bridge of /theirs",
    touched: paths("auth.json")
  },
  {
    part: "tokenResolver",
    home: { hasFreshTokens: false },
    given: (parts) =>
      compose({
        ...parts,
        tokenResolver: Layer.succeed(TokenResolver, {
          bearer: () => Effect.succeed({ token: Redacted.make("of the vault"), expiresAt: Option.none() }),
          refused: () => Effect.succeed(false)
        })
      }),
    ask: bearer,
    answer: "of the vault",
    touched: (asked) => [...everything(asked), ...asked.requests]
  },
  {
    part: "oauthFlow",
    home: { hasFreshTokens: false },
    given: (parts, theirs) => compose({ ...parts, oauthFlow: given(OAuthFlow, theirs) }),
    ask: bearer,
    answer: "refreshed",
    touched: ({ requests, used }) => [...requests, ...(used.browser + used.listener > 0 ? [used] : [])]
  },
  {
    part: "browser and callbackListener",
    given: (parts, _, { browser, callbackListener }) => compose({ ...parts, browser, callbackListener }),
    ask: login,
    answer: "refreshed",
    touched: ({ used: { browser, listener } }) => (browser + listener > 0 ? [browser, listener] : [])
  },
  {
    part: "crypto",
    given: (parts) =>
      compose({
        ...parts,
        crypto: Layer.succeed(Crypto, {
          randomBytes: (count) => Effect.succeed(new Uint8Array(count)),
          sha256: () => Effect.succeed(new Uint8Array(32))
        })
      }),
    ask: Effect.map(start, ({ pending }) => Redacted.value(pending.state)),
    answer: "A".repeat(43),
    touched: ({ used: { crypto } }) => (crypto > 0 ? [crypto] : [])
  },
  {
    part: "httpClient",
    home: { hasFreshTokens: false },
    given: (parts, _, { httpClient }) => compose({ ...parts, httpClient }),
    ask: requestsOfEachKind,
    answer: "answered",
    touched: ({ requests }) => requests
  }
]

describe("a part that is given", () => {
  it.effect.each(rows.map((row) => [row.part, row] as const))("%s", ([, row]) =>
    Effect.gen(function* () {
      const other = machine("/theirs", row.home)
      const theirs = yield* Layer.build(compose(other.parts))
      const { asked, parts } = machine("/ours", row.home)
      expect(yield* Effect.provide(row.ask, row.given(parts, theirs, other.parts))).toEqual(row.answer)
      expect(row.touched(asked)).toEqual([])

      const without = machine("/ours", row.home)
      yield* Effect.provide(row.ask, compose(without.parts))
      expect(row.touched(without.asked)).not.toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("its own browser with our listener, and the other way round", () =>
    Effect.gen(function* () {
      const opened = yield* Deferred.make<string>()
      const { asked, parts } = machine("/ours")
      const browser = Layer.succeed(Browser, {
        unavailable: Effect.succeed(null),
        open: (url) => Effect.asVoid(Deferred.succeed(opened, new URL(url).pathname))
      })
      const page = yield* Effect.race(Deferred.await(opened), Effect.provide(login, compose({ ...parts, browser })))
      expect([page, asked.used.browser, asked.used.listener > 0]).toEqual(["/oauth/authorize/", 0, true])
      const listener = Layer.succeed(CallbackListener, { listen: () => Effect.die("the app's listener") })
      const second = machine("/ours")
      const exit = yield* Effect.exit(Effect.provide(login, compose({ ...second.parts, callbackListener: listener })))
      expect([String(exit).includes("the app's listener"), second.asked.used.listener]).toEqual([true, 0])
    })
  )

  it.effect("the HTTP client: requests of every kind go through it", () =>
    Effect.gen(function* () {
      const other = machine("/theirs", { hasFreshTokens: false })
      yield* Effect.provide(requestsOfEachKind, compose(other.parts))
      const kinds = ["/events/names", "/app/me", "/token/", "/register/", "/revoke_token/"]
      for (const kind of kinds)
        expect([kind, other.asked.requests.join(" ")]).toEqual([kind, expect.stringContaining(kind)])
    })
  )
})
