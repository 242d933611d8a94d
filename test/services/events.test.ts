/** Events out and in: what is asked for and sent, line by line and batch by batch. */
import { expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { MixpanelEvent, stateless } from "effect-mixpanel"
import { describe } from "vitest"
import { readEvent } from "#src/domain/api/MixpanelEvent.ts"
import { LineCutter } from "#src/services/api/events/LineCutter.ts"
import { type ScriptedHandler, layer as scripted, ScriptedHttp } from "#src/layers/memory/ScriptedHttp.ts"
import { Mixpanel } from "#src/services/api/Mixpanel.ts"
import { serviceSession } from "./httpSupport.ts"

const session = serviceSession.replace({ origin: "given" })
const days = { from: "2026-01-01", to: "2026-01-31" }
const over = (handler: ScriptedHandler) => Layer.provideMerge(stateless, scripted(handler))
const sent = Effect.flatMap(ScriptedHttp, ({ requests }) => requests)
const event = (n: number, properties: Readonly<Record<string, unknown>> = {}): MixpanelEvent => ({
  event: "Login",
  properties: { time: 1_767_225_600 + n, distinct_id: `user-${n}`, ...properties }
})
const lineOf = (value: unknown) => `${JSON.stringify(value)}\n`

/** Compression takes its time by a clock of its own. */
const eventually = <R>(condition: Effect.Effect<boolean, never, R>) =>
  Effect.repeat(
    Effect.zipRight(
      Effect.promise(() => new Promise((resolve) => setImmediate(resolve))),
      condition
    ),
    {
      until: (isSo) => isSo
    }
  )

const lines = (count: number) => new TextEncoder().encode(lineOf(event(1)).repeat(count))

describe("export", () => {
  const exported = (query = {}) =>
    Stream.unwrap(Effect.map(Mixpanel, (mixpanel) => mixpanel.export(session, { ...days, ...query })))

  it.effect("asks for days, names, an expression and a number of events, and gives what each line holds", () =>
    Effect.gen(function* () {
      const got = yield* Stream.runCollect(exported({ events: ["A", "B"], where: "true", limit: 2 }))
      expect(Chunk.toReadonlyArray(got)).toEqual([event(1), event(2)])
      expect((yield* sent)[0]?.url).toBe(
        `https://data.mixpanel.com/api/2.0/export?project_id=3018488&from_date=2026-01-01&to_date=2026-01-31&event=${encodeURIComponent('["A","B"]')}&where=true&limit=2`
      )
    }).pipe(Effect.provide(over(() => ({ body: `${lineOf(event(1))}\r\n${JSON.stringify(event(2))}` }))))
  )

  it.effect.each([
    ["not JSON", "{", "line 3 is no event: not valid JSON"],
    ["no object", "[]", "line 3 is no event: must be an object"],
    ["no properties", '{"event":"A"}', "line 3 is no event: properties is missing"],
    [
      "wrong properties",
      '{"event":"","properties":[]}',
      "line 3 is no event: event must be a non-empty string; properties must be an object"
    ],
    ["an error of the server", '{"error":"down"}', "line 3 is no event: event is missing; properties is missing"],
    [
      "the end that Mixpanel gives it",
      "terminated early",
      "line 3 is no event: the export was terminated early by Mixpanel"
    ]
  ] as const)("%s in a line comes after the events before it, and is named by its number", ([, line, reason]) =>
    Effect.gen(function* () {
      const got: Array<MixpanelEvent> = []
      const failure = yield* Effect.flip(Stream.runForEach(exported(), (one) => Effect.sync(() => got.push(one))))
      expect(failure).toMatchObject({ _tag: "UnexpectedResponse", status: 200, reason })
      expect(got).toHaveLength(2)
    }).pipe(
      Effect.provide(over(() => ({ body: `${lineOf(event(1))}${lineOf(event(2))}${line}\n${lineOf(event(4))}` })))
    )
  )

  it.effect.each([
    [1, "in the middle", [...lines(2), 0x22, 0xff, 0x22, 0x0a, ...lines(1)], 2],
    [2, "in a first line", [0xc3, 0x0a, ...lines(2)], 0],
    [3, "in an end that nothing ends", [...lines(2), 0xe2, 0x82], 2]
  ] as const)("%i: bytes that are no UTF-8, %s, are an error that names the line", ([, , bytes, before]) =>
    Effect.gen(function* () {
      const got: Array<MixpanelEvent> = []
      const failure = yield* Effect.flip(Stream.runForEach(exported(), (one) => Effect.sync(() => got.push(one))))
      const reason = `line ${before + 1} is no event: not valid UTF-8`
      expect(failure).toMatchObject({ _tag: "UnexpectedResponse", reason })
      expect(got).toHaveLength(before)
    }).pipe(Effect.provide(over(() => ({ body: Uint8Array.from(bytes) }))))
  )

  it.effect.each([
    [{ from: "2026-02-30" }, /\(from\)/],
    [{ to: "" }, /\(to\)/],
    [{ to: "2025-01-01" }, /after the last/],
    [{ events: ["A", ""] }, /events\[1\]/],
    [{ limit: 0 }, /limit/],
    [{ limit: 1.5 }, /limit/],
    [{ events: "A" }, /events/],
    [{ where: 1 }, /where/]
  ] as const)("%j is not sent", ([query, message]) =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(Stream.runDrain(exported(query)))
      expect(failure).toMatchObject({ _tag: "InvalidArgument", message: expect.stringMatching(message) })
      expect(failure.details).toMatchObject({
        path: [expect.any(String), ...("events" in query && Array.isArray(query.events) ? [1] : [])]
      })
      expect(yield* sent).toEqual([])
    }).pipe(Effect.provide(over(() => ({}))))
  )

  it("lines are the same however the bytes are cut", () =>
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(FastCheck.string({ unit: "binary" }).map((text) => text.replaceAll(/[\n\uFEFF]/g, " "))),
        FastCheck.array(FastCheck.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (lines, sizes) => {
          const cutter = new LineCutter()
          const bytes = new TextEncoder().encode(lines.join("\n"))
          const got: Array<string> = []
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1
            got.push(...cutter.take(bytes.subarray(at, at + size)))
            at += size
          }
          expect([...got, ...cutter.rest()].join("\n")).toBe(lines.join("\n"))
        }
      )
    ))

  it("the first line that is no text is the same however the bytes are cut", () =>
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(FastCheck.array(FastCheck.constantFrom(0x61, 0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xef, 0xbb, 0xbf))),
        FastCheck.array(FastCheck.integer({ min: 1, max: 5 }), { minLength: 1 }),
        (texts, sizes) => {
          const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
          const isText = (bytes: ReadonlyArray<number>) =>
            Either.isRight(Either.try(() => strict.decode(Uint8Array.from(bytes))))
          const bytes = Uint8Array.from(texts.flatMap((text, at) => (at === 0 ? text : [0x0a, ...text])))
          const cutter = new LineCutter()
          const got: Array<string> = []
          for (let at = 0, turn = 0; at < bytes.length && cutter.problem === undefined; turn++) {
            const size = sizes[turn % sizes.length] ?? 1
            got.push(...cutter.take(bytes.subarray(at, at + size)))
            at += size
          }
          if (cutter.problem === undefined) got.push(...cutter.rest())
          const fault = texts.findIndex((text) => !isText(text))
          expect(cutter.problem).toBe(fault === -1 ? undefined : "not valid UTF-8")
          expect(got).toHaveLength(fault === -1 ? Math.max(texts.length, 1) : fault)
        }
      )
    ))

  it("what is read fast is what the schema says", () =>
    FastCheck.assert(
      FastCheck.property(FastCheck.oneof(Arbitrary.make(MixpanelEvent), FastCheck.object()), (value) => {
        expect(readEvent(value)._tag).toBe(Schema.is(MixpanelEvent)(value) ? "Right" : "Left")
      })
    ))
})

