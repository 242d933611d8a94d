import * as Either from "effect/Either"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { RequestError } from "../api/ApiError.ts"
import { decodeTolerant, optionalKey } from "../internal/decode.ts"
import { parseJson } from "../internal/json.ts"
import { lazy } from "../internal/lazy.ts"

export interface LastCheck {
  /** Epoch milliseconds. */
  readonly at: number
  readonly ok: boolean
  /** The mark of the credential that was checked: another one was not. */
  readonly credential: string
  readonly code: Option.Option<string>
  readonly refused: boolean
}

const schema = lazy(() =>
  Schema.Struct({
    at: Schema.DateFromString.pipe(
      Schema.filter((date) => Number.isFinite(date.getTime())),
      Schema.transform(Schema.Number, {
        strict: true,
        decode: (date) => date.getTime(),
        encode: (millis) => new Date(millis)
      })
    ),
    ok: Schema.Boolean,
    credential: Schema.String,
    code: optionalKey(Schema.String, "code"),
    refused: Schema.Boolean
  })
)

export const decodeLastCheck = (text: string): Option.Option<LastCheck> =>
  Either.getRight(Either.flatMap(parseJson(text), (json) => decode()(json)))

const decode = lazy(() => decodeTolerant(schema()))

const encode = lazy(() => Schema.encodeSync(schema()))

export const lastCheckText = (test: LastCheck): string => `${JSON.stringify(encode()(test), null, 2)}\n`

/** The credential is at fault, and not the way to the server, or what the credential may see. */
export const isRefusal = (error: RequestError): boolean => {
  if (error._tag === "AuthenticationFailed") return error.status === 401
  if (error._tag === "OAuthRefreshError") return !error.temporary
  return error._tag === "OAuthTokenError" || error._tag === "OAuthRefreshRevoked"
}
