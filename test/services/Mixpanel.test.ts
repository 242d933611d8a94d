import { expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { describe } from "vitest"
import type { SegmentationUnit } from "#src/domain/api/Segmentation.ts"
import { ProjectId, WorkspaceId } from "#src/domain/account/identifiers.ts"
import { WorkspaceRef } from "#src/domain/session/Session.ts"
import { type ScriptedHandler, ScriptedHttp } from "#src/layers/memory/ScriptedHttp.ts"
import { layer as discovery } from "#src/services/api/Discovery.ts"
import * as Layers from "#src/services/layers.ts"
import { MeCache } from "#src/services/api/MeCache.ts"
import { layer as mixpanel, Mixpanel } from "#src/services/api/Mixpanel.ts"
import { over, serviceSession } from "./httpSupport.ts"

const answering = (handler: ScriptedHandler) =>
  mixpanel.pipe(
    Layer.provide(Layer.provide(discovery, noCache)),
    Layer.provide(Layer.provide(Layers.memoryBudget(), Layers.webCrypto)),
    Layer.provideMerge(over(handler))
  )
const noCache = Layer.succeed(MeCache, {
  get: () => Effect.succeedNone,
  names: () => Effect.succeedNone,
  put: () => Effect.void,
  drop: () => Effect.succeed(false)
})
const sent = Effect.flatMap(ScriptedHttp, ({ requests }) => requests)

const meBody = {
  user_id: 42,
  user_email: "a@example.com",
  future: { kept: true },
  organizations: { "100": { id: 100, name: "Org", plan: "new" } },
  projects: {
    "99": { name: "P", organization_id: 100, timezone: "UTC" },
    "100": { name: "Q", organization_id: 100, timezone: null },
    "12345678901234567890": { name: "R", organization_id: 100 },
    "7": { organization_id: 100 },
    bad: { name: "X", organization_id: 100 }
  },
  workspaces: {
    "5": { id: 5, name: "W", project_id: 99, is_default: true, member_list: [1] },
    "6": { id: "six", name: "V", project_id: 99 }
  }
}

describe("me", () => {
  it.effect.each([
    ["wrapped", { status: "ok", results: meBody }],
    ["plain", meBody]
  ] as const)("%s: keeps what is well formed, and everything in raw", ([, body]) =>
    Effect.gen(function* () {
      const me = yield* Effect.flatMap(Mixpanel, (calls) => calls.me(serviceSession))
      expect(me.userId).toEqual(Option.some(42))
      expect(me.userName).toEqual(Option.none())
      expect(Object.keys(me.projects).sort()).toEqual(["100", "12345678901234567890", "99"])
      expect(Object.keys(me.workspaces)).toEqual(["5"])
      expect(me.workspaces["5"]).toMatchObject({ projectId: "99", isDefault: true })
      expect(me.raw).toEqual(meBody)
      expect((yield* sent)[0]?.url).toBe("https://mixpanel.com/api/app/me")
    }).pipe(Effect.provide(answering(() => ({ body }))))
  )

  it.effect("projects come in the order of their numbers", () =>
    Effect.gen(function* () {
      const projects = yield* Effect.flatMap(Mixpanel, (calls) => calls.projects(serviceSession))
      expect(projects.map(({ id }) => id)).toEqual(["99", "100", "12345678901234567890"])
      expect(projects[0]?.timezone).toEqual(Option.some("UTC"))
    }).pipe(Effect.provide(answering(() => ({ body: meBody }))))
  )
})

it.effect.each([
  [[{ id: 5, name: "W", is_default: true }, { id: "x" }, { id: 6, project_id: 1 }]],
  [{ results: [{ id: 5, name: "W", is_default: true }] }]
])("workspaces belong to the session's project", ([body]) =>
  Effect.gen(function* () {
    const found = yield* Effect.flatMap(Mixpanel, (calls) => calls.workspaces(serviceSession))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ id: 5, projectId: Option.some("3018488"), isDefault: Option.some(true) })
    expect((yield* sent)[0]?.url).toBe("https://mixpanel.com/api/app/projects/3018488/workspaces/public")
  }).pipe(Effect.provide(answering(() => ({ body }))))
)