describe("import", () => {
  const accept: ScriptedHandler = ({ body }) => ({
    body: { code: 200, num_records_imported: JSON.parse(body).length, status: "OK" }
  })
  const imported = (events: Stream.Stream<MixpanelEvent>, options = {}) =>
    Effect.flatMap(Mixpanel, (mixpanel) => Stream.runCollect(mixpanel.import(session, events, options))).pipe(
      Effect.map(Chunk.toReadonlyArray)
    )
  const many = (count: number) => Stream.map(Stream.range(0, count - 1), (n) => event(n))

  it.effect(
    "sends at most 2,000 events at once, in gzip, with the account's credential, and reports on each batch",
    () =>
      Effect.gen(function* () {
        expect(yield* imported(many(4_500))).toEqual([
          { first: 0, sent: 2_000, accepted: 2_000, failedRecords: [] },
          { first: 2_000, sent: 2_000, accepted: 2_000, failedRecords: [] },
          { first: 4_000, sent: 500, accepted: 500, failedRecords: [] }
        ])
        const [request] = yield* sent
        expect(request?.url).toBe("https://api.mixpanel.com/import?strict=1&project_id=3018488")
        expect(request?.headers).toMatchObject({ "content-type": "application/json", "content-encoding": "gzip" })
        expect(request?.headers["authorization"]).toMatch(/^Basic /)
      }).pipe(Effect.provide(over(accept)))
  )

  it.effect("sends at most 2 MB at once", () =>
    Effect.gen(function* () {
      const events = Stream.map(Stream.range(0, 9), (n) =>
        event(n, { $insert_id: `id-${n}`, text: "ü".repeat(300_000) })
      )
      const reports = yield* imported(events)
      expect(reports.map((report) => report.sent)).toEqual([3, 3, 3, 1])
      for (const { body } of yield* sent) expect(new TextEncoder().encode(body).length).toBeLessThanOrEqual(2_000_000)
    }).pipe(Effect.provide(over(accept)))
  )

  it.effect("gives an event without $insert_id one that no other has, and leaves the others alone", () =>
    Effect.gen(function* () {
      yield* imported(Stream.concat(many(3), Stream.make(event(3, { $insert_id: "mine" }))))
      yield* imported(many(1))
      const ids = (yield* sent).flatMap(({ body }) =>
        JSON.parse(body).map((one: MixpanelEvent) => String(one.properties["$insert_id"]))
      )
      expect(new Set(ids).size).toBe(5)
      expect(ids[3]).toBe("mine")
      for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9-]{1,36}$/)
    }).pipe(Effect.provide(over(accept)))
  )

  it.effect("sends a batch again, the very same, after 429 and 5xx, when Retry-After says so", () => {
    let count = 0
    return Effect.gen(function* () {
      const fiber = yield* Effect.fork(imported(many(2)))
      yield* eventually(Effect.map(sent, ({ length }) => length === 1))
      yield* TestClock.adjust("6 seconds")
      expect(yield* sent).toHaveLength(1)
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(fiber)).toHaveLength(1)
      const bodies = (yield* sent).map(({ body }) => body)
      expect(bodies).toHaveLength(3)
      expect(new Set(bodies).size).toBe(1)
    }).pipe(
      Effect.provide(
        over((request) => {
          count++
          if (count === 1) return { status: 429, headers: { "retry-after": "7" }, body: { error: "slow down" } }
          return count === 2 ? { status: 503, body: {} } : accept(request)
        })
      )
    )
  })

  it.effect("an event that the server refuses is in its batch's report, by its number in the stream", () =>
    Effect.gen(function* () {
      const reports = yield* imported(many(2_001))
      expect(reports[1]).toEqual({
        first: 2_000,
        sent: 1,
        accepted: 0,
        failedRecords: [
          { index: 2_000, insertId: Option.some("x"), field: Option.some("properties.time"), message: "too old" }
        ]
      })
    }).pipe(
      Effect.provide(
        over((request) =>
          JSON.parse(request.body).length === 2_000
            ? accept(request)
            : {
                status: 400,
                body: {
                  code: 400,
                  error: "some data points in the request failed validation",
                  failed_records: [{ index: 0, insert_id: "x", field: "properties.time", message: "too old" }],
                  num_records_imported: 0
                }
              }
        )
      )
    )
  )

  it.effect.each([
    [400, { error: "Invalid JSON" }, "QueryRejected", "Invalid JSON"],
    [401, { error: "no s3cr3t/+=&?Ünïcode" }, "AuthenticationFailed", "no ‹redacted›"],
    [413, { error: "too large" }, "QueryRejected", "too large"],
    [200, { status: "OK" }, "UnexpectedResponse", "the body is not the report of an import"]
  ] as const)("%i with %j is an error", ([status, body, tag, reason]) =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(imported(many(1)))).toMatchObject({ _tag: tag, status, reason })
    }).pipe(Effect.provide(over(() => ({ status, body }))))
  )

  it.effect.each([
    ["a big number", event(1, { n: 1n }), /Event 1 .*JSON/],
    ["a circle", event(1, circle()), /Event 1 .*JSON/],
    ["no name", { event: "", properties: {} }, /Event 1 .*event must be a non-empty string/],
    ["no properties", JSON.parse('{"event":"A"}'), /Event 1 .*properties is missing/],
    ["nothing", null, /Event 1 .*must be an object/],
    ["too much", event(1, { text: "x".repeat(2_000_000) }), /Event 1 .*longer/]
  ] as const)("an event with %s is not sent", ([, wrong, message]) =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(imported(Stream.make(event(0), wrong)))
      expect(failure).toMatchObject({ _tag: "InvalidArgument", message: expect.stringMatching(message) })
      expect(yield* sent).toEqual([])
    }).pipe(Effect.provide(over(accept)))
  )

  it.effect("takes from its source no more than it can send", () => {
    let taken = 0
    return Effect.gen(function* () {
      const mixpanel = yield* Mixpanel
      const events = Stream.tap(Stream.rechunk(many(20_000), 100), () => Effect.sync(() => taken++))
      yield* Stream.runDrain(Stream.take(mixpanel.import(session, events), 1))
      expect(taken).toBeLessThanOrEqual(2_500)
    }).pipe(Effect.provide(over(accept)))
  })

  it.effect("an error of the source is the stream's own", () =>
    Effect.gen(function* () {
      const mixpanel = yield* Mixpanel
      expect(yield* Effect.flip(Stream.runDrain(mixpanel.import(session, Stream.fail("of mine" as const))))).toBe(
        "of mine"
      )
    }).pipe(Effect.provide(over(accept)))
  )
})

