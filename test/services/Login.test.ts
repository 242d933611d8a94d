/** One login: its region, its name, its account, its project. Each region is a host with a script of its own. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { describe, expect } from "vitest"
import { AccountName, ProjectId, type Region } from "#src/domain/account/identifiers.ts"
import { nameFor } from "#src/domain/login/accountNames.ts"
import { freeName } from "#src/domain/account/newAccountName.ts"
import type { LoginCredential } from "#src/domain/login/LoginCredential.ts"
import { decodeMe } from "#src/domain/api/Me.ts"
import { configPath, home, layer } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import { ScriptedFailure, ScriptedHttp, type ScriptedHandler } from "#src/layers/memory/ScriptedHttp.ts"
import { Accounts } from "#src/services/config/Accounts.ts"
import { Login } from "#src/services/login/Login.ts"
import type { SignInRequest } from "#src/services/login/SignIn.ts"

const secret = "LEAK+login/secret"
const token = "LEAK+login/token"
const account: LoginCredential = { type: "service_account", username: "robot", secret: Redacted.make(secret) }
const inline: LoginCredential = { type: "oauth_token", token: Redacted.make(token) }
const inVariable: LoginCredential = { type: "oauth_token", tokenEnv: "CI_TOKEN" }
const browser: LoginCredential = { type: "oauth_browser" }

const project = (name: string, domain = "mixpanel.com", organization = 100) => ({
  name,
  organization_id: organization,
  domain
})
const meOf = (fields: object = {}) => ({
  body: {
    results: {
      user_id: 42,
      user_email: "jo@example.com",
      organizations: { "100": { id: 100, name: "Acme Corp" }, "50": { id: 50, name: "Zeta" } },
      projects: { "900": project("Big"), "77": project("Small"), "1000": project("Other", "mixpanel.com", 50) },
      ...fields
    }
  }
})

const hosts: Readonly<Record<string, Region>> = {
  "mixpanel.com": "us",
  "eu.mixpanel.com": "eu",
  "in.mixpanel.com": "in"
}
const refused = { status: 401, body: { error: `no such credential ${secret}` } }

/** An authorization server everywhere, and `/me` as each region answers it. */
const world =
  (me: Partial<Record<Region, ReturnType<ScriptedHandler>>>): ScriptedHandler =>
  ({ url }) => {
    if (url.endsWith("/register/")) return { status: 201, body: { client_id: "c" } }
    if (url.endsWith("/token/")) {
      return { body: { access_token: token, token_type: "Bearer", expires_in: 3600, refresh_token: "r", scope: "" } }
    }
    if (url.endsWith("/revoke_token/")) return { status: 200 }
    return me[hosts[new URL(url).host] ?? "us"] ?? refused
  }

const told: Array<string> = []
const request = (credential: LoginCredential, changes: Partial<SignInRequest> = {}): SignInRequest => ({
  credential,
  source: "the test",
  name: Option.none(),
  region: Option.none(),
  project: Option.none(),
  environmentProject: Option.none(),
  user: {
    openBrowser: true,
    timeoutSeconds: 60,
    pastes: Stream.empty,
    alwaysPaste: false,
    pastesAreFinal: false,
    report: () => Effect.void
  },
  choose: Option.none(),
  report: ({ problem, region }) =>
    Effect.sync(
      () => void told.push(`${region} ${Option.match(problem, { onNone: () => "ok", onSome: (p) => p.outcome })}`)
    ),
  ...changes
})
const signIn = (credential: LoginCredential, changes?: Partial<SignInRequest>) =>
  Effect.flatMap(Login, (login) => login.signIn(request(credential, changes)))

/** The same while time passes as fast as it can. */
const inNoTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const running = yield* Effect.fork(effect)
    yield* TestClock.adjust("1 minute")
    return yield* Fiber.join(running)
  })

const files = Effect.flatMap(MemoryFilesControl, ({ snapshot }) => snapshot)
const config = Effect.map(files, (all) => all[configPath] ?? "")
const asked = Effect.flatMap(ScriptedHttp, ({ requests }) =>
  Effect.map(requests, (all) => all.filter(({ url }) => url.endsWith("/me")).map(({ url }) => hosts[new URL(url).host]))
)
const name = (text: string) => Option.some(AccountName.make(text))
const id = (text: string) => Option.some(ProjectId.make(text))
const at = (region: Region): Partial<SignInRequest> => ({ region: Option.some(region) })
const run = (http: ScriptedHandler, existing = "", environment: Record<string, string> = {}) =>
  Effect.provide(layer({ http, files: existing === "" ? {} : { "~/.mp/config.toml": existing }, environment }))