it.effect("events asks for the project's event names", () =>
  Effect.gen(function* () {
    expect(yield* Effect.flatMap(Mixpanel, (calls) => calls.events(serviceSession))).toEqual(["Login", "Signup"])
    expect((yield* sent)[0]?.url).toBe("https://mixpanel.com/api/query/events/names?project_id=3018488&type=general")
  }).pipe(Effect.provide(answering(() => ({ body: ["Login", "Signup"] }))))
)

describe("segmentation", () => {
  const body = { data: { series: ["2026-01-01"], values: { Login: { "2026-01-01": 3 } } }, legend_size: 1, extra: 1 }
  const ask = (query: { from: string; to: string; unit?: SegmentationUnit; event?: string }) =>
    Effect.flatMap(Mixpanel, (calls) => calls.segmentation(serviceSession, { event: "A & B", ...query }))

  it.effect("names its parameters as the server does", () =>
    Effect.gen(function* () {
      const answer = yield* ask({ from: "2026-01-01", to: "2026-01-31", unit: "day" })
      expect(answer).toEqual({ series: ["2026-01-01"], values: { Login: { "2026-01-01": 3 } }, legendSize: 1 })
      expect((yield* sent)[0]?.url).toBe(
        "https://mixpanel.com/api/query/segmentation?project_id=3018488&event=A+%26+B&from_date=2026-01-01&to_date=2026-01-31&unit=day"
      )
    }).pipe(Effect.provide(answering(() => ({ body }))))
  )

  it.effect("a workspace of the session goes along with every call of the Query API", () =>
    Effect.gen(function* () {
      const calls = yield* Mixpanel
      const session = serviceSession.replace({
        workspace: Option.some(new WorkspaceRef({ id: WorkspaceId.make(22) }))
      })
      yield* calls.segmentation(session, { event: "A", from: "2026-01-01", to: "2026-01-31" })
      yield* Effect.ignore(calls.events(session))
      const asked = (yield* sent).map(({ url }) => new URL(url).searchParams.get("workspace_id"))
      expect(asked).toEqual(["22", "22"])
    }).pipe(Effect.provide(answering(() => ({ body }))))
  )

  it.effect.each([
    { from: "2026-02-01", to: "2026-01-31" },
    { from: "2026-02-30", to: "2026-03-31" },
    { from: "01/02/2026", to: "2026-03-31" },
    { from: "2026-01-01", to: "2026-13-01" },
    { from: "2026-01-01", to: "2026-01-02", event: "" }
  ])("refuses %j before anything is sent", (query) =>
    Effect.gen(function* () {
      expect((yield* Effect.flip(ask(query)))._tag).toBe("InvalidArgument")
      expect(yield* sent).toEqual([])
    }).pipe(Effect.provide(answering(() => ({ body }))))
  )

  it.effect.each(["<html>private", '{"data":{"private":1}}', ""])(
    "answers %j with an error that does not quote it",
    (text) =>
      Effect.gen(function* () {
        const failure = yield* Effect.flip(ask({ from: "2026-01-01", to: "2026-01-31" }))
        expect(failure._tag).toBe("UnexpectedResponse")
        expect(JSON.stringify(failure)).not.toContain("private")
        expect(JSON.stringify(failure)).not.toContain("from_date")
      }).pipe(Effect.provide(answering(() => ({ body: text }))))
  )
})

