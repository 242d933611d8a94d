/** The engine of a program that sends a request or two and ends: the platform's client over `node:http`. */
import * as http from "node:http"
import * as https from "node:https"
import { HttpAgent, HttpAgentTypeId, make } from "@effect/platform-node/NodeHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { isIdempotent } from "../../../domain/api/RetryPolicy.ts"
import { codeOf } from "../../../domain/internal/systemRefusal.ts"

type Request = HttpClientRequest.HttpClientRequest
type Answer = ReturnType<HttpClient.HttpClient["execute"]>

/** Over connections that are kept for the next request, and closed with the scope. */
export const direct: Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> = Effect.gen(function* () {
  const lost = new WeakSet<object>()
  const agent = {
    [HttpAgentTypeId]: HttpAgentTypeId,
    http: yield* kept(watched(new http.Agent(settings), lost)),
    https: yield* kept(watched(new https.Agent(settings), lost))
  } as const
  const client = yield* Effect.provideService(make, HttpAgent, agent)
  return HttpClient.transform(client, (_, request) => again(send(client, request), request, lost))
})

const settings = { keepAlive: true, maxSockets: 64 }

const kept = <A extends http.Agent>(agent: A): Effect.Effect<A, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.succeed(agent), () => Effect.sync(() => agent.destroy()))

/**
 * The platform's client stops listening to a request once its answer has begun: what happens to it afterwards is told
 * by the answer, and must not end the program. `lost` are the errors of connections that were closed while they were
 * kept, which say nothing of the server.
 */
const watched = <A extends http.Agent>(agent: A, lost: WeakSet<object>): A => {
  const add: unknown = Reflect.get(agent, "addRequest")
  if (typeof add !== "function") return agent
  const addRequest = (request: http.ClientRequest, ...rest: ReadonlyArray<unknown>) => {
    request.on("error", (error) => {
      if (request.reusedSocket && isClosed(error)) lost.add(error)
    })
    return add.call(agent, request, ...rest)
  }
  Object.assign(agent, { addRequest })
  return agent
}

const isClosed = (error: Error): boolean => codeOf(error) === "ECONNRESET" || codeOf(error) === "EPIPE"

/** Once more, where a kept connection was closed under a request that may be repeated. */
const again = (sending: Answer, { body, method }: Request, lost: WeakSet<object>): Answer =>
  Effect.catchIf(
    sending,
    ({ cause }) =>
      typeof cause === "object" && cause !== null && lost.has(cause) && isIdempotent(method) && body._tag !== "Stream",
    () => sending
  )

const send = (client: HttpClient.HttpClient, request: Request): Answer =>
  request.body._tag === "Stream" ? upload(client, request, request.body.stream) : refusing(client, request)

/** What Node does not let into a request is thrown by it. */
const refusing = (client: HttpClient.HttpClient, request: Request): Answer =>
  Effect.catchSomeDefect(client.execute(request), (defect) =>
    defect instanceof TypeError && "code" in defect
      ? Option.some(new HttpClientError.RequestError({ request, reason: "Encode", cause: defect }))
      : Option.none()
  )

/**
 * The platform's client waits for the socket to drain between the pieces of a chunk but not after the last one, and
 * ends the request as if it were whole where the stream fails: so a chunk ends with an empty piece, and a failure
 * gives the request up.
 */
const upload = (client: HttpClient.HttpClient, request: Request, pieces: Stream.Stream<Uint8Array, unknown>): Answer =>
  Effect.flatMap(Deferred.make<never, HttpClientError.RequestError>(), (failed) => {
    const body = pieces.pipe(
      Stream.mapChunks(Chunk.append(nothing)),
      Stream.catchAllCause((cause) =>
        Stream.fromEffect(
          Effect.zipRight(
            Deferred.fail(failed, new HttpClientError.RequestError({ request, reason: "Encode", cause })),
            Effect.never
          )
        )
      )
    )
    const sent = HttpClientRequest.bodyStream(request, body, typeOf(request))
    return Effect.raceFirst(refusing(client, sent), Deferred.await(failed))
  })

const typeOf = ({ headers }: Request) => {
  const contentType = headers["content-type"]
  return contentType === undefined ? {} : { contentType }
}

const nothing = new Uint8Array()
