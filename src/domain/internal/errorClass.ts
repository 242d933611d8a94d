import type { YieldableError } from "effect/Cause"
import * as Data from "effect/Data"
import type { Code } from "../codes.ts"
import type { Again, Command } from "../hints/Command.ts"
import { type ErrorSchema, errorSchema } from "./errorSchema.ts"

/** Facts for programs: paths, names, numbers. Never a secret. */
export interface Details {
  /** The one command that fixes it; `null` where there is none, or where only who typed the command line can write it. */
  readonly fix: Command | null
  readonly [fact: string]: unknown
}

export const fixOf = (hints: ReadonlyArray<Command>): Command | null => hints[0] ?? null

/**
 * What every error of this library tells about itself.
 * @since 0.1.0
 * @category errors
 */
export interface ErrorInfo {
  readonly code: Code
  readonly message: string
  /** Commands that mend it, best first. What is no command belongs into the message. */
  readonly hints: ReadonlyArray<Command>
  /** How the command line that failed would succeed; `mp` writes these out behind the hints. */
  readonly again?: ReadonlyArray<Again> | undefined
  readonly details: Details
}

export interface Description<Facts = Readonly<Record<string, unknown>>> {
  readonly message: string
  readonly hints?: ReadonlyArray<Command>
  readonly again?: ReadonlyArray<Again>
  readonly details: Facts
}

/** A class of errors with fields of its own, that tells of itself what an `ErrorInfo` does. */
export type ErrorClass<Tag extends string, C extends Code, Fields, Facts> = (new (
  fields: Fields
) => YieldableError &
  Readonly<Fields> &
  Omit<ErrorInfo, "code" | "details"> & {
    readonly _tag: Tag
    readonly code: C
    readonly details: Facts & Pick<Details, "fix">
  }) & {
  /** Its schema, built when it is first asked for: for `HttpApiEndpoint.addError`, `Rpc` and workflows. */
  readonly schema: ErrorSchema<Tag, C>
}

/** A class of errors: its tag, its code, and what it tells of its fields, which is worked out when it is asked for. */
export function errorClass<const Tag extends string, const C extends Code, Fields, Facts>(
  tag: Tag,
  code: C,
  describe: (fields: Fields) => Description<Facts>
): ErrorClass<Tag, C, Fields, Facts>
// A class cannot extend what is a type parameter, so the fields are known to the signature above only.
export function errorClass(tag: string, code: Code, describe: (fields: object) => Description<object>) {
  let schema: ErrorSchema<string, Code> | undefined
  return class extends Data.TaggedError(tag)<object> {
    static get schema(): ErrorSchema<string, Code> {
      schema ??= errorSchema(this, tag, code)
      return schema
    }
    readonly code = code
    override get message(): string {
      return describe(this).message
    }
    get hints(): ReadonlyArray<Command> {
      return describe(this).hints ?? []
    }
    get again(): ReadonlyArray<Again> | undefined {
      return describe(this).again
    }
    get details() {
      const { details, hints = [] } = describe(this)
      return { ...details, fix: fixOf(hints) }
    }
  }
}
