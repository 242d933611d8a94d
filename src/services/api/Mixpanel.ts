import * as Chunk from "effect/Chunk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { RequestError } from "../../domain/api/ApiError.ts"
import { elements, member } from "../../domain/api/writtenJson.ts"
import type { ExportQuery } from "../../domain/api/ExportQuery.ts"
import type { ImportReport } from "../../domain/api/ImportReport.ts"
import type { MixpanelEvent } from "../../domain/api/MixpanelEvent.ts"
import { decodePage, mostPages, type Page } from "../../domain/api/Pagination.ts"
import {
  decodeSegmentation,
  type Segmentation,
  type SegmentationQuery,
  segmentationParameters
} from "../../domain/api/Segmentation.ts"
import { decodeTolerant } from "../../domain/internal/decode.ts"
import type { NoWorkspaces } from "../../domain/errors.ts"
import { type Me, projectsOf } from "../../domain/api/Me.ts"
import type { Session, Project, WorkspaceRef } from "../../domain/session/Session.ts"
import { QueryBudget } from "../budget/QueryBudget.ts"
import { budgeted } from "./budgeted.ts"
import { Discovery } from "./Discovery.ts"
import {
  type Answer,
  answer,
  type Call,
  type Decode,
  decoded,
  decodedAs,
  fetchMe,
  fetchWorkspaces,
  unexpected
} from "./http/answers.ts"
import { exportEvents } from "./events/exportEvents.ts"
import { importEvents, type ImportOptions } from "./events/importEvents.ts"
import { trackEvents, type TrackOptions } from "./events/trackEvents.ts"
import { MixpanelHttpClient, type RequestOptions } from "./MixpanelHttpClient.ts"
import { ProjectCredentials } from "./ProjectCredentials.ts"

export type { Call } from "./http/answers.ts"

/**
 * What `Mixpanel` offers.
 * @since 0.1.0
 * @category services
 */
