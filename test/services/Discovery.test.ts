import { it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe, expect } from "vitest"
import { ServiceAccount } from "#src/domain/account/Account.ts"
import { ProjectId } from "#src/domain/account/identifiers.ts"
import { Project } from "#src/domain/session/Session.ts"
import { home, layer } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import { type ScriptedHandler, ScriptedHttp } from "#src/layers/memory/ScriptedHttp.ts"
import { Discovery } from "#src/services/api/Discovery.ts"
import { Mixpanel } from "#src/services/api/Mixpanel.ts"
import { SessionResolver } from "#src/services/session/SessionResolver.ts"

const config = `[accounts.team]
type = "service_account"
region = "us"
default_project = "7"
username = "u"
secret = "s3cr3t"

[active]
account = "team"
`
const environment = { MP_USERNAME: "e", MP_SECRET: "es", MP_PROJECT_ID: "7", MP_REGION: "eu" }

const workspace = (id: number, project: number, isDefault = false) => ({
  id,
  name: `W${id}`,
  project_id: project,
  is_default: isDefault
})
const me = {
  user_id: 1,
  user_email: "a@b",
  projects: {
    "7": { name: "beta", organization_id: 1, timezone: "UTC" },
    "8": { name: "Alpha", organization_id: 1 },
    "9": { name: "alpha", organization_id: 1 },
    "10": { name: "Gamma", organization_id: 1 }
  },
  workspaces: { "3": workspace(3, 7), "4": workspace(4, 7, true), "5": workspace(5, 8), "6": workspace(6, 8) }
}

const answering =
  (listed: Readonly<Record<string, unknown>> = {}, meStatus = 200): ScriptedHandler =>
  ({ url }) => {
    const { pathname } = new URL(url)
    if (pathname === "/api/app/me") return { status: meStatus, body: meStatus === 200 ? me : { error: "no" } }
    const project = /^\/api\/app\/projects\/(\d+)\/workspaces\/public$/.exec(pathname)?.[1]
    return project === undefined ? { body: { path: pathname } } : { body: { results: listed[project] ?? [] } }
  }

const world = (http: ScriptedHandler, more: Parameters<typeof layer>[0] = {}) =>
  layer({ files: { "~/.mp/config.toml": config }, http, ...more })

const session = Effect.flatMap(SessionResolver, (resolver) => resolver.session())
const paths = Effect.map(
  Effect.flatMap(ScriptedHttp, ({ requests }) => requests),
  (sent) => sent.map(({ url }) => new URL(url).pathname.replace("/api/app", ""))
)
const stranger = { username: "x", secret: Redacted.make("y") }
const strangerBasic = `Basic ${Buffer.from("x:y").toString("base64")}`
const elsewhere = (id: string) => ({ project: new Project({ id: ProjectId.make(id) }) })

describe("projects", () => {
  it.effect("by name whatever its case, then by id; asked for once, and again with refresh", () =>
    Effect.gen(function* () {
      const discovery = yield* Discovery
      const current = yield* session
      const found = yield* discovery.projects(current)
      expect(found.map(({ id }) => id)).toEqual(["8", "9", "7", "10"])
      yield* discovery.projects(current)
      expect(yield* paths).toEqual(["/me"])
      yield* discovery.projects(current, { refresh: true })
      expect(yield* paths).toEqual(["/me", "/me"])
    }).pipe(Effect.provide(world(answering())))
  )

  it.effect("of credentials in the environment are never cached", () =>
    Effect.gen(function* () {
      const discovery = yield* Discovery
      const current = yield* session
      yield* discovery.projects(current)
      yield* discovery.projects(current)
      expect(yield* paths).toEqual(["/me", "/me"])
      const files = yield* Effect.flatMap(MemoryFilesControl, ({ snapshot }) => snapshot)
      expect(Object.keys(files)).toEqual([`${home}/.mp/config.toml`])
    }).pipe(Effect.provide(world(answering(), { environment })))
  )
})

describe("workspaces", () => {
  it.effect("are those that /me lists for the project, else those that the project lists", () =>
    Effect.gen(function* () {
      const discovery = yield* Discovery
      const current = yield* session
      expect((yield* discovery.workspaces(current)).map(({ id }) => id)).toEqual([3, 4])
      expect((yield* discovery.workspaces(current.replace(elsewhere("10")))).map(({ id }) => id)).toEqual([77])
      expect(yield* paths).toEqual(["/me", "/projects/10/workspaces/public"])
    }).pipe(Effect.provide(world(answering({ "10": [workspace(77, 10), workspace(78, 11)] }))))
  )

  it.effect("are listed for a credential that may not see /me; one that is refused is refused", () =>
    Effect.gen(function* () {
      const discovery = yield* Discovery
      expect((yield* discovery.workspaces(yield* session)).map(({ id }) => id)).toEqual([77])
      const refused = Effect.flip(Effect.flatMap(Discovery, (other) => Effect.flatMap(session, other.workspaces)))
      expect((yield* Effect.provide(refused, world(answering({}, 401))))._tag).toBe("AuthenticationFailed")
    }).pipe(Effect.provide(world(answering({ "7": [workspace(77, 7)] }, 403))))
  )
})

