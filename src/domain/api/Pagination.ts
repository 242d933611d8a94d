import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type DecodeIssue, decodeTolerant } from "../internal/decode.ts"

export interface Page {
  readonly results: ReadonlyArray<unknown>
  readonly next: Option.Option<string>
}

export const mostPages = 1_000

const Cursor = Schema.Union(Schema.String, Schema.Number)
const Body = Schema.Struct({
  results: Schema.Array(Schema.Unknown),
  pagination: Schema.optionalWith(
    Schema.Struct({ next_cursor: Schema.optionalWith(Cursor, { as: "Option", nullable: true }) }),
    { as: "Option", nullable: true }
  )
})
const decodeBody = decodeTolerant(Body)

export const decodePage = (input: unknown): Either.Either<Page, ReadonlyArray<DecodeIssue>> =>
  Either.map(decodeBody(input), ({ pagination, results }) => ({
    results,
    next: pagination.pipe(
      Option.flatMap(({ next_cursor }) => next_cursor),
      Option.map(String),
      Option.filter((cursor) => cursor !== "")
    )
  }))
