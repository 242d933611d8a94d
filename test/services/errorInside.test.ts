/** An error inside a successful answer is an error of every typed call, with the server's reason and without secrets. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { ProjectId } from "#src/domain/account/identifiers.ts"
import { decodeMe } from "#src/domain/api/Me.ts"
import { saysError } from "#src/domain/api/errorInside.ts"
import { Discovery, layer as discovery } from "#src/services/api/Discovery.ts"
import * as Layers from "#src/services/layers.ts"
import { MeCache } from "#src/services/api/MeCache.ts"
import { layer as mixpanel, Mixpanel } from "#src/services/api/Mixpanel.ts"
import { over, serviceSession } from "./httpSupport.ts"

const noCache = Layer.succeed(MeCache, {
  get: () => Effect.succeedNone,
  names: () => Effect.succeedNone,
  put: () => Effect.die("an error is not kept"),
  drop: () => Effect.succeed(false)
})

const answering = (body: unknown) =>
  mixpanel.pipe(
    Layer.provideMerge(Layer.provide(discovery, noCache)),
    Layer.provide(Layer.provide(Layers.memoryBudget(), Layers.webCrypto)),
    Layer.provideMerge(over(() => ({ body })))
  )

const event = { event: "e", properties: { time: 1, distinct_id: "d", $insert_id: "i" } }
const project = ProjectId.make(serviceSession.projectId)
/** As whole as each of the answers would be without the error. */
const whole = {
  user_id: 42,
  results: [],
  [project]: { workspaces: [] },
  data: { series: [], values: {} },
  legend_size: 0,
  num_records_imported: 1
}

it.effect.each([
  { ...whole, error: "out of order" },
  { ...whole, error: { message: "out of order" } },
  { ...whole, status: "error", message: "out of order" },
  { ...whole, error: ["out of order"] }
])("%j", (body) =>
  Effect.gen(function* () {
    const calls = yield* Mixpanel
    const { me, projects, workspaces } = yield* Discovery
    const typed = {
      me: calls.me(serviceSession),
      projects: calls.projects(serviceSession),
      workspaces: calls.workspaces(serviceSession),
      events: calls.events(serviceSession),
      segmentation: calls.segmentation(serviceSession, { event: "e", from: "2026-01-01", to: "2026-01-02" }),
      paginate: Stream.runDrain(calls.paginate(serviceSession, { family: "app", path: "/list" })),
      import: Stream.runDrain(calls.import(serviceSession, Stream.make(event))),
      foundMe: me(serviceSession),
      foundProjects: projects(serviceSession),
      foundWorkspaces: workspaces(serviceSession)
    }
    for (const [name, call] of Object.entries<Effect.Effect<unknown, unknown>>(typed)) {
      const error = yield* Effect.flip(call)
      expect([name, error]).toMatchObject([
        name,
        { _tag: "UnexpectedResponse", reason: expect.stringMatching(/is an error: out of order$/) }
      ])
    }
  }).pipe(Effect.provide(answering(body)))
)

it("nothing under `error` is no error", () => {
  for (const error of [undefined, null, false, "", []]) {
    expect(saysError({ error, results: [] })).toBe(false)
    expect(decodeMe({ user_id: 42, error })._tag).toBe("Right")
  }
  expect([saysError([]), saysError(null), saysError("error"), saysError({ status: "ok" })]).not.toContain(true)
})
