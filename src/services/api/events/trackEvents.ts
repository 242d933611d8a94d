import * as HttpBody from "@effect/platform/HttpBody"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { QueryRejected, type RequestError } from "../../../domain/api/ApiError.ts"
import { CredentialNotAccepted, kindOf } from "../../../domain/api/AuthMethod.ts"
import type { MixpanelEvent } from "../../../domain/api/MixpanelEvent.ts"
import { InvalidArgument } from "../../../domain/errors.ts"
import { reasonOf } from "../../../domain/api/Scrub.ts"
import { isRecord, parseJson } from "../../../domain/internal/json.ts"
import type { Session } from "../../../domain/session/Session.ts"
import { projectKeys } from "../http/Credential.ts"
import { readText } from "../http/answers.ts"
import type { MixpanelHttpClientShape } from "../MixpanelHttpClient.ts"
import { forProgram } from "../../session/forProgram.ts"
import type { ProjectCredentials } from "../ProjectCredentials.ts"
import { type Batch, batches } from "./batches.ts"

/**
 * How events are tracked.
 * @since 0.1.0
 * @category models
 */
export interface TrackOptions {
  /** The token of the session's project: it goes before what this machine holds for the project. */
  readonly projectToken?: Redacted.Redacted
}

export const trackEvents =
  (client: MixpanelHttpClientShape, projects: ProjectCredentials["Type"]) =>
  (
    session: Session,
    events: ReadonlyArray<MixpanelEvent>,
    { projectToken }: TrackOptions = {}
  ): Effect.Effect<void, RequestError> =>
    Effect.gen(function* () {
      if (projectToken !== undefined && !Redacted.isRedacted(projectToken)) return yield* inClear
      const token = projectToken ?? (yield* tokenFor(session, projects))
      const withToken = ({ event, properties }: MixpanelEvent): MixpanelEvent => ({
        event,
        properties: { ...properties, token: Redacted.value(token) }
      })
      yield* Stream.runForEach(batches(withToken)(Stream.fromIterable(events)), (batch) =>
        send(client, session, batch, token)
      )
    }).pipe(forProgram(session.origin), Effect.withSpan("Mixpanel.track", { captureStackTrace: false }))

const inClear = new InvalidArgument({
  message: "The token of the project (projectToken) must be Redacted, so nothing was sent.",
  hints: [],
  details: { path: ["projectToken"] }
})

const tokenFor = (session: Session, projects: ProjectCredentials["Type"]) =>
  Effect.flatMap(projectKeys({ caller: session, family: "track" }, projects), (keys) =>
    Effect.mapError(
      keys.token,
      () =>
        new CredentialNotAccepted({ family: "track", available: [kindOf(session.account)], needed: ["project_token"] })
    )
  )

const send = (client: MixpanelHttpClientShape, session: Session, batch: Batch, token: Redacted.Redacted) =>
  Effect.gen(function* () {
    const bound = yield* client.forSession(session, "track", { idempotent: true })
    const response = yield* bound.post("/track", {
      urlParams: { verbose: "1" },
      acceptJson: true,
      body: HttpBody.uint8Array(batch.body, "application/json")
    })
    const { status, summary, text } = yield* readText(response)
    if (isSuccess(Either.getOrNull(parseJson(text)))) return
    const reason = reasonOf(text, [Redacted.value(token)])
    return yield* new QueryRejected({ ...summary, status, reason, account: session.account.name })
  })

/** `{ "status": 1 }`, or `1` alone; everything else is an error, whatever the status of the answer. */
const isSuccess = (json: unknown): boolean => json === 1 || (isRecord(json) && json["status"] === 1)
