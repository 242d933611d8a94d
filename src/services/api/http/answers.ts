import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import type { HttpMethod } from "@effect/platform/HttpMethod"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import {
  NetworkFailed,
  type RequestError,
  type RequestSummary,
  UnexpectedResponse
} from "../../../domain/api/ApiError.ts"
import { saysError } from "../../../domain/api/errorInside.ts"
import { noReason } from "../../../domain/api/Scrub.ts"
import { bodyReason, timedOut } from "../../../domain/api/NetworkReason.ts"
import { isSuccess } from "../../../domain/api/RetryPolicy.ts"
import { fillPath } from "../../../domain/api/PathTemplate.ts"
import type { DecodeIssue } from "../../../domain/internal/decode.ts"
import type { ApiFamily } from "../../../domain/api/Endpoints.ts"
import { InvalidArgument } from "../../../domain/errors.ts"
import { parseJson } from "../../../domain/internal/json.ts"
import { decodeMe, decodeProjectIndex, decodeWorkspaces, type Me } from "../../../domain/api/Me.ts"
import type { ProjectId } from "../../../domain/account/identifiers.ts"
import type { Caller } from "../../../domain/session/Caller.ts"
import type { Session, WorkspaceRef } from "../../../domain/session/Session.ts"
import type { MixpanelHttpClientShape, RequestOptions } from "../MixpanelHttpClient.ts"
import { hasNoBody } from "./bodyStream.ts"
import { withDeadline } from "./deadline.ts"
import { SafeResponse } from "./SafeResponse.ts"
import { gather, legibleText, maxAnswerBytes, textOf } from "./gather.ts"

/**
 * A request that has no call of its own.
 * @since 0.1.0
 * @category models
 */
export interface Call extends RequestOptions {
  readonly family: ApiFamily
  /** Below the family's base, or below the host with `rootedAt: "host"`; `{project_id}` and `{workspace_id}` are filled in. */
  readonly path: string
  /** `GET` unless given. */
  readonly method?: HttpMethod
  /** A name with a list is sent as often as the list is long. */
  readonly query?: Readonly<Record<string, string | ReadonlyArray<string>>>
  /** `Authorization` and what belongs to the connection are not the caller's. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

export type Decode<A> = (input: unknown) => Either.Either<A, ReadonlyArray<DecodeIssue>>

export interface Source {
  readonly summary: RequestSummary
  readonly status: number
}

export interface Answer extends Source {
  readonly json: unknown
  readonly text: string
  /** The reason that it gives, where it is an error in spite of its status. */
  readonly error?: string | undefined
}

export const answer = (client: MixpanelHttpClientShape, session: Session, call: Call) =>
  Effect.gen(function* () {
    const request = yield* toRequest(session, call)
    const bound = yield* client.forSession(session, call.family, call)
    const response = yield* bound.execute(request)
    return yield* readJson(response)
  })

export const decoded = <A>(
  client: MixpanelHttpClientShape,
  session: Session,
  call: Call,
  what: string,
  decode: Decode<A>
): Effect.Effect<A, RequestError> =>
  Effect.flatMap(answer(client, session, call), (got) => decodedAs(got, what, decode))

export const fetchMe = (client: MixpanelHttpClientShape, caller: Caller): Effect.Effect<Me, RequestError> =>
  client.forSession(caller, "app").pipe(
    Effect.flatMap((app) => app.execute(HttpClientRequest.acceptJson(HttpClientRequest.get("/me")))),
    Effect.flatMap(readJson),
    Effect.flatMap((got) => decodedAs(got, "an answer that names a user", decodeMe))
  )

const workspacesFrom =
  (path: string, what: string, decode: (project: ProjectId) => Decode<ReadonlyArray<WorkspaceRef>>) =>
  (client: MixpanelHttpClientShape, session: Session): Effect.Effect<ReadonlyArray<WorkspaceRef>, RequestError> =>
    decoded(client, session, { family: "app", path }, what, decode(session.projectId))

