/** Extra request headers of a session, and of a bridge. */
import * as ParseResult from "effect/ParseResult"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import { withMessage } from "../internal/decode.ts"
import { HeaderName, HeaderValue } from "../api/headers.ts"
import { lazy } from "../internal/lazy.ts"

/** Extra request headers of a session, by name. Their values are treated as secrets. */
export type SessionHeaders = Readonly<Record<string, Redacted.Redacted>>

const frozenHeaders = (input: unknown, ast: SchemaAST.AST) =>
  isHeaderRecord()(input)
    ? ParseResult.succeed(Object.freeze({ ...input }))
    : ParseResult.fail(new ParseResult.Type(ast, null, "headers must be redacted single lines by header name"))

/** A key that is no header name is none of the record's own: it has to be refused as an excess one. */
const isHeaderRecord = lazy(() =>
  Schema.is(Schema.Record({ key: HeaderName, value: Schema.RedactedFromSelf(HeaderValue) }), {
    onExcessProperty: "error"
  })
)

/** The schema of session headers; what comes out of it is frozen. */
export const SessionHeaders: Schema.Schema<SessionHeaders> = Schema.declare([], {
  decode: () => (input, _, ast) => frozenHeaders(input, ast),
  encode: () => (input, _, ast) => frozenHeaders(input, ast)
}).annotations(withMessage("must be redacted single lines by header name"))
