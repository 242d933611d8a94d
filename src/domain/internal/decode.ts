/**
 * Decoding that can be shown to a person: what is wrong and where, never the offending value, because a
 * schema error otherwise quotes its input, and the input may be a secret.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"

export interface DecodeIssue {
  readonly path: ReadonlyArray<string>
  readonly message: string
}

/** The annotation that replaces a schema's own, value-quoting message. */
export const withMessage = (message: string) => ({ message: () => ({ message, override: true }) })

/** The annotation of a class whose decoders all refuse keys that it has no field for. */
export const knownKeysOnly = [undefined, { parseOptions: { onExcessProperty: "error" } }] as const

/** The annotation of a class whose decoders all drop keys that it has no field for, inside of one that does not, too. */
export const anyKeys = [undefined, { parseOptions: { onExcessProperty: "ignore" } }] as const

export const Finite = Schema.Number.pipe(Schema.filter((value) => Number.isFinite(value))).annotations(
  withMessage("must be a number")
)

export const NonEmptyText = Schema.String.pipe(Schema.filter((text) => text.length > 0)).annotations(
  withMessage("must be a non-empty string")
)

export const isNonEmptyText = (value: unknown): value is string => typeof value === "string" && value.length > 0

export const Secret = Schema.Redacted(NonEmptyText)

/** A literal that constructors fill in by themselves, such as the `type` of an account. */
export const literalField = <const T extends string | number>(value: T) =>
  Schema.Literal(value)
    .annotations(withMessage(`must be ${JSON.stringify(value)}`))
    .pipe(
      Schema.propertySignature,
      Schema.withConstructorDefault(() => value)
    )

/** A field that may be absent (or null) under its name on the wire, and need not be given to a constructor. */
export const optionalKey = <A, I, const Key extends string>(schema: Schema.Schema<A, I>, key: Key) =>
  Schema.optionalWith(schema, { as: "Option", nullable: true }).pipe(
    Schema.fromKey(key),
    Schema.withConstructorDefault(() => Option.none<A>())
  )

/** Decodes strictly (all problems at once, unknown keys refused) into a value or a list of issues. */
export const decodeWith = <A, I>(schema: Schema.Schema<A, I>) => decode(schema, "error")

/** Decodes like `decodeWith`, but lets unknown keys pass: for what others write and may extend. */
export const decodeTolerant = <A, I>(schema: Schema.Schema<A, I>) => decode(schema, "ignore")

const decode = <A, I>(schema: Schema.Schema<A, I>, onExcessProperty: "error" | "ignore") => {
  let run: ReturnType<typeof Schema.decodeUnknownEither<A, I>> | undefined
  return (input: unknown): Either.Either<A, ReadonlyArray<DecodeIssue>> => {
    // Made when it is first needed: most programs decode with few of the decoders that they import.
    run ??= Schema.decodeUnknownEither(schema, { errors: "all", onExcessProperty })
    return Either.mapLeft(run(input), (error) =>
      firstPerPath(ParseResult.ArrayFormatter.formatErrorSync(error).map(toIssue))
    )
  }
}

export const fieldIssues = (error: ParseResult.ParseError): ReadonlyArray<DecodeIssue> =>
  firstPerPath(
    ParseResult.ArrayFormatter.formatErrorSync(error).map((issue) => {
      const [, expected] = /^Expected (.+?), actual /s.exec(issue.message) ?? []
      return expected === undefined
        ? toIssue(issue)
        : { path: issue.path.map(String), message: `must be ${typeName(expected)}` }
    })
  )

/** What a schema calls a type, in the words of whoever wrote the constructor's argument. */
const typeName = (expected: string): string => {
  if (expected.startsWith("Redacted(")) return "Redacted"
  // The only kind of declaration without a message in our classes.
  return expected === "<declaration schema>" ? "an Option (Option.some or Option.none)" : expected
}

const firstPerPath = (issues: ReadonlyArray<DecodeIssue>): ReadonlyArray<DecodeIssue> =>
  issues.filter((issue, index) => issues.findIndex((other) => samePath(other, issue)) === index)

const samePath = (a: DecodeIssue, b: DecodeIssue): boolean => a.path.join("\0") === b.path.join("\0")

const toIssue = (issue: ParseResult.ArrayFormatterIssue): DecodeIssue => ({
  path: issue.path.map(String),
  message: messageOf(issue)
})

const messageOf = (issue: ParseResult.ArrayFormatterIssue): string => {
  if (issue._tag === "Missing") return "is missing"
  if (issue._tag === "Unexpected") return "is not a known key"
  const expected = /^Expected (.+?), actual /s.exec(issue.message)?.[1]
  return expected === undefined ? issue.message : mustBe(expected)
}

/** What a schema wants, in words: of its own message nothing else is safe to show. */
const mustBe = (expected: string): string => {
  if (/^(string|number|boolean)$/.test(expected)) return `must be a ${expected}`
  if (/^"[^"]*"( \| "[^"]*")*$/.test(expected)) return `must be ${expected.replaceAll(" | ", " or ")}`
  if (/^(ReadonlyArray|Array|\[)/.test(expected)) return "must be a list"
  return /^(\{|[A-Z]\w+$)/.test(expected) ? "must be an object" : "has the wrong type"
}

/** The issues as one phrase: `key must be …; other is missing`. */
export const describeIssues = (issues: ReadonlyArray<DecodeIssue>): string =>
  issues.map(({ message, path }) => (path.length === 0 ? message : `${path.join(".")} ${message}`)).join("; ")
