import * as Option from "effect/Option"
import type { Account } from "../account/Account.ts"
import {
  type ApiError,
  AuthenticationFailed,
  QueryRejected,
  RateLimited,
  type Refusal,
  ServerFailed,
  UnexpectedResponse
} from "./ApiError.ts"

export interface Failure extends Refusal {
  readonly project: string | null
  readonly accountType: Account["type"]
  /** `Retry-After` in milliseconds. */
  readonly retryAfter: Option.Option<number>
}

export const refused = (failure: Failure): ApiError => {
  const { account, accountType, method, project, reason, retryAfter, status, url } = failure
  const refusal: Refusal = { account, method, reason, status, url }
  if (status === 401 || status === 403) return new AuthenticationFailed({ ...refusal, project, accountType })
  if (status === 429) {
    return new RateLimited({
      ...refusal,
      retryAfterSeconds: Option.map(retryAfter, (millis) => Math.ceil(millis / 1000))
    })
  }
  if (status >= 500 && status < 600) return new ServerFailed(refusal)
  if (status >= 400 && status < 500) return new QueryRejected(refusal)
  return new UnexpectedResponse({ method, url, status, reason: "a status that this API does not use" })
}