describe("request", () => {
  it.effect("fills the path, sends JSON, answers JSON", () =>
    Effect.gen(function* () {
      const session = serviceSession.replace({
        workspace: Option.some(
          new WorkspaceRef({ id: WorkspaceId.make(9), projectId: Option.some(ProjectId.make("3018488")) })
        )
      })
      const answer = yield* Effect.flatMap(Mixpanel, (calls) =>
        calls.request(session, {
          family: "app",
          path: "/projects/{project_id}/workspaces/{workspace_id}/x",
          method: "POST",
          query: { a: "b c" },
          body: { n: 1 }
        })
      )
      expect(answer).toEqual({ fine: true })
      expect((yield* sent)[0]).toMatchObject({
        method: "POST",
        url: "https://mixpanel.com/api/app/projects/3018488/workspaces/9/x?a=b+c",
        body: '{"n":1}'
      })
    }).pipe(Effect.provide(answering(() => ({ body: { fine: true } }))))
  )
  it.effect("204 is ok, and a missing workspace is said", () =>
    Effect.gen(function* () {
      const calls = yield* Mixpanel
      expect(yield* calls.request(serviceSession, { family: "app", path: "/x", method: "DELETE" })).toEqual({
        status: "ok"
      })
      const failure = yield* Effect.flip(calls.request(serviceSession, { family: "app", path: "/{workspace_id}" }))
      expect(failure._tag).toBe("NoWorkspaces")
    }).pipe(
      Effect.provide(
        answering(({ url }) => {
          if (url.endsWith("/me")) return { body: { user_id: 1 } }
          return url.endsWith("/workspaces/public") ? { body: { results: [] } } : { status: 204 }
        })
      )
    )
  )
})

describe("paginate", () => {
  const all = Effect.flatMap(Mixpanel, (calls) =>
    Stream.runCollect(calls.paginate(serviceSession, { family: "app", path: "/list", query: { size: "2" } }))
  )
  const cursorOf = (url: string) => new URL(url).searchParams.get("cursor")

  it.effect("a list that never ends is an error", () =>
    Effect.map(Effect.flip(all), (error) =>
      expect(error).toMatchObject({ code: "INVALID_RESPONSE", reason: "the list does not end: 1000 pages were read" })
    ).pipe(
      Effect.provide(
        answering(({ url }) => ({
          body: { results: [], pagination: { next_cursor: `${Number(cursorOf(url) ?? 0) + 1}` } }
        }))
      )
    )
  )

  it.effect("follows the cursor to the end", () =>
    Effect.gen(function* () {
      expect(Chunk.toReadonlyArray(yield* all)).toEqual([1, 2, 3, 4, 5])
      expect((yield* sent).map(({ url }) => cursorOf(url))).toEqual([null, "b", "c"])
    }).pipe(
      Effect.provide(
        answering(({ url }) => {
          const cursor = cursorOf(url)
          if (cursor === null) return { body: { results: [1, 2], pagination: { next_cursor: "b" } } }
          if (cursor === "b") return { body: { results: [3, 4], pagination: { next_cursor: "c" } } }
          return { body: { results: [5], pagination: { next_cursor: null } } }
        })
      )
    )
  )
  it.effect("asks only for what is taken", () =>
    Effect.gen(function* () {
      const calls = yield* Mixpanel
      yield* Stream.runCollect(Stream.take(calls.paginate(serviceSession, { family: "app", path: "/list" }), 2))
      expect(yield* sent).toHaveLength(1)
    }).pipe(Effect.provide(answering(() => ({ body: { results: [1, 2], pagination: { next_cursor: "b" } } }))))
  )
  it.effect("does not go in circles", () =>
    Effect.gen(function* () {
      expect((yield* Effect.flip(all)).message).toContain("a page that was read already")
      expect(yield* sent).toHaveLength(2)
    }).pipe(Effect.provide(answering(() => ({ body: { results: [1], pagination: { next_cursor: "same" } } }))))
  )
  it.effect("is no list without results", () =>
    Effect.map(Effect.flip(all), ({ _tag }) => expect(_tag).toBe("UnexpectedResponse")).pipe(
      Effect.provide(answering(() => ({ body: { results: {} } })))
    )
  )
})