describe("track", () => {
  const token = "pr0ject/t0ken"
  const tracked = (options?: { readonly projectToken: Redacted.Redacted }) =>
    Effect.flatMap(Mixpanel, (mixpanel) => mixpanel.track(session, [event(1)], options))
  const withToken = { projectToken: Redacted.make(token) }

  it.effect("sends the token of the call in each event, and no other credential", () =>
    Effect.gen(function* () {
      yield* tracked(withToken)
      const [request] = yield* sent
      expect(request?.url).toBe("https://api.mixpanel.com/track?verbose=1")
      expect(request?.headers["authorization"]).toBeUndefined()
      expect(JSON.parse(request?.body ?? "")).toMatchObject([{ event: "Login", properties: { token } }])
    }).pipe(Effect.provide(over(() => ({ body: { status: 1, error: null } }))))
  )

  it.effect("is an error where the server says so, whatever its status", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(tracked(withToken))
      expect(failure).toMatchObject({ _tag: "QueryRejected", status: 200, reason: "token ‹redacted› is unknown" })
    }).pipe(Effect.provide(over(() => ({ body: { status: 0, error: `token ${token} is unknown` } }))))
  )

  it.effect("is nothing without a token", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(tracked())).toMatchObject({ _tag: "CredentialNotAccepted", needed: ["project_token"] })
      const inClear = Object.assign({ ...withToken }, { projectToken: token })
      expect(yield* Effect.flip(tracked(inClear))).toMatchObject({ details: { path: ["projectToken"] } })
      expect(yield* sent).toEqual([])
    }).pipe(Effect.provide(over(() => ({}))))
  )
})

function circle(): Record<string, unknown> {
  const round: Record<string, unknown> = {}
  round["self"] = round
  return round
}
