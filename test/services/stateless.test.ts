/** Sessions that a program makes itself: nothing of the machine is read for them, and no secret of it goes out with them. */
import { expect, it } from "@effect/vitest"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { layerConfig, stateless } from "effect-mixpanel"
import { OAuthBrowserAccount, OAuthTokenAccount, ServiceAccount } from "#src/domain/account/Account.ts"
import { AccountName, ProjectId, WorkspaceId } from "#src/domain/account/identifiers.ts"
import { Session, Project } from "#src/domain/session/Session.ts"
import * as Memory from "#src/layers/memory/layer.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { Discovery } from "#src/services/api/Discovery.ts"
import { Mixpanel } from "#src/services/api/Mixpanel.ts"
import { OverrideListener } from "#src/services/api/OverrideListener.ts"
import { MixpanelHttpClient } from "#src/services/api/MixpanelHttpClient.ts"
import { CurrentSession } from "#src/services/session/CurrentSession.ts"

const project = new Project({ id: ProjectId.make("3018488") })

const tenant = (name: string) =>
  new Session({
    account: new ServiceAccount({
      name: AccountName.make(name),
      username: `${name}.292e7c`,
      secret: Redacted.make(`secret of ${name}`),
      region: "us"
    }),
    project
  })

const basic = (user: string, secret: string) => `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`

interface Sent {
  readonly url: string
  readonly authorization: string | undefined
}

/** What was sent, to a server that knows two answers. */
const recorded = () => {
  const sent: Array<Sent> = []
  const http = ScriptedHttp.layer(({ headers, url }) => {
    sent.push({ url: String(url), authorization: headers["authorization"] })
    const me = { status: "ok", results: { user_id: 1, user_email: "a@b.c", projects: {}, organizations: {} } }
    return { status: 200, body: JSON.stringify(url.includes("/me") ? me : ["Login"]) }
  })
  return { sent, http }
}

const variables = (values: Readonly<Record<string, string>>) =>
  Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(values))))

it.effect("each session goes with its own credential, to its own region", () => {
  const { http, sent } = recorded()
  return Effect.gen(function* () {
    const mixpanel = yield* Mixpanel
    expect(yield* mixpanel.events(tenant("one"))).toEqual(["Login"])
    expect(yield* mixpanel.events(tenant("two"))).toEqual(["Login"])
    expect(sent.map(({ authorization }) => authorization)).toEqual([
      basic("one.292e7c", "secret of one"),
      basic("two.292e7c", "secret of two")
    ])
  }).pipe(Effect.provide(Layer.provide(stateless, http)))
})

it.effect("what /me says is kept for each credential, whatever the accounts are called", () => {
  const { http, sent } = recorded()
  const other = tenant("one").replace({
    account: new ServiceAccount({
      name: AccountName.make("one"),
      username: "one.292e7c",
      secret: Redacted.make("another secret"),
      region: "us"
    })
  })
  return Effect.gen(function* () {
    const discovery = yield* Discovery
    yield* discovery.me(tenant("one"))
    yield* discovery.me(tenant("one"))
    yield* discovery.me(other)
    expect(sent.length).toBe(2)
  }).pipe(Effect.provide(Layer.provide(stateless, http)))
})

const exported = (options?: { readonly projectSecret: Redacted.Redacted }) =>
  Effect.flatMap(MixpanelHttpClient, (client) =>
    client.send(tenant("one"), "export", HttpClientRequest.get("/export"), options)
  )

it.effect("a project secret comes with the call, and never from this machine", () => {
  const { http, sent } = recorded()
  const own = Memory.layer({
    files: { "~/.mp/config.toml": '[settings]\nproject_secret = "of the configuration"\n' },
    environment: { MP_PROJECT_SECRET: "of the process" },
    http: ({ headers, url }) => {
      sent.push({ url: String(url), authorization: headers["authorization"] })
      return { status: 200, body: "" }
    }
  })
  return Effect.gen(function* () {
    const process = variables({ MP_PROJECT_SECRET: "of the process" })
    const projectSecret = Redacted.make("of the tenant")
    for (const layer of [Layer.merge(Layer.provide(stateless, http), process), own]) {
      yield* Effect.provide(exported(), layer)
      yield* Effect.provide(exported({ projectSecret }), layer)
    }
    const mine = [basic("one.292e7c", "secret of one"), basic("of the tenant", "")]
    expect(sent.map(({ authorization }) => authorization)).toEqual([...mine, ...mine])
  })
})

it.effect("an account that logs in through a browser has no tokens here, and the error says where it has", () =>
  Effect.gen(function* () {
    const account = new OAuthBrowserAccount({ name: AccountName.make("me"), region: "us" })
    const error = yield* Effect.flip(
      Effect.flatMap(Mixpanel, (mixpanel) => mixpanel.me(new Session({ account, project })))
    )
    expect(error).toMatchObject({ _tag: "OAuthTokenError", hints: [] })
    expect(error.message).toContain("effect-mixpanel/node")
  }).pipe(Effect.provide(Layer.provide(stateless, recorded().http)))
)

