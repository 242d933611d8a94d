/** Whoever made a session by hand is a program: no error that it can meet tells it to run `mp`. */
import { describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Fiber from "effect/Fiber"
import * as Library from "effect-mixpanel"
import * as Testing from "effect-mixpanel/testing"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { forProgram } from "#src/services/session/forProgram.ts"
import { browserSession, serviceSession } from "./httpSupport.ts"

const { Discovery, Mixpanel, MixpanelHttpClient, OAuthTokenAccount, Session, stateless, TokenResolver } = Library

const given = serviceSession.replace({ origin: "given" })
const browser = browserSession.replace({ origin: "given" })
const bearer = (tokenEnv: string) =>
  new Session({
    account: new OAuthTokenAccount({ name: given.account.name, region: "us", tokenEnv: Option.some(tokenEnv) }),
    project: given.project
  })

type Told = Library.ErrorInfo & { readonly _tag: string }
type Needs = Library.StatelessServices

const mixpanel = <A, E>(use: (calls: Library.MixpanelShape) => Effect.Effect<A, E>) => Effect.flatMap(Mixpanel, use)
const days = { from: "2026-01-01", to: "2026-01-31" }

/** Everything that a session made by hand can be used for. */
const uses = (session: Library.Session): Readonly<Record<string, Effect.Effect<unknown, Told, Needs>>> => ({
  me: mixpanel((calls) => calls.me(session)),
  events: mixpanel((calls) => calls.events(session)),
  segmentation: mixpanel((calls) => calls.segmentation(session, { event: "", ...days })),
  export: mixpanel((calls) => Stream.runDrain(calls.export(session, days))),
  import: mixpanel((calls) => Stream.runDrain(calls.import(session, Stream.make({ event: "a", properties: {} })))),
  track: mixpanel((calls) => calls.track(session, [{ event: "a", properties: {} }])),
  "a workspace": mixpanel((calls) => calls.request(session, { family: "app", path: "/{workspace_id}" })),
  pages: mixpanel((calls) => Stream.runDrain(calls.paginate(session, { family: "app", path: "/x" }))),
  elsewhere: mixpanel((calls) => calls.request(session, { family: "app", path: "https://evil.example/" })),
  gdpr: mixpanel((calls) => calls.request(session, { family: "gdpr", path: "/x" })),
  pipelines: mixpanel((calls) => calls.request(session, { family: "pipelines", path: "/x" })),
  oauth: mixpanel((calls) => calls.request(session, { family: "oauth", path: "/x" })),
  stream: Effect.flatMap(MixpanelHttpClient, (client) =>
    Effect.flatMap(client.forSession(session, "query"), (bound) => bound.get("/x"))
  ),
  "the default workspace": Effect.flatMap(Discovery, (discovery) => discovery.resolveWorkspace(session)),
  projects: Effect.flatMap(Discovery, (discovery) => discovery.projects(session)),
  bearer: Effect.flatMap(TokenResolver, (tokens) =>
    session.account.type === "service_account" ? Effect.void : tokens.bearer(session.account, session.origin)
  )
})

const answers: Readonly<Record<string, ScriptedHttp.ScriptedResponse | "silence" | "empty">> = {
  "an empty project": "empty",
  nothing: { body: {} },
  markup: { body: "<html>" },
  silence: "silence",
  ...Object.fromEntries(
    [401, 403, 404, 400, 429, 500, 302].map((status) => [String(status), { status, body: { error: "no" } }])
  )
}

const http = (answer: ScriptedHttp.ScriptedResponse | "silence" | "empty") =>
  ScriptedHttp.layer(({ url }) => {
    if (answer === "silence") return Effect.fail(new ScriptedHttp.ScriptedFailure({ code: "ECONNRESET" }))
    if (answer !== "empty") return answer
    return { body: url.endsWith("/public") ? [] : { user_id: 1 } }
  })

const forMp = /(^|[\s|&;(])mp(\s|$)|MP_PROJECT_/

const expectNothingForMp = (error: Told) => {
  expect(error.hints.filter((hint) => forMp.test(hint))).toEqual([])
  expect(error.details.fix).toBe(error.hints[0] ?? null)
  const wire = JSON.stringify(Schema.encodeUnknownSync(schemaOf(error))(error))
  expect(wire).not.toMatch(/"mp /)
}

const classes = Object.entries(Library).filter(
  (entry): entry is [string, typeof Library.ConfigError] =>
    typeof entry[1] === "function" && entry[1].prototype instanceof Error
)
const schemaOf = ({ _tag }: Told) => {
  const found = classes.find(([name]) => name === _tag)
  if (found === undefined) throw new Error(`${_tag} is not exported`)
  return found[1].schema
}

const settled = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(Effect.either(effect))
    while (Option.isNone(yield* Fiber.poll(fiber))) {
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      yield* TestClock.adjust("30 seconds")
    }
    return yield* Fiber.join(fiber)
  })

/** A schema's hints are texts, because they come over a wire. */
const asTold = (error: { readonly hints: ReadonlyArray<string> }): Told => error as Told

const met = new Set<string>()

describe("by stateless", () => {
  it.effect.each(Object.keys(answers))("whatever a server answers: %s", (kind) =>
    Effect.gen(function* () {
      for (const session of [given, browser, bearer("APP_TOKEN"), bearer("MP_OAUTH_TOKEN"), bearer("no name")]) {
        for (const use of Object.values(uses(session))) {
          const outcome = yield* settled(use)
          if (outcome._tag === "Right") continue
          met.add(outcome.left._tag)
          expectNothingForMp(outcome.left)
        }
      }
    }).pipe(
      Effect.provide(Layer.provide(stateless, http(answers[kind] ?? "silence"))),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["MP_API_BASE_URL", "http://127.0.0.1:9"]])))
    )
  )
})

