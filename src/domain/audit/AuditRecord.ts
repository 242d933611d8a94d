import * as Either from "effect/Either"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { decodeTolerant, withMessage } from "../internal/decode.ts"
import { parseJson } from "../internal/json.ts"
import { lazy } from "../internal/lazy.ts"

/**
 * What a line of the audit file tells. `token`: a bearer was handed to another program; `broker`: the broker did it.
 * @since 0.1.0
 * @category models
 */
export type AuditEvent = "login" | "logout" | "refresh" | "export" | "remove" | "broker" | "token"

/**
 * One line of the audit file.
 * @since 0.1.0
 * @category models
 */
export interface AuditRecord {
  /** When, as an ISO 8601 time in UTC. */
  readonly at: string
  /** An `AuditEvent`, or one that another version writes. */
  readonly event: string
  readonly account: string
  /** The program that did it, or that got the bearer; null where that is not known. */
  readonly program: string | null
  readonly pid: number | null
  /** The SHA-256 of the token it was about, in base64url; null where there was none. */
  readonly fingerprint: string | null
  /** The rule of the broker that let it pass. */
  readonly rule: string | null
}

export const auditLine = (record: AuditRecord): string =>
  `${JSON.stringify(record, (_, value: unknown) => (value === null ? undefined : value))}\n`

const known = <A>(schema: Schema.Schema<A>) => Schema.optionalWith(Schema.NullOr(schema), { default: () => null })

const decode = lazy(() =>
  decodeTolerant(
    Schema.Struct({
      at: Schema.String.pipe(Schema.filter((text) => Number.isFinite(Date.parse(text)))).annotations(
        withMessage("must be a time")
      ),
      event: Schema.String,
      account: Schema.String,
      program: known(Schema.String),
      pid: known(Schema.Number),
      fingerprint: known(Schema.String),
      rule: known(Schema.String)
    })
  )
)

export const readAuditLine = (line: string): Option.Option<AuditRecord> =>
  Either.getRight(Either.flatMap(parseJson(line), (json) => decode()(json)))
