/** Mixpanel's API as typed calls, each on behalf of the session that it is given. */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type { HttpMethod } from "@effect/platform/HttpMethod"
import * as Chunk from "effect/Chunk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { NetworkFailed, type RequestError, type RequestSummary, UnexpectedResponse } from "../domain/ApiError.ts"
import { timedOut } from "../domain/api/NetworkReason.ts"
import { decodePage } from "../domain/api/Pagination.ts"
import { fillPath } from "../domain/api/PathTemplate.ts"
import { parseJson } from "../domain/api/Scrub.ts"
import {
  decodeSegmentation,
  type Segmentation,
  type SegmentationQuery,
  segmentationParameters
} from "../domain/api/Segmentation.ts"
import { type DecodeIssue, decodeTolerant } from "../domain/decode.ts"
import type { ApiFamily } from "../domain/Endpoints.ts"
import { InvalidArgument } from "../domain/errors.ts"
import { decodeMe, decodeWorkspaces, type Me, projectsOf } from "../domain/Me.ts"
import type { Project } from "../domain/Project.ts"
import type { Session } from "../domain/Session.ts"
import type { WorkspaceRef } from "../domain/WorkspaceRef.ts"
import { withDeadline } from "./http/deadline.ts"
import { MixpanelHttpClient, type RequestOptions } from "./MixpanelHttpClient.ts"

/** A request that has no call of its own. */
export interface Call extends RequestOptions {
  readonly family: ApiFamily
  /** Below the family's base, or below the host with `rootedAt: "host"`; `{project_id}` and `{workspace_id}` are filled in. */
  readonly path: string
  /** `GET` unless given. */
  readonly method?: HttpMethod
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

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
   * Any other request: the JSON that is answered, or `{ status: "ok" }` where there is no content (204).
   *
   * @example
   * ```ts
   * mixpanel.request(session, { family: "app", path: "/projects/{project_id}/cohorts" })
   * ```
   */
  readonly request: (session: Session, call: Call) => Effect.Effect<unknown, RequestError>
  /**
   * The `results` of a list that comes in pages, following `pagination.next_cursor` as the parameter
   * `cursor`. A page is asked for when its elements are; a cursor that comes again is an
   * `UnexpectedResponse`.
   */
  readonly paginate: (session: Session, call: Call) => Stream.Stream<unknown, RequestError>
}

export class Mixpanel extends Context.Tag("effect-mixpanel/Mixpanel")<Mixpanel, MixpanelShape>() {}

const make = Effect.map(MixpanelHttpClient, (client): MixpanelShape => {
  const answer = (session: Session, call: Call) =>
    Effect.gen(function* () {
      const request = yield* toRequest(session, call)
      const bound = yield* client.forSession(session, call.family, { rootedAt: call.rootedAt ?? "family" })
      const response = yield* bound.execute(request)
      return yield* readJson(response)
    })

  const decoded = <A>(session: Session, call: Call, what: string, decode: Decode<A>) =>
    Effect.flatMap(answer(session, call), (got) => decodedAs(got, what, decode))

  const me = (session: Session) => decoded(session, { family: "app", path: "/me" }, "an object", decodeMe)

  const page = (session: Session, call: Call, cursor: Option.Option<string>) =>
    Effect.flatMap(answer(session, withCursor(call, cursor)), (got) =>
      Effect.map(decodedAs(got, "a page with a list of results", decodePage), ({ next, results }) => ({
        got,
        next,
        results
      }))
    )

  return {
    me: traced("me", me),
    projects: traced("projects", (session: Session) => Effect.map(me(session), projectsOf)),
    workspaces: traced("workspaces", (session: Session) =>
      decoded(
        session,
        { family: "app", path: "/projects/{project_id}/workspaces/public" },
        "a list of workspaces",
        decodeWorkspaces(session.projectId)
      )
    ),
    events: traced("events", (session: Session) =>
      decoded(
        session,
        { family: "query", path: "/events/names", query: { project_id: session.projectId, type: "general" } },
        "a list of names",
        decodeNames
      )
    ),
    segmentation: (session, query) =>
      Effect.flatMap(segmentationParameters(session.projectId, query), (parameters) =>
        decoded(
          session,
          { family: "query", path: "/segmentation", query: Object.fromEntries(parameters) },
          "the answer of a segmentation query",
          decodeSegmentation
        )
      ).pipe(Effect.withSpan("Mixpanel.segmentation", { captureStackTrace: false })),
    request: (session, call) =>
      Effect.map(answer(session, call), ({ json }) => json).pipe(
        Effect.withSpan("Mixpanel.request", { captureStackTrace: false })
      ),
    paginate: (session, call) =>
      Stream.suspend(() => {
        const seen = new Set<string>()
        return Stream.paginateChunkEffect(Option.none<string>(), (cursor) =>
          Effect.flatMap(page(session, call, cursor), ({ got, next, results }) => {
            if (Option.exists(next, (value) => seen.has(value))) {
              return Effect.fail(unexpected(got, "it names a page that was read already"))
            }
            Option.map(next, (value) => seen.add(value))
            return Effect.succeed([Chunk.fromIterable(results), Option.map(next, Option.some)] as const)
          })
        )
      })
  }
})

