/** The credential helper protocol of Bazel: an address in, headers out. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { isRecord, parseJson } from "../internal/json.ts"
import { parseUrl } from "../internal/parseUrl.ts"

/** The value of `Authorization` for a session, and until when it is good, where that is known. */
export interface PresentedCredential {
  readonly authorization: Redacted.Redacted
  /** Epoch milliseconds. */
  readonly expiresAt: Option.Option<number>
}

/** The origin that a question is about, if it is one of those that a credential is for; else why not. */
export const askedOrigin = (question: string, origins: ReadonlySet<string>): Either.Either<string, string> => {
  const parsed = Either.getOrNull(parseJson(question))
  const uri = isRecord(parsed) ? parsed["uri"] : undefined
  if (typeof uri !== "string") return Either.left('is not {"uri": "https://…"}')
  const origin = parseUrl(uri)?.origin
  if (origin === undefined) return Either.left("has a uri that is no address")
  return origins.has(origin)
    ? Either.right(origin)
    : Either.left(`asks for an address that is none of the session's own (${[...origins].join(", ")})`)
}

/** The answer, in clear. */
export const bazelAnswer = ({ authorization, expiresAt }: PresentedCredential) => ({
  headers: { Authorization: [Redacted.value(authorization)] },
  ...Option.match(expiresAt, {
    onNone: () => ({}),
    onSome: (millis) => ({ expires: new Date(millis).toISOString() })
  })
})
