/** The two halves of an HTTP header. */
import * as Schema from "effect/Schema"
import { withMessage } from "../internal/decode.ts"

/** The name of an HTTP header (RFC 9110, section 5.1). */
export const HeaderName = Schema.String.pipe(Schema.pattern(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)).annotations(
  withMessage("must be an HTTP header name")
)
/** The value of an HTTP header: one line. */
export const HeaderValue = Schema.String.pipe(Schema.filter((value) => !/[\r\n\0]/.test(value))).annotations(
  withMessage("must be a single line of text")
)
