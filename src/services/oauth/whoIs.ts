import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { bearer } from "../../domain/api/RequestHeaders.ts"
import { baseUrl } from "../../domain/api/Endpoints.ts"
import type { ConfigError } from "../../domain/errors.ts"
import type { Region } from "../../domain/account/identifiers.ts"
import { parseJson } from "../../domain/internal/json.ts"
import { decodeMe } from "../../domain/api/Me.ts"
import type { OAuthRequestFailed } from "../../domain/oauth/OAuthError.ts"
import type { RawResponse } from "../../domain/oauth/TokenResponse.ts"
import { endpointOverrides } from "../platform/environment.ts"
import { reportOverrides } from "../api/OverrideListener.ts"
import { maxAnswerBytes } from "../api/http/gather.ts"
import { ask, unanswered } from "./endpoint.ts"

/** The user's number (`/me` names all projects with it, and is as long as any answer of the API); `None` where the server does not take the bearer or names nobody. */
export const whoIs = (
  client: HttpClient.HttpClient,
  region: Region,
  token: Redacted.Redacted
): Effect.Effect<Option.Option<number>, OAuthRequestFailed | ConfigError> =>
  Effect.gen(function* () {
    const overrides = yield* Effect.tap(endpointOverrides, reportOverrides)
    const request = HttpClientRequest.get(`${baseUrl("app", region, overrides)}/me`).pipe(
      HttpClientRequest.setHeader("authorization", bearer(Redacted.value(token)))
    )
    const answer = yield* ask(client, request, { family: "app", maxBytes: maxAnswerBytes })
    if (answer.cut !== undefined) return yield* unanswered(answer.cut)
    if (answer.status >= 500 || answer.status === 429) {
      return yield* unanswered(`the server answered ${answer.status}`)
    }
    return userIn(answer)
  })

const userIn = ({ body, status }: RawResponse): Option.Option<number> =>
  status === 200
    ? Option.flatMap(Either.getRight(Either.flatMap(parseJson(body), decodeMe)), ({ userId }) => userId)
    : Option.none()