export const fetchWorkspaces = workspacesFrom(
  "/projects/{project_id}/workspaces/public",
  "a list of workspaces",
  decodeWorkspaces
)

/** The same from the index of all projects, for credentials that a project itself lists nothing to. */
export const fetchIndexedWorkspaces = workspacesFrom(
  "/projects/metadata/index",
  "an index of projects",
  decodeProjectIndex
)

const toRequest = (session: Session, { body, headers = {}, method = "GET", path, query = {} }: Call) =>
  Effect.flatMap(fillPath(path, session), (filled) => {
    const request = HttpClientRequest.make(method)(filled).pipe(
      HttpClientRequest.setUrlParams(query),
      HttpClientRequest.acceptJson,
      HttpClientRequest.setHeaders(headers)
    )
    return body === undefined
      ? Effect.succeed(request)
      : Effect.mapError(HttpClientRequest.bodyJson(request, body), () => notJson)
  })

const notJson = new InvalidArgument({ message: "The body of the request cannot be written as JSON.", hints: [] })

const bodyMillis = 120_000

const readJson = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Answer, NetworkFailed | UnexpectedResponse> => {
  if (hasNoBody(response)) return Effect.succeed({ ...sourceOf(response), json: { status: "ok" }, text: "" })
  return Effect.flatMap(readText(response), (got) =>
    Either.mapBoth(parseJson(got.text), {
      onLeft: (problem) => unexpected(got, `the body is ${problem}`),
      onRight: (json) => ({ ...got, json, error: errorInside(response, json, got.text) })
    })
  )
}

/** The reason of an error in a successful answer. Of another client's answer no text is shown: its secrets are not known. */
export const errorInside = (
  response: HttpClientResponse.HttpClientResponse,
  json: unknown,
  text: string
): string | undefined => {
  if (!saysError(json)) return undefined
  return response instanceof SafeResponse ? response.reason(text) : noReason
}

export const readText = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Source & { readonly text: string }, NetworkFailed | UnexpectedResponse> => {
  const source = sourceOf(response)
  return gather(response, maxAnswerBytes).pipe(
    Effect.mapError((error) =>
      error._tag === "BodyTooLong" ? unexpected(source, error.reason) : brokenOff(source.summary)(error)
    ),
    withDeadline(bodyMillis, () => new NetworkFailed({ ...source.summary, reason: timedOut(bodyMillis) })),
    Effect.flatMap((bytes) =>
      isSuccess(source.status)
        ? Either.mapLeft(textOf(bytes), (problem) => unexpected(source, `the body is ${problem}`))
        : Effect.succeed(legibleText(bytes))
    ),
    Effect.map((text) => ({ ...source, text }))
  )
}

export const sourceOf = ({ request, status }: HttpClientResponse.HttpClientResponse): Source => ({
  summary: { method: request.method, url: request.url },
  status
})

/** What became of a body: ours already from our client, and made ours from another one in its place. */
export const brokenOff =
  (summary: RequestSummary) =>
  (error: unknown): NetworkFailed | UnexpectedResponse =>
    error instanceof NetworkFailed || error instanceof UnexpectedResponse
      ? error
      : new NetworkFailed({ ...summary, reason: bodyReason(error) })

/**
 * An error is one whatever its status. What else is wrong with a body is not told in detail: the place would be named by
 * keys of the body itself.
 */
export const decodedAs = <A>(got: Answer, what: string, decode: Decode<A>): Effect.Effect<A, UnexpectedResponse> =>
  got.error === undefined
    ? Effect.mapError(decode(got.json), () => unexpected(got, `the body is not ${what}`))
    : isAnError(got, got.error)

export const isAnError = (source: Source, reason: string): UnexpectedResponse =>
  unexpected(source, `the body is an error: ${reason}`)

export const unexpected = ({ status, summary }: Source, reason: string): UnexpectedResponse =>
  new UnexpectedResponse({ ...summary, status, reason })