describe("a project that lists nothing itself", () => {
  const index = { results: { "7": { workspaces: { "5": { id: 5, name: "Main", is_default: true } } } } }
  const indexed =
    (listStatus: number, indexStatus: number): ScriptedHandler =>
    ({ url }) => {
      const { pathname } = new URL(url)
      if (pathname === "/api/app/me") return { body: { ...me, workspaces: {} } }
      if (pathname === "/api/app/projects/metadata/index") return { status: indexStatus, body: index }
      return { status: listStatus, body: { results: [] } }
    }
  const found = Effect.flatMap(Discovery, (discovery) => Effect.flatMap(session, discovery.resolveWorkspace))

  it.effect.each([200, 403, 404])("has its workspaces in the index of projects (its list: %i)", (status) =>
    Effect.gen(function* () {
      expect((yield* found).id).toBe(5)
      expect(yield* paths).toEqual(["/me", "/projects/7/workspaces/public", "/projects/metadata/index"])
    }).pipe(Effect.provide(world(indexed(status, 200))))
  )

  it.effect.each([
    [200, 404, "NoWorkspaces"],
    [403, 404, "AuthenticationFailed"],
    [200, 401, "AuthenticationFailed"]
  ] as const)("a list that answers %i and an index that answers %i are %s", ([list, index, tag]) =>
    Effect.gen(function* () {
      expect((yield* Effect.flip(found))._tag).toBe(tag)
    }).pipe(Effect.provide(world(indexed(list, index))))
  )
})

describe("resolveWorkspace", () => {
  it.effect("the default one, else the first, else NoWorkspaces; the session's own is not asked about", () =>
    Effect.gen(function* () {
      const discovery = yield* Discovery
      const current = yield* session
      const idFor = (project: string) =>
        Effect.map(discovery.resolveWorkspace(current.replace(elsewhere(project))), ({ id }) => id)
      expect(yield* idFor("7")).toBe(4)
      expect(yield* idFor("8")).toBe(5)
      const failure = yield* Effect.flip(idFor("9"))
      expect(failure).toMatchObject({ code: "NO_WORKSPACES", project: "9", account: "team" })
      const own = yield* discovery.resolveWorkspace(current)
      const pinned = current.replace({ workspace: Option.some(own) })
      expect(yield* discovery.resolveWorkspace(pinned)).toBe(own)
    }).pipe(Effect.provide(world(answering())))
  )

  it.effect("asks once for a session, however many ask and whoever gives up, and never for another session", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const slow: ScriptedHandler = (request) => Effect.as(Deferred.await(gate), { body: bodyOf(request.url) })
      yield* Effect.gen(function* () {
        const discovery = yield* Discovery
        const current = yield* session
        const leader = yield* Effect.fork(discovery.resolveWorkspace(current))
        const others = yield* Effect.fork(
          Effect.all(
            Array.from({ length: 50 }, () => discovery.resolveWorkspace(current)),
            { concurrency: "unbounded" }
          )
        )
        yield* Effect.yieldNow()
        yield* Fiber.interruptFork(leader)
        yield* Deferred.succeed(gate, undefined)
        expect(new Set((yield* Fiber.join(others)).map(({ id }) => id))).toEqual(new Set([4]))
        yield* discovery.resolveWorkspace(current)
        expect(yield* paths).toEqual(["/me"])
        yield* discovery.resolveWorkspace(current.replace({}))
        expect(yield* paths).toEqual(["/me", "/me"])
      }).pipe(Effect.provide(world(slow, { environment })))
    })
  )

  it.effect("keeps projects and accounts apart, however they are asked for", () =>
    Effect.gen(function* () {
      const discovery = yield* Discovery
      const current = yield* session
      const other = current.replace({
        account: new ServiceAccount({ name: current.account.name, region: "us", ...stranger })
      })
      const asked = [current, current.replace(elsewhere("8")), other, other.replace(elsewhere("8"))]
      const all = Effect.all(asked.map(discovery.resolveWorkspace), { concurrency: "unbounded" })
      expect((yield* all).map(({ id }) => id)).toEqual([4, 5, 91, 92])
      expect((yield* all).map(({ id }) => id)).toEqual([4, 5, 91, 92])
    }).pipe(
      Effect.provide(
        world((request) =>
          request.headers["authorization"] === strangerBasic
            ? { body: { user_id: 2, workspaces: { "91": workspace(91, 7), "92": workspace(92, 8) } } }
            : answering()(request)
        )
      )
    )
  )

  it.effect("a failure is not remembered", () =>
    Effect.gen(function* () {
      let fail = true
      const http: ScriptedHandler = (request) => (fail ? { status: 400, body: { error: "no" } } : answering()(request))
      yield* Effect.gen(function* () {
        const discovery = yield* Discovery
        const current = yield* session
        expect((yield* Effect.flip(discovery.resolveWorkspace(current)))._tag).toBe("QueryRejected")
        fail = false
        expect((yield* discovery.resolveWorkspace(current)).id).toBe(4)
      }).pipe(Effect.provide(world(http)))
    })
  )
})

describe("a path that leaves the workspace open", () => {
  it.effect("is filled lazily, once for all calls of a session", () =>
    Effect.gen(function* () {
      const mixpanel = yield* Mixpanel
      const current = yield* session
      const call = { family: "app", path: "/projects/{project_id}/workspaces/{workspace_id}/x" } as const
      expect(yield* mixpanel.request(current, call)).toEqual({ path: "/api/app/projects/7/workspaces/4/x" })
      yield* mixpanel.request(current, call)
      yield* mixpanel.request(current, { family: "app", path: "/projects/{project_id}/y" })
      expect(yield* paths).toEqual(["/me", "/projects/7/workspaces/4/x", "/projects/7/workspaces/4/x", "/projects/7/y"])
    }).pipe(Effect.provide(world(answering(), { environment })))
  )
})

const bodyOf = (url: string): unknown => (url.endsWith("/me") ? me : {})