it.effect("variables that address Mixpanel, or hold a bearer, are read through ConfigProvider", () => {
  const { http, sent } = recorded()
  const account = new OAuthTokenAccount({
    name: AccountName.make("ci"),
    tokenEnv: Option.some("MP_TENANT_TOKEN"),
    token: Option.none(),
    region: "eu"
  })
  return Effect.gen(function* () {
    yield* Effect.flatMap(Mixpanel, (mixpanel) => mixpanel.me(new Session({ account, project })))
    expect(sent).toEqual([{ url: "http://localhost:9/api/app/me", authorization: "Bearer from the variable" }])
  }).pipe(
    Effect.provide(
      Layer.merge(
        Layer.provide(stateless, http),
        variables({ MP_API_BASE_URL: "http://localhost:9", MP_TENANT_TOKEN: "from the variable" })
      )
    )
  )
})

it.effect("an address that leads away from Mixpanel is told, also for a session made by hand", () => {
  const told: Array<string> = []
  const listener = Layer.succeed(OverrideListener, {
    told: ({ variable }) => Effect.sync(() => void told.push(variable))
  })
  return Effect.flatMap(Mixpanel, (mixpanel) => mixpanel.me(tenant("one"))).pipe(
    Effect.provide(Layer.provide(stateless, recorded().http)),
    Effect.provide(Layer.merge(listener, variables({ MP_API_BASE_URL: "https://gateway.example" }))),
    Effect.map(() => expect(new Set(told)).toEqual(new Set(["MP_API_BASE_URL"])))
  )
})

const keys = {
  username: Config.string("USER_OF_APP"),
  secret: Config.redacted("SECRET_OF_APP"),
  region: Config.string("REGION_OF_APP"),
  project: Config.string("PROJECT_OF_APP")
}

const complete = { USER_OF_APP: "u", SECRET_OF_APP: "s", REGION_OF_APP: "in", PROJECT_OF_APP: "42" }

const configured = (values: Readonly<Record<string, string>>) =>
  layerConfig(keys).pipe(Layer.provide(recorded().http), Layer.provide(variables(values)))

it.effect("a session that is configured is there, and moves to another project or workspace", () =>
  Effect.gen(function* () {
    const current = yield* CurrentSession
    const first = yield* current.get
    expect(first).toMatchObject({ region: "in", projectId: "42", origin: "given" })
    const next = yield* current.use({ project: "43", workspace: WorkspaceId.make(7) })
    expect(next).toMatchObject({ projectId: "43", workspaceId: Option.some(7) })
    expect(yield* current.get).toBe(next)
    for (const to of [{ account: "other" }, { target: "t" }, { project: "1", persist: true }]) {
      expect(yield* Effect.flip(current.use(to))).toMatchObject({ _tag: "InvalidArgument" })
    }
    expect(yield* current.get).toBe(next)
  }).pipe(Effect.provide(configured(complete)))
)

it.effect("what is missing or malformed names its key, and never shows the secret", () =>
  Effect.gen(function* () {
    for (const [key, value] of [
      ["USER_OF_APP", undefined],
      ["SECRET_OF_APP", undefined],
      ["SECRET_OF_APP", "two\nlines"],
      ["SECRET_OF_APP", ""],
      ["USER_OF_APP", "with:colon"],
      ["REGION_OF_APP", "moon"],
      ["PROJECT_OF_APP", "x y"],
      ["PROJECT_OF_APP", undefined]
    ] as const) {
      const { [key]: _, ...others } = complete
      const values = value === undefined ? others : { ...others, [key]: value }
      const error = yield* Effect.flip(Layer.build(configured(values)))
      expect(String(error)).toContain(key)
      expect(String(error)).not.toMatch(/"s"|two|lines"/)
    }
  }).pipe(Effect.scoped)
)

it.effect("everything that is wrong is told at once, under the whole path of its key", () =>
  Effect.gen(function* () {
    const nested = layerConfig({
      token: Config.nested(
        Config.map(Config.redacted("TOKEN"), (value) => value),
        "APP"
      ),
      region: Config.string("REGION"),
      project: Config.withDefault(Config.string("PROJECT"), "none")
    })
    const values = variables({ "APP.TOKEN": "", REGION: "moon" })
    const error = yield* Effect.flip(Layer.build(Layer.provide(nested, Layer.merge(recorded().http, values))))
    for (const key of ["APP.TOKEN", "REGION", "PROJECT"]) expect(String(error)).toContain(`at ${key}`)
  }).pipe(Effect.scoped)
)

it("a field that is no config, or that another one makes useless, is refused by its name", () => {
  const given: ReadonlyArray<readonly [string, object]> = [
    ["secret", { ...keys, secret: "in clear" }],
    ["username", { region: keys.region, project: keys.project }],
    ["username", { ...keys, token: keys.secret }],
    ["workspace", { ...keys, workspace: keys.project }]
  ]
  for (const [field, fields] of given) {
    const refused = Either.try(() => Reflect.apply(layerConfig, undefined, [fields]))
    expect(Either.flip(refused)).toMatchObject({ right: { _tag: "InvalidArgument", details: { field } } })
  }
})