const unreached = Effect.fail(new ScriptedFailure({ code: "ENOTFOUND" }))

describe("the region", () => {
  it.effect("is the first one that knows the credential; those before it are told as they answer", () =>
    Effect.gen(function* () {
      told.length = 0
      const { account: saved } = yield* signIn(account)
      expect([saved.region, yield* asked, told]).toEqual(["eu", ["us", "eu"], ["us refused", "eu ok"]])
    }).pipe(run(world({ eu: meOf() })))
  )

  it.effect("is asked alone when it is given, and nothing is told", () =>
    Effect.gen(function* () {
      told.length = 0
      yield* signIn(account, at("in"))
      expect([yield* asked, told]).toEqual([["in"], []])
    }).pipe(run(world({ in: meOf() })))
  )

  it.effect("refused everywhere: what each said, nothing saved, no secret quoted", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(signIn(account))
      expect(error).toMatchObject({ code: "OAUTH_REGION_PROBE_FAILED" })
      expect(error.message).toMatch(/every region: us: 401 .*; eu: 401 .*; in: 401 /)
      expect(`${error.message}${JSON.stringify(error)}${JSON.stringify(error.details)}`).not.toContain(secret)
      expect(yield* files).toEqual({})
    }).pipe(run(world({})))
  )

  it.effect("none reachable: temporary", () =>
    Effect.gen(function* () {
      const error = yield* inNoTime(Effect.flip(signIn(account)))
      expect(error).toMatchObject({ code: "OAUTH_NETWORK_UNREACHABLE", details: { temporary: true } })
      expect(yield* files).toEqual({})
    }).pipe(run(world({ us: unreached, eu: unreached, in: { status: 503, body: "" } })))
  )

  it.effect("some refuse, some cannot be asked: says which", () =>
    Effect.gen(function* () {
      const error = yield* inNoTime(Effect.flip(signIn(account)))
      expect(error.code).toBe("OAUTH_REGION_PROBE_FAILED")
      expect(error.message).toContain("eu did not answer")
      expect(error).toMatchObject({ again: [{}] })
    }).pipe(run(world({ eu: unreached })))
  )

  it.effect("a silent region is waited for 5 s, and the next one asked", () =>
    Effect.gen(function* () {
      const running = yield* Effect.fork(signIn(inline))
      yield* TestClock.adjust("4900 millis")
      expect(yield* asked).toEqual(["us"])
      yield* TestClock.adjust("200 millis")
      expect((yield* Fiber.join(running)).account.region).toBe("eu")
    }).pipe(run(world({ us: Effect.never, eu: meOf() })))
  )

  it.effect("one address for all regions is asked once", () =>
    Effect.gen(function* () {
      yield* Effect.flip(signIn(account))
      expect((yield* asked).length).toBe(1)
    }).pipe(run(() => refused, "", { MP_API_BASE_URL: "http://127.0.0.1:1" }))
  )
})

