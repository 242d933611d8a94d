import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import { parseRetryAfter } from "../../../domain/api/RetryPolicy.ts"

export const retryAfterOf = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<Option.Option<number>> => {
  const header = response.headers["retry-after"]
  return header === undefined
    ? Effect.succeedNone
    : Effect.map(Clock.currentTimeMillis, (now) => parseRetryAfter(header, now))
}
