import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { RequestError } from "../../../domain/api/ApiError.ts"
import { type ImportReport, readReport } from "../../../domain/api/ImportReport.ts"
import type { MixpanelEvent } from "../../../domain/api/MixpanelEvent.ts"
import type { Session } from "../../../domain/session/Session.ts"
import { parseJson } from "../../../domain/internal/json.ts"
import { errorInside, isAnError, readText, sourceOf, unexpected } from "../http/answers.ts"
import { readBeginning } from "../http/body.ts"
import { SafeResponse } from "../http/SafeResponse.ts"
import { forProgram } from "../../session/forProgram.ts"
import type { MixpanelHttpClientShape, RequestOptions } from "../MixpanelHttpClient.ts"
import { type Batch, batches } from "./batches.ts"
import { isSuccess } from "../../../domain/api/RetryPolicy.ts"

/**
 * How events are imported.
 * @since 0.1.0
 * @category models
 */
export interface ImportOptions extends Pick<RequestOptions, "projectSecret"> {
  /** How many batches are on their way at once; 1 unless given. Reports come in the order of the batches. */
  readonly concurrency?: number
}

export const importEvents =
  (client: MixpanelHttpClientShape) =>
  <E, R>(
    session: Session,
    events: Stream.Stream<MixpanelEvent, E, R>,
    { concurrency = 1, ...options }: ImportOptions = {}
  ): Stream.Stream<ImportReport, E | RequestError, R> =>
    events.pipe(
      batches(),
      Stream.mapEffect((batch) => send(client, session, batch, options), { concurrency }),
      Stream.withSpan("Mixpanel.import", { captureStackTrace: false })
    )

const send = (client: MixpanelHttpClientShape, session: Session, batch: Batch, options: RequestOptions) =>
  Effect.gen(function* () {
    const request = HttpClientRequest.post("/import", {
      urlParams: { strict: "1", project_id: session.projectId },
      headers: { "content-encoding": "gzip" },
      acceptJson: true
    }).pipe(HttpClientRequest.bodyUint8Array(yield* gzip(batch.body), "application/json"))
    const response = yield* client.send(session, "import", request, { ...options, idempotent: true })
    return yield* isAnswer(response)
      ? report(batch, response)
      : Effect.flatMap(readBeginning(response), refusal(response))
  }).pipe(forProgram(session.origin))

/** With `strict`, a status of 400 says which events were refused, and the others are imported. */
const isAnswer = ({ status }: HttpClientResponse.HttpClientResponse): boolean => isSuccess(status) || status === 400

const refusal = (response: HttpClientResponse.HttpClientResponse) => (body: string) =>
  Effect.fail(
    response instanceof SafeResponse
      ? response.refusal(body)
      : unexpected(sourceOf(response), "a status that is no success")
  )

const report = (batch: Batch, response: HttpClientResponse.HttpClientResponse) =>
  Effect.flatMap(readText(response), (got) => {
    const json = parseJson(got.text)
    const read = Either.flatMap(json, (value) => readReport(value, { first: batch.first, sent: batch.size }))
    if (got.status === 400) {
      return Option.match(
        Option.filter(Either.getRight(read), ({ failedRecords }) => failedRecords.length > 0),
        {
          onNone: () => refusal(response)(got.text),
          onSome: Effect.succeed
        }
      )
    }
    const error = errorInside(response, Either.getOrNull(json), got.text)
    if (error !== undefined) return isAnError(got, error)
    return Effect.mapError(read, () => unexpected(got, "the body is not the report of an import"))
  })

const gzip = (bytes: Uint8Array<ArrayBuffer>): Effect.Effect<Uint8Array> =>
  Effect.promise(async () => {
    const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"))
    return new Uint8Array(await new Response(packed).arrayBuffer())
  })
