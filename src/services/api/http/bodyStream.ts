import type * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

type Response = HttpClientResponse.HttpClientResponse

const statuses: ReadonlySet<number> = new Set([204, 205, 304])

/** Whether an answer is complete without a body, whatever its headers say (RFC 9110, section 6.4.1). */
export const hasNoBody = ({ request, status }: Pick<Response, "request" | "status">): boolean =>
  request.method === "HEAD" || statuses.has(status)

/** What stands in the way of reading it is an error of the stream; having no body is none. */
export const bodyStream = (response: Response): Stream.Stream<Uint8Array, HttpClientError.ResponseError> =>
  hasNoBody(response)
    ? Stream.execute(release(response))
    : Stream.catchAll(response.stream, (error) => (error.reason === "EmptyBody" ? Stream.empty : Stream.fail(error)))

/** The connection is given back where nothing follows, and closed where something does that nobody waits for. */
const release = (response: Response): Effect.Effect<void> =>
  Effect.ignore(Effect.timeout(Stream.runDrain(Stream.take(response.stream, 1)), "1 second"))