/** The calls over `MixpanelHttpClient`. */
export const layer: Layer.Layer<Mixpanel, never, MixpanelHttpClient> = Layer.effect(Mixpanel, make)

type Decode<A> = (input: unknown) => Either.Either<A, ReadonlyArray<DecodeIssue>>

/** A JSON answer, and as much of where it came from as an error may tell. */
interface Answer {
  readonly json: unknown
  readonly summary: RequestSummary
  readonly status: number
}

const traced =
  <A, E>(name: string, call: (session: Session) => Effect.Effect<A, E>) =>
  (session: Session): Effect.Effect<A, E> =>
    Effect.withSpan(call(session), `Mixpanel.${name}`, { captureStackTrace: false })

const toRequest = (session: Session, { body, method = "GET", path, query = {} }: Call) =>
  Effect.flatMap(fillPath(path, session), (filled) => {
    const request = HttpClientRequest.make(method)(filled).pipe(
      HttpClientRequest.setUrlParams(query),
      HttpClientRequest.acceptJson
    )
    return body === undefined
      ? Effect.succeed(request)
      : Effect.mapError(HttpClientRequest.bodyJson(request, body), () => notJson)
  })

const notJson = new InvalidArgument({ message: "The body of the request cannot be written as JSON.", hints: [] })

const withCursor = (call: Call, cursor: Option.Option<string>): Call =>
  Option.match(cursor, {
    onNone: () => call,
    onSome: (value) => ({ ...call, query: { ...call.query, cursor: value } })
  })

const bodyMillis = 120_000

const readJson = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Answer, NetworkFailed | UnexpectedResponse> => {
  const summary: RequestSummary = { method: response.request.method, url: response.request.url }
  const { status } = response
  if (status === 204) return Effect.succeed({ json: { status: "ok" }, summary, status })
  return response.text.pipe(
    Effect.mapError(() => new NetworkFailed({ ...summary, reason: "the connection ended before the answer did" })),
    withDeadline(bodyMillis, () => new NetworkFailed({ ...summary, reason: timedOut(bodyMillis) })),
    Effect.flatMap((text) =>
      Either.match(parseJson(text), {
        onLeft: () => Effect.fail(unexpected({ summary, status }, "the body is not JSON")),
        onRight: (json) => Effect.succeed({ json, summary, status })
      })
    )
  )
}

/** What is wrong with a body is not told in detail: the place would be named by keys of the body itself. */
const decodedAs = <A>(got: Answer, what: string, decode: Decode<A>): Effect.Effect<A, UnexpectedResponse> =>
  Effect.mapError(decode(got.json), () => unexpected(got, `the body is not ${what}`))

const unexpected = ({ status, summary }: Omit<Answer, "json">, reason: string): UnexpectedResponse =>
  new UnexpectedResponse({ ...summary, status, reason })

const decodeNames = decodeTolerant(Schema.Array(Schema.String))
