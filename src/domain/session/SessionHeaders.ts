import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as ParseResult from "effect/ParseResult"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import { withMessage } from "../internal/decode.ts"
import { isRecord } from "../internal/json.ts"
import { lazy } from "../internal/lazy.ts"
import { onDemand } from "../internal/onDemand.ts"

/** The name of an HTTP header (RFC 9110, section 5.1). */
export const HeaderName = Schema.String.pipe(Schema.pattern(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)).annotations(
  withMessage("must be an HTTP header name")
)
/** The value of an HTTP header: one line. */
export const HeaderValue = Schema.String.pipe(Schema.filter((value) => !/[\r\n\0]/.test(value))).annotations(
  withMessage("must be a single line of text")
)

/**
 * Extra request headers of a session, by name. Their values are treated as secrets.
 * @since 0.1.0
 * @category models
 */
export type SessionHeaders = Readonly<Record<string, Redacted.Redacted>>

const prototype = {
  [Equal.symbol](this: SessionHeaders, that: SessionHeaders): boolean {
    const names = Object.keys(this)
    return (
      names.length === Object.keys(that).length &&
      names.every((name) => Object.hasOwn(that, name) && Equal.equals(this[name], that[name]))
    )
  },
  [Hash.symbol](this: SessionHeaders): number {
    return Hash.structure(this)
  }
}

const frozen = (headers: SessionHeaders): SessionHeaders =>
  Object.freeze(Object.create(prototype, Object.getOwnPropertyDescriptors(headers)))

const mapValues = <A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))

const message = withMessage("must be redacted single lines by header name")

const checked = (input: unknown, ast: SchemaAST.AST) =>
  isPlainOrOurs(input) && isHeaderRecord()(input)
    ? ParseResult.succeed(frozen(input))
    : ParseResult.fail(new ParseResult.Type(ast, null, "headers must be redacted single lines by header name"))

/** What hides its content, as a class does, is no record. */
const isPlainOrOurs = (input: unknown): boolean =>
  isRecord(input) && [Object.prototype, null, prototype].includes(Object.getPrototypeOf(input))

/** A key that is no header name is none of the record's own: it has to be refused as an excess one. */
const isHeaderRecord = lazy(() =>
  Schema.is(Schema.Record({ key: HeaderName, value: Schema.RedactedFromSelf(HeaderValue) }), {
    onExcessProperty: "error"
  })
)

const FromSelf = lazy(
  (): Schema.Schema<SessionHeaders> =>
    Schema.declare(
      [],
      {
        decode: () => (input, _, ast) => checked(input, ast),
        encode: () => (input, _, ast) => checked(input, ast)
      },
      {
        ...message,
        pretty: () => (headers) =>
          `{ ${Object.keys(headers)
            .map((name) => `${JSON.stringify(name)}: <redacted>`)
            .join(", ")} }`,
        arbitrary: () => (fc) =>
          fc
            .dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,30}$/), fc.stringMatching(/^[ -~]{0,40}$/), {
              maxKeys: 3
            })
            .map((headers) => frozen(mapValues(headers, Redacted.make)))
      }
    )
)

/**
 * The schema of session headers, encoded in clear; what comes out of it is frozen.
 * @since 0.1.0
 * @category models
 */
export const SessionHeaders = onDemand(
  (): Schema.Schema<SessionHeaders, Readonly<Record<string, string>>> =>
    Schema.transform(Schema.Record({ key: Schema.String, value: Schema.String }), FromSelf(), {
      strict: true,
      decode: (headers) => mapValues(headers, Redacted.make),
      encode: (headers) => mapValues(headers, Redacted.value)
    }).annotations(message)
)