const stored = (expires: string) =>
  JSON.stringify({ access_token: "AT", refresh_token: "RT", token_type: "Bearer", scope: "", expires_at: expires })

describe("by the whole layer", () => {
  it.effect.each([
    ["no tokens", {}],
    ["tokens that are none", { "~/.mp/accounts/me/tokens.json": "{" }],
    ["tokens that have expired", { "~/.mp/accounts/me/tokens.json": stored("1969-01-01T00:00:00Z") }]
  ] as const)("with %s", ([, files]) =>
    Effect.gen(function* () {
      for (const session of [given, browser]) {
        for (const use of Object.values(uses(session))) {
          const outcome = yield* settled(use)
          if (outcome._tag === "Right") continue
          met.add(outcome.left._tag)
          expectNothingForMp(outcome.left)
        }
      }
    }).pipe(
      Effect.provide(
        Testing.layer({
          files,
          http: () => ({ status: 400, body: { error: "invalid_grant" } })
        })
      )
    )
  )
})

it("these are the errors that were met", () => {
  expect([...met].sort()).toEqual(
    expect.arrayContaining([
      "AuthenticationFailed",
      "CredentialNotAccepted",
      "InvalidArgument",
      "NetworkFailed",
      "NoWorkspaces",
      "OAuthRefreshError",
      "OAuthTokenError",
      "QueryRejected",
      "RateLimited",
      "ServerFailed",
      "UnexpectedResponse"
    ])
  )
})

it.each(classes)("no hint of any %s comes through, and all of them do for others", (name, { schema }) => {
  const hints = [
    "mp login",
    "chmod 600 /x",
    'printf %s "$SECRET" | mp login',
    "MP_SECRET=x mp session",
    "unset MP_API_BASE_URL"
  ]
  const literal = /readonly code: "(\w+)"/.exec(String(Schema.encodedSchema(schema)))?.[1]
  const error = Schema.decodeUnknownSync(schema)({
    _tag: name,
    code: literal,
    message: "m",
    hints,
    details: { fix: hints[0], kept: 1 }
  })
  const told = (origin: Library.CredentialOrigin) =>
    Effect.runSync(Effect.flip(forProgram(origin)(Effect.fail(asTold(error)))))
  expect(told("given")).toMatchObject({
    hints: ["chmod 600 /x", "unset MP_API_BASE_URL"],
    details: { fix: "chmod 600 /x", kept: 1 }
  })
  expect(told("given")).toBeInstanceOf(Reflect.get(Library, name))
  expect(told("config")).toBe(error)
  expect(told("config").hints).toEqual(hints)
})
