import * as Schema from "effect/Schema"
import type { Code } from "../codes.ts"

/** What every error tells, and all that a schema of one carries. */
export interface ErrorShape<Tag extends string, C extends Code> {
  readonly _tag: Tag
  readonly code: C
  readonly message: string
  /** Commands for a person at a terminal. */
  readonly hints: ReadonlyArray<string>
  readonly details: Readonly<Record<string, unknown>>
}

export type ErrorSchema<Tag extends string, C extends Code> = Schema.Schema<ErrorShape<Tag, C>, ErrorShape<Tag, C>>

type ClassOf<Instance> = abstract new (...args: ReadonlyArray<never>) => Instance

/** The same values under the same names, which the class itself works out of fields that are not here. */
const revived = <Shape extends object>(self: ClassOf<Shape>, told: Shape): Shape =>
  Object.create(self.prototype, {
    // How a command line would succeed is known where it was typed.
    again: { value: undefined },
    ...Object.fromEntries(Object.entries(told).map(([name, value]) => [name, { value, enumerable: true }]))
  })

/**
 * The schema of a class of errors. What is decoded is an instance of the class that tells what the other side told; fields
 * that only its maker knows are not there, and not in the type.
 */
export const errorSchema = <Tag extends string, C extends Code>(
  self: ClassOf<ErrorShape<Tag, C>>,
  tag: Tag,
  code: C
): ErrorSchema<Tag, C> =>
  Schema.transform(
    Schema.Struct({
      _tag: Schema.Literal(tag),
      code: Schema.Literal(code),
      message: Schema.String,
      hints: Schema.Array(Schema.String),
      details: Schema.Record({ key: Schema.String, value: Schema.Unknown })
    }),
    Schema.instanceOf(self),
    {
      strict: true,
      decode: (told) => revived(self, told),
      encode: ({ details, hints, message }) => ({ _tag: tag, code, message, hints, details })
    }
  ).annotations({ identifier: tag })
