import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import {
  anyKeys,
  type DecodeIssue,
  decodeTolerant,
  optionalKey,
  Secret,
  withMessage,
  NonEmptyText
} from "../internal/decode.ts"
import { parseUrl } from "../internal/parseUrl.ts"
import { onDemand } from "../internal/onDemand.ts"

/** A token counts as expired this long (in milliseconds) before it expires: a request takes time. */
export const expiryBufferMillis = 30_000

/** What stands for "not said" on the wire: mixpanel_headless's reader wants a time in every file. */
const farFuture = Date.UTC(9999, 11, 31)

/** The first instant that every reader knows: the year 1. */
const longAgo = -62_135_596_800_000

const hasTimezone = /(?:[zZ]|[+-][0-9]{2}:?[0-9]{2})$/

const Millis = Schema.Number.pipe(
  Schema.filter((millis) => Number.isSafeInteger(millis) && millis >= longAgo && millis <= farFuture)
).annotations({
  ...withMessage("must be a time in whole milliseconds since the epoch, in the years 1 to 9999"),
  arbitrary: () => (fc) => fc.integer({ min: longAgo, max: farFuture - 1 })
})

/** An instant as ISO 8601 with a time zone, or as epoch seconds; in memory epoch milliseconds. */
export const Instant = onDemand(() =>
  Schema.transformOrFail(Schema.Union(Schema.String, Schema.Number), Millis, {
    strict: true,
    decode: (wire, _, ast) => {
      const millis = typeof wire === "number" ? wire * 1000 : hasTimezone.test(wire) ? Date.parse(wire) : Number.NaN
      return Number.isFinite(millis)
        ? ParseResult.succeed(writable(millis))
        : ParseResult.fail(new ParseResult.Type(ast, "instant"))
    },
    encode: (millis) => ParseResult.succeed(isoMicros(millis))
  }).annotations(withMessage("must be a time with a time zone, such as 2026-04-22T12:00:00Z"))
)

const originMessage = withMessage("must be an origin such as https://mixpanel.com")

const originOf = (text: string): string | undefined => {
  const url = parseUrl(text)
  return url !== null && (url.protocol === "https:" || url.protocol === "http:") ? url.origin : undefined
}

/** `https://mixpanel.com`: scheme, host and port as a parsed URL has them. */
export const Origin = onDemand(() =>
  Schema.transform(
    Schema.String,
    Schema.String.pipe(Schema.filter((text) => originOf(text) === text)).annotations({
      ...originMessage,
      arbitrary: () => (fc) => fc.webUrl().map((url) => new URL(url).origin)
    }),
    { strict: true, decode: (wire) => originOf(wire) ?? wire, encode: (origin) => origin }
  ).annotations(originMessage)
)

/**
 * What the token endpoint gave (RFC 6749, section 5.1). `clientId` is the registration that minted it
 * (mixpanel_headless ignores it); `expiresAt` is in epoch milliseconds and absent where the server did not
 * say, in which case the token is used until it is refused.
 *
 * @example
 * ```ts
 * new OAuthTokens({ accessToken: Redacted.make("…"), tokenType: "Bearer", scope: "read:project" })
 * ```
 * @since 0.1.0
 * @category models
 */
export class OAuthTokens extends onDemand(() =>
  Schema.Class<OAuthTokens>("OAuthTokens")(
    {
      accessToken: Secret.pipe(Schema.propertySignature, Schema.fromKey("access_token")),
      expiresAt: optionalKey(Instant, "expires_at"),
      tokenType: NonEmptyText.pipe(Schema.propertySignature, Schema.fromKey("token_type")),
      scope: Schema.String.annotations(withMessage("must be a string")),
      refreshToken: optionalKey(Secret, "refresh_token"),
      clientId: optionalKey(NonEmptyText, "client_id"),
      /** Set once the tokens were shared with a bridge: which login they come from, and which of its tokens they are. */
      session: optionalKey(NonEmptyText, "session"),
      /** The origin of the server that minted them. Absent in files of `mixpanel_headless`, until the first refresh. */
      origin: optionalKey(Origin, "origin")
    },
    anyKeys
  )
) {
  /** Whether the access token must not be used any more at `now` (epoch milliseconds). */
  isExpiredAt(now: number): boolean {
    return Option.exists(this.expiresAt, (expiresAt) => now + expiryBufferMillis >= expiresAt)
  }
}

export const decodeTokens = (input: unknown): Either.Either<OAuthTokens, ReadonlyArray<DecodeIssue>> =>
  Either.map(decode(input), (tokens) =>
    Option.exists(tokens.expiresAt, (at) => at >= farFuture)
      ? new OAuthTokens({ ...tokens, expiresAt: Option.none() })
      : tokens
  )

const decode = decodeTolerant(OAuthTokens)

/** The wire form, secrets in clear, in mixpanel_headless's key order: for the file writers only. */
export const encodeTokens = (tokens: OAuthTokens): Record<string, string> => ({
  access_token: Redacted.value(tokens.accessToken),
  expires_at: isoMicros(Option.getOrElse(tokens.expiresAt, () => farFuture)),
  token_type: tokens.tokenType,
  scope: tokens.scope,
  ...Option.match(tokens.refreshToken, {
    onNone: () => ({}),
    onSome: (token) => ({ refresh_token: Redacted.value(token) })
  }),
  ...Option.match(tokens.clientId, { onNone: () => ({}), onSome: (id) => ({ client_id: id }) }),
  ...Option.match(tokens.session, { onNone: () => ({}), onSome: (session) => ({ session }) }),
  ...Option.match(tokens.origin, { onNone: () => ({}), onSome: (origin) => ({ origin }) })
})

/** No number keeps tokens from being written: what is no time on the wire is one that is far off, or long gone. */
export const writable = (millis: number): number =>
  Number.isNaN(millis) ? farFuture : millis < longAgo ? 0 : Math.min(Math.floor(millis), farFuture)

const isoMicros = (millis: number): string => new Date(writable(millis)).toISOString().replace("Z", "000+00:00")

/** The content of `tokens.json`: one line with a space after `:` and `,`, as mixpanel_headless writes it. */
export const tokensText = (tokens: OAuthTokens): string => {
  const fields = Object.entries(encodeTokens(tokens)).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`
  )
  return `{${fields.join(", ")}}`
}