export interface MixpanelShape {
  /** Who the session's credential belongs to, and what it can see. The session's project plays no part. */
  readonly me: (session: Session) => Effect.Effect<Me, RequestError>
  /** The projects that the credential can see, by ascending id. From `/me`. */
  readonly projects: (session: Session) => Effect.Effect<ReadonlyArray<Project>, RequestError>
  /** The workspaces of the session's project. */
  readonly workspaces: (session: Session) => Effect.Effect<ReadonlyArray<WorkspaceRef>, RequestError>
  /** The names of the project's events. */
  readonly events: (session: Session) => Effect.Effect<ReadonlyArray<string>, RequestError>
  /**
   * How often an event happened, by date and by the values of a property.
   *
   * @example
   * ```ts
   * mixpanel.segmentation(session, { event: "Login", from: "2026-01-01", to: "2026-01-31", unit: "week" })
   * ```
   */
  readonly segmentation: (session: Session, query: SegmentationQuery) => Effect.Effect<Segmentation, RequestError>
  /**
   * The raw events of a span of days, read from the answer as they are asked for: memory does not grow with the export,
   * and whoever stops early, or is interrupted, closes the connection. A line that is no event is an
   * `UnexpectedResponse` that names its number, after all events before it; an answer that breaks off a `NetworkFailed`.
   *
   * @since 0.1.0
   * @example
   * ```ts
   * mixpanel.export(session, { from: "2026-01-01", to: "2026-01-31", events: ["Login"] }).pipe(
   *   Stream.map(({ properties }) => `${JSON.stringify(properties)}\n`),
   *   Stream.encodeText,
   *   Stream.run(fileSystem.sink("logins.ndjson"))
   * )
   * ```
   */
  readonly export: (
    session: Session,
    query: ExportQuery,
    options?: Pick<RequestOptions, "projectSecret">
  ) => Stream.Stream<MixpanelEvent, RequestError>
  /**
   * Imports events of any age, checked by the server (`strict`), in batches of at most 2,000 events and 2 MB, each in
   * gzip. A batch is sent when its report is asked for, so that the source is read no faster than Mixpanel takes it. It is
   * sent again up to 3 times after a 429, a 5xx or a failure of the network (`Retry-After` is obeyed up to 60 s): Mixpanel
   * counts events of the same `$insert_id` once, and an event that has none gets a random one. To import the same events a second time,
   * give them ids of your own.
   *
   * Events that the server refuses are in the report of their batch. An event that cannot be sent at all is an
   * `InvalidArgument` that names its number. After any error, what was not reported on is to be sent again.
   *
   * @since 0.1.0
   * @example
   * ```ts
   * mixpanel.import(session, events, { concurrency: 4 }).pipe(
   *   Stream.runForEach(({ accepted, failedRecords, sent }) => Effect.logInfo(`${accepted} of ${sent}`, failedRecords))
   * )
   * ```
   */
  readonly import: <E, R>(
    session: Session,
    events: Stream.Stream<MixpanelEvent, E, R>,
    options?: ImportOptions
  ) => Stream.Stream<ImportReport, E | RequestError, R>
  /**
   * Sends events of now (of the last five days), under the token of the session's project: the one of the call, else the
   * one that this machine holds for the project of a session that comes from here (`MP_PROJECT_TOKEN`, `[settings]`). Sent again like
   * an import, and with ids like there. What the server refuses is a `QueryRejected`.
   *
   * @since 0.1.0
   * @example
   * ```ts
   * mixpanel.track(session, [{ event: "Login", properties: { distinct_id: "user-1" } }], { projectToken })
   * ```
   */
  readonly track: (
    session: Session,
    events: ReadonlyArray<MixpanelEvent>,
    options?: TrackOptions
  ) => Effect.Effect<void, RequestError>
  /**
   * Any other request: the JSON that is answered, or `{ status: "ok" }` where there is no content (204).
   * A session without a workspace has one found for it where the path asks for `{workspace_id}`.
   *
   * @example
   * ```ts
   * mixpanel.request(session, { family: "app", path: "/projects/{project_id}/cohorts" })
   * ```
   */
  readonly request: (session: Session, call: Call) => Effect.Effect<unknown, RequestError | NoWorkspaces>
  /**
   * The `results` of a list that comes in pages, following `pagination.next_cursor` as the parameter
   * `cursor`. A page is asked for when its elements are; a cursor that comes again, or a list of more than
   * 1,000 pages, is an `UnexpectedResponse`.
   */
  readonly paginate: (session: Session, call: Call) => Stream.Stream<unknown, RequestError | NoWorkspaces>
  /** The same as JSON texts of one line each, with the numbers as the server wrote them. */
  readonly paginateWritten: (session: Session, call: Call) => Stream.Stream<string, RequestError | NoWorkspaces>
}

/**
 * Mixpanel's API as typed calls.
 * @since 0.1.0
 * @category services
 */
export class Mixpanel extends Context.Tag("effect-mixpanel/Mixpanel")<Mixpanel, MixpanelShape>() {}

interface ReadPage extends Page {
  readonly got: Answer
}