describe("the account", () => {
  it.effect("gets the name of the first organization, becomes active, and no workspace stays pinned", () =>
    Effect.gen(function* () {
      const result = yield* signIn(account)
      expect(result).toMatchObject({ isNew: true, account: { name: "zeta", type: "service_account" } })
      const text = yield* config
      expect(text).toContain('[active]\naccount = "zeta"')
      expect(text).not.toContain("workspace")
      expect(text).toContain(secret)
      expect((yield* Effect.flatMap(Accounts, ({ show }) => show("zeta"))).status).toBe("ok")
      expect(Object.keys(yield* files)).toContain(`${home}/.mp/accounts/zeta/me.json`)
    }).pipe(
      run(
        world({ us: meOf() }),
        '[accounts.old]\ntype = "oauth_browser"\nregion = "us"\n\n[active]\naccount = "old"\nworkspace = 5\n'
      )
    )
  )

  it.effect.each([
    ["service account", account, account],
    ["bearer", inline, { type: "oauth_token", token: Redacted.make("another") }],
    ["bearer in a variable", inVariable, inVariable],
    ["person", browser, browser]
  ] as const)("of the same %s is renewed: no duplicate, its project kept", ([, first, second]) =>
    Effect.gen(function* () {
      const before = yield* signIn(first, { project: id("900") })
      const after = yield* signIn(second)
      expect([before.isNew, after.isNew, after.account.name]).toEqual([true, false, before.account.name])
      expect(after.account.defaultProject).toEqual(id("900"))
      const moved = yield* signIn(second, { project: id("77") })
      expect(moved.account.defaultProject).toEqual(id("77"))
      expect((yield* config).match(/\[accounts\./g)).toHaveLength(1)
    }).pipe(run(world({ us: meOf() }), "", { CI_TOKEN: token }))
  )

  it.effect("of someone else in the same organization gets a number; the same token again does not", () =>
    Effect.gen(function* () {
      yield* signIn(account)
      const other = yield* signIn({ ...account, username: "robot-2" })
      expect([other.account.name, other.isNew]).toEqual(["zeta-2", true])
      expect((yield* signIn(inline)).account.name).toBe("zeta-3")
      expect((yield* signIn(inline)).account.name).toBe("zeta-3")
    }).pipe(run(world({ us: meOf() })))
  )

  it.effect("that was logged out is taken up again by who comes back", () =>
    Effect.gen(function* () {
      yield* signIn(browser)
      yield* Effect.flatMap(Login, ({ logout }) => logout("zeta"))
      expect(yield* signIn(browser)).toMatchObject({ isNew: false, account: { name: "zeta" } })
    }).pipe(run(world({ us: meOf() })))
  )

  it.effect("of another type or region is not overwritten, and no server is asked", () =>
    Effect.gen(function* () {
      yield* signIn(account, { name: name("team") })
      yield* Effect.flatMap(ScriptedHttp, ({ clear }) => clear)
      for (const [credential, changes] of [
        [inline, {}],
        [browser, {}],
        [account, at("eu")]
      ] as const) {
        const before = yield* config
        const error = yield* Effect.flip(signIn(credential, { name: name("team"), ...changes }))
        expect(error.code).toBe("CONFIG_ERROR")
        expect(error.hints).toEqual([
          expect.stringContaining("mp login --name team-2"),
          expect.stringContaining("mp account remove team && mp login --name team")
        ])
        expect(yield* config).toBe(before)
      }
      expect(yield* Effect.flatMap(ScriptedHttp, ({ requests }) => requests)).toEqual([])
    }).pipe(run(world({ us: meOf(), eu: meOf() })))
  )

  it.effect("keeps the name of a bearer's variable, never its value", () =>
    Effect.gen(function* () {
      yield* signIn(inVariable)
      expect(yield* config).toContain('token_env = "CI_TOKEN"')
      expect(JSON.stringify(yield* files)).not.toContain(token)
    }).pipe(run(world({ us: meOf() }), "", { CI_TOKEN: token }))
  )
})

describe("the project", () => {
  const chosen = (changes: Partial<SignInRequest> = {}, credential: LoginCredential = account) =>
    Effect.map(signIn(credential, changes), ({ project }) => Option.getOrNull(Option.map(project, ({ id }) => id)))

  it.effect("is the flag's, else the variable's, else a person's choice, else the first by number", () =>
    Effect.gen(function* () {
      const choose = Option.some(() => Effect.succeedSome(ProjectId.make("1000")))
      const fresh = { name: name("x") }
      expect(yield* chosen({ name: name("a"), project: id("900"), environmentProject: id("77"), choose })).toBe("900")
      expect(yield* chosen({ name: name("b"), environmentProject: id("900"), choose })).toBe("900")
      expect(yield* chosen({ name: name("c"), choose })).toBe("1000")
      expect(yield* chosen(fresh)).toBe("77")
    }).pipe(run(world({ us: meOf() })))
  )

  it.effect("is offered by organization, and then by number", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const choose: SignInRequest["choose"] = Option.some((candidates) =>
        Effect.sync(() => {
          seen.push(...candidates.map((c) => `${Option.getOrElse(c.organization, () => "?")} ${c.project.id}`))
          return Option.some(ProjectId.make("77"))
        })
      )
      yield* signIn(account, { choose })
      expect(seen).toEqual(["Acme Corp 77", "Acme Corp 900", "Zeta 1000"])
    }).pipe(run(world({ us: meOf() })))
  )

  it.effect("that the credential cannot see is refused, with those that it can; nothing is saved", () =>
    Effect.gen(function* () {
      for (const changes of [{ project: id("5") }, { environmentProject: id("5") }]) {
        const error = yield* Effect.flip(signIn(account, changes))
        expect(error.code).toBe("PROJECT_NOT_FOUND")
        expect(error.message).toContain("77, 900, 1000")
        expect(error.message).toContain("project" in changes ? "--project" : "MP_PROJECT_ID")
      }
      expect(yield* files).toEqual({})
    }).pipe(run(world({ us: meOf() })))
  )

  it.effect("may be none at all", () =>
    Effect.gen(function* () {
      expect(yield* chosen()).toBe(null)
      expect(yield* config).not.toContain("default_project")
    }).pipe(run(world({ us: meOf({ projects: {} }) })))
  )
})

