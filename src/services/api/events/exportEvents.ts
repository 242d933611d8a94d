import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import type { RequestError, UnexpectedResponse } from "../../../domain/api/ApiError.ts"
import { type ExportQuery, exportParameters } from "../../../domain/api/ExportQuery.ts"
import { type MixpanelEvent, readLine } from "../../../domain/api/MixpanelEvent.ts"
import type { Session } from "../../../domain/session/Session.ts"
import { brokenOff, type Source, sourceOf, unexpected } from "../http/answers.ts"
import { LineCutter } from "./LineCutter.ts"
import type { MixpanelHttpClientShape, RequestOptions } from "../MixpanelHttpClient.ts"

export const exportEvents =
  (client: MixpanelHttpClientShape) =>
  (
    session: Session,
    query: ExportQuery,
    options?: Pick<RequestOptions, "projectSecret">
  ): Stream.Stream<MixpanelEvent, RequestError> =>
    Effect.gen(function* () {
      const parameters = yield* exportParameters(query)
      const bound = yield* client.forSession(session, "export", options)
      const response = yield* bound.execute(
        HttpClientRequest.get("/export", { urlParams: { project_id: session.projectId, ...parameters } })
      )
      const source = sourceOf(response)
      return eventsOf(Stream.mapError(response.stream, brokenOff(source.summary)), source)
    }).pipe(Stream.unwrap, Stream.withSpan("Mixpanel.export", { captureStackTrace: false }))

const eventsOf = <E>(
  bytes: Stream.Stream<Uint8Array, E>,
  source: Source
): Stream.Stream<MixpanelEvent, E | UnexpectedResponse> =>
  Stream.suspend(() => {
    const cutter = new LineCutter()
    const reader = new EventReader(source)
    const read = (lines: ReadonlyArray<string>) => {
      const events = reader.read(lines)
      return cutter.problem === undefined ? events : Stream.concat(events, reader.fail(cutter.problem))
    }
    const pieces = Stream.flatMap(bytes, (piece) => read(cutter.take(piece)))
    return Stream.concat(
      pieces,
      Stream.suspend(() => read(cutter.rest()))
    )
  })

class EventReader {
  #line = 0
  readonly #source: Source
  constructor(source: Source) {
    this.#source = source
  }

  read(lines: ReadonlyArray<string>): Stream.Stream<MixpanelEvent, UnexpectedResponse> {
    const events: Array<MixpanelEvent> = []
    for (const line of lines) {
      this.#line++
      if (line.trim() === "") continue
      const read = readLine(line)
      if (Either.isLeft(read))
        return Stream.concat(Stream.fromChunk(Chunk.unsafeFromArray(events)), this.#failed(read.left))
      events.push(read.right)
    }
    return Stream.fromChunk(Chunk.unsafeFromArray(events))
  }

  fail(why: string): Stream.Stream<never, UnexpectedResponse> {
    this.#line++
    return this.#failed(why)
  }

  #failed(why: string): Stream.Stream<never, UnexpectedResponse> {
    return Stream.fail(unexpected(this.#source, `line ${this.#line} is no event: ${why}`))
  }
}