const make = Effect.gen(function* () {
  const client = yield* MixpanelHttpClient
  const discovery = yield* Discovery
  const projects = yield* ProjectCredentials
  const budget = yield* QueryBudget

  const me = (session: Session) => fetchMe(client, session)

  const ask = (session: Session, call: Call) =>
    Effect.flatMap(discovery.placed(session, [call.path]), (placed) =>
      budgeted(budget, placed, call)(answer(client, placed, call))
    )

  const asked = <A>(
    session: Session,
    path: string,
    parameters: Readonly<Record<string, string>>,
    what: string,
    decode: Decode<A>
  ) => {
    const call = queryCall(session, path, parameters)
    return budgeted(budget, session, call)(decoded(client, session, call, what, decode))
  }

  const page = (session: Session, call: Call, cursor: Option.Option<string>) =>
    Effect.flatMap(ask(session, withCursor(call, cursor)), (got) =>
      Effect.map(decodedAs(got, "a page with a list of results", decodePage), ({ next, results }) => ({
        got,
        next: Option.map(next, (cursor) => writtenNumber(got.text) ?? cursor),
        results
      }))
    )

  const pages = <A>(session: Session, call: Call, resultsOf: (page: ReadPage) => ReadonlyArray<A>) =>
    Stream.suspend(() => {
      const seen = new Set<string>()
      return Stream.paginateChunkEffect(Option.none<string>(), (cursor) =>
        Effect.flatMap(page(session, call, cursor), (read) => {
          const { got, next } = read
          if (Option.exists(next, (value) => seen.has(value))) {
            return Effect.fail(unexpected(got, "it names a page that was read already"))
          }
          if (seen.size >= mostPages) {
            return Effect.fail(unexpected(got, `the list does not end: ${mostPages} pages were read`))
          }
          Option.map(next, (value) => seen.add(value))
          return Effect.succeed([Chunk.fromIterable(resultsOf(read)), Option.map(next, Option.some)] as const)
        })
      )
    })

  return Mixpanel.of({
    me: traced("me", me),
    projects: traced("projects", (session: Session) => Effect.map(me(session), projectsOf)),
    workspaces: traced("workspaces", (session: Session) => fetchWorkspaces(client, session)),
    events: traced("events", (session: Session) =>
      asked(session, "/events/names", { type: "general" }, "a list of names", decodeNames)
    ),
    segmentation: (session, query) =>
      Effect.flatMap(segmentationParameters(query), (parameters) =>
        asked(
          session,
          "/segmentation",
          Object.fromEntries(parameters),
          "the answer of a segmentation query",
          decodeSegmentation
        )
      ).pipe(Effect.withSpan("Mixpanel.segmentation", { captureStackTrace: false })),
    export: exportEvents(client),
    import: importEvents(client),
    track: trackEvents(client, projects),
    request: (session, call) =>
      Effect.map(ask(session, call), ({ json }) => json).pipe(
        Effect.withSpan("Mixpanel.request", { captureStackTrace: false })
      ),
    paginate: (session, call) => pages(session, call, ({ results }) => results),
    paginateWritten: (session, call) => pages(session, call, ({ got }) => elements(member(got.text, "results") ?? ""))
  })
})

/**
 * The calls over `MixpanelHttpClient`; `Discovery` finds the workspaces that paths leave open.
 *
 * @example
 * ```ts
 * const mixpanel = Layers.mixpanel.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Mixpanel, never, MixpanelHttpClient | Discovery | ProjectCredentials | QueryBudget> =
  Layer.effect(Mixpanel, make)

const traced =
  <A, E>(name: string, call: (session: Session) => Effect.Effect<A, E>) =>
  (session: Session): Effect.Effect<A, E> =>
    Effect.withSpan(call(session), `Mixpanel.${name}`, { captureStackTrace: false })

const queryCall = (session: Session, path: string, parameters: Readonly<Record<string, string>>): Call => ({
  family: "query",
  path,
  query: {
    project_id: session.projectId,
    ...Option.match(session.workspaceId, { onNone: () => ({}), onSome: (id) => ({ workspace_id: String(id) }) }),
    ...parameters
  }
})

/** A cursor that is a number, as it is written: it may be larger than what a number holds. */
const writtenNumber = (text: string): string | undefined => {
  const cursor = member(member(text, "pagination") ?? "", "next_cursor")
  return cursor !== undefined && /^-?[0-9]+$/.test(cursor) ? cursor : undefined
}

const withCursor = (call: Call, cursor: Option.Option<string>): Call =>
  Option.match(cursor, {
    onNone: () => call,
    onSome: (value) => ({ ...call, query: { ...call.query, cursor: value } })
  })

const decodeNames = decodeTolerant(Schema.Array(Schema.String))