describe("a person", () => {
  const here = `${home}/.mp/accounts`

  it.effect("whose projects are in another region is not logged in, and the tokens are revoked", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(signIn(browser, { name: name("me") }))
      expect(error).toMatchObject({ code: "CONFIG_ERROR", hints: ["mp login --region eu --name me"] })
      expect(yield* config).toBe("")
      expect(Object.keys(yield* files).filter((path) => path.startsWith(here))).toEqual([])
      const sent = yield* Effect.flatMap(ScriptedHttp, ({ requests }) => requests)
      expect(sent.some(({ url }) => url.endsWith("/revoke_token/"))).toBe(true)
    }).pipe(
      run(
        world({
          us: meOf({ projects: { "1": project("E", "eu.mixpanel.com"), "2": project("F", "eu.mixpanel.com") } })
        })
      )
    )
  )

  it.effect("begins with the first project of the region", () =>
    Effect.gen(function* () {
      const { project: first, tokensPath } = yield* signIn(browser, { name: name("me") })
      expect(Option.map(first, ({ id }) => id)).toEqual(Option.some("2"))
      expect(tokensPath).toEqual(Option.some(`${here}/me/tokens.json`))
      expect(Object.keys(yield* files).filter((path) => path.includes("pending"))).toEqual([])
    }).pipe(
      run(world({ us: meOf({ projects: { "1": project("E", "eu.mixpanel.com"), "2": project("F", "odd.host") } }) }))
    )
  )

  it.effect("stays logged in when nobody can be asked who it is", () =>
    Effect.gen(function* () {
      const result = yield* signIn(browser, { project: id("5") })
      expect(Either.getOrThrow(Either.flip(result.me))).toMatchObject({
        message: expect.stringMatching(/^Mixpanel refused the credential \(401\): /),
        hints: ["mp login"],
        details: { account: null, project: null }
      })
      expect(result).toMatchObject({ isNew: true, account: { name: "account", defaultProject: id("5") } })
      expect((yield* files)[`${here}/account/tokens.json`]).toContain(token)
      expect(yield* config).toContain('[active]\naccount = "account"')
    }).pipe(run(world({})))
  )

  it.effect("named as an account of another region is logged in there", () =>
    Effect.gen(function* () {
      expect(yield* signIn(browser, { name: name("me") })).toMatchObject({ isNew: false, account: { region: "in" } })
      expect(yield* asked).toEqual(["in"])
    }).pipe(run(world({ in: meOf({ projects: {} }) }), '[accounts.me]\ntype = "oauth_browser"\nregion = "in"\n'))
  )

  it.effect("that goes away while choosing leaves nothing behind", () =>
    Effect.gen(function* () {
      const running = yield* Effect.fork(signIn(browser, { choose: Option.some(() => Effect.interrupt) }))
      expect((yield* Fiber.await(running))._tag).toBe("Failure")
      expect(Object.keys(yield* files).filter((path) => path.startsWith(here) || path === configPath)).toEqual([])
    }).pipe(run(world({ us: meOf() })))
  )
})

describe("names", () => {
  const called = (organization: string) =>
    Either.map(decodeMe({ user_id: 1, organizations: { "7": { id: 7, name: organization } } }), nameFor)

  it.each([
    ["Acme Corp.", "acme-corp"],
    ["  Müller & Söhne GmbH  ", "muller-sohne-gmbh"],
    ["日本", "org-7"],
    ["---", "org-7"],
    ["A".repeat(80), "a".repeat(32)],
    [`${"a".repeat(31)} b`, "a".repeat(31)],
    ["ﬁne_print", "fine-print"]
  ])("%s: %s", (organization, expected) => {
    expect(called(organization)).toEqual(Either.right(expected))
  })

  it.prop(
    "are valid and free, whatever the organization",
    [FastCheck.string({ unit: "binary", maxLength: 80 }), FastCheck.integer(), FastCheck.array(FastCheck.nat(4))],
    ([text, number, numbers]) => {
      const me = Either.getOrThrow(decodeMe({ user_id: 1, organizations: { x: { id: number, name: text } } }))
      const base = nameFor(me)
      const taken = numbers.map((n) => (n === 0 ? base.toUpperCase() : `${base}-${n}`))
      const free = freeName(base, taken)
      expect(Schema.is(AccountName)(free)).toBe(true)
      expect(taken.map((used) => used.toLowerCase())).not.toContain(free)
    }
  )
})
