import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { decodeTolerant, describeIssues, optionalKey } from "../internal/decode.ts"
import { parseJson } from "../internal/json.ts"
import { lazy } from "../internal/lazy.ts"
import { Instant } from "../oauth/OAuthTokens.ts"
import { parseSecret, secretLine } from "./credentialText.ts"

/**
 * What a source answered.
 * @since 0.1.0
 * @category models
 */
export interface SourceAnswer {
  readonly token: Redacted.Redacted
  /** Epoch milliseconds. */
  readonly expiresAt: Option.Option<number>
}

/** A credential in plain text (one line end is dropped), or as JSON; what is wrong is said without quoting any of it. */
export const parseAnswer = (text: string): Either.Either<SourceAnswer, string> => {
  if (text.trim() === "") return Either.left("answered with nothing")
  if (!/^\s*\{/.test(text)) {
    return Either.mapBoth(parseSecret(text), {
      onLeft: () => "answered with more than one line, or control characters",
      onRight: (token): SourceAnswer => ({ token, expiresAt: Option.none() })
    })
  }
  return Either.flatMap(
    Either.mapLeft(parseJson(text), (problem) => `answered with JSON that is ${problem}`),
    (json) =>
      Either.mapBoth(decodeJsonAnswer()(json), {
        onLeft: (issues) => `answered with JSON that cannot be used: ${describeIssues(issues)}`,
        onRight: ({ expiresAt, token }): SourceAnswer => ({ token, expiresAt })
      })
  )
}

const decodeJsonAnswer = lazy(() =>
  decodeTolerant(Schema.Struct({ token: secretLine(), expiresAt: optionalKey(Instant, "expires_at") }))
)

/** Everything in what was written that must not be shown, whether it could be used or not. */
export const secretsIn = (text: string): ReadonlyArray<string> => [
  ...new Set(text.split(/[\s"',:{}]+/).filter((piece) => piece.length >= 4 && !jsonKeys.has(piece)))
]

const jsonKeys: ReadonlySet<string> = new Set(["token", "expires_at"])
