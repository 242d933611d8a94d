/** Inputs that know the formats: fixtures that are mutated as texts and as JSON, and words that parsers stumble over. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as fc from "effect/FastCheck"

const root = fileURLToPath(new URL("../fixtures", import.meta.url))

const filesBelow = (directory: string): ReadonlyArray<string> =>
  readdirSync(directory).flatMap((entry) => {
    const path = join(directory, entry)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })

/** The fixtures whose path ends so. */
export const fixtures = (...ends: ReadonlyArray<string>): ReadonlyArray<string> =>
  filesBelow(root)
    .filter((path) => ends.some((end) => path.endsWith(end)))
    .map((path) => readFileSync(path, "utf8"))

export const pick = <A>(values: ReadonlyArray<A>): fc.Arbitrary<A> => fc.constantFrom(...values)

/** What means something to one parser or another. */
export const nasty: ReadonlyArray<string> = [
  "\u0000",
  "\u001b[2J",
  "\u009b",
  "\u202e",
  "\u200b",
  "\ufeff",
  "\ud800",
  "\udfff",
  "😀",
  "é",
  "\r\n",
  "\n",
  "\t",
  "\\",
  '"',
  "'",
  '"""',
  "'''",
  "[",
  "]",
  "[[",
  "]]",
  "{",
  "}",
  "=",
  ".",
  ",",
  "#",
  ":",
  ";",
  "&",
  "?",
  "/",
  "//",
  "@",
  "%",
  "%00",
  "%zz",
  "%25",
  "+",
  "..",
  "../..",
  "~",
  "$(id)",
  "`id`",
  "!",
  "-",
  "--",
  "_",
  "0",
  "-0",
  "1e999",
  "9007199254740993",
  "NaN",
  "inf",
  "nan",
  "true",
  "null",
  "__proto__",
  "constructor",
  "toString",
  "1979-05-27T07:32:00Z",
  "9999-12-31T23:59:60Z",
  "us",
  "US",
  "a=1",
  "[accounts.a]",
  "[active]",
  "{}",
  "[]",
  "invalid_grant",
  "https://",
  "localhost",
  "127.0.0.1",
  "[::1]",
  "xn--",
  "Bearer ",
  " ",
  "   "
]

const nastyText = fc.oneof(
  { weight: 6, arbitrary: pick(nasty) },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(pick(nasty), fc.integer({ min: 2, max: 400 })).map(([text, times]) => text.repeat(times))
  }
)

/** A short text of such words. */
export const words = fc.array(nastyText, { maxLength: 5 }).map((parts) => parts.join(""))

interface Mutation {
  readonly kind: number
  readonly at: number
  readonly length: number
  readonly text: string
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.nat(4),
  at: fc.nat(9_999),
  length: fc.nat(40),
  text: nastyText
})

const apply = (text: string, { at, kind, length, text: inserted }: Mutation): string => {
  const start = Math.floor((at / 10_000) * (text.length + 1))
  const end = start + length
  if (kind === 0) return text.slice(0, start) + inserted + text.slice(start)
  if (kind === 1) return text.slice(0, start) + text.slice(end)
  if (kind === 2) return text.slice(0, start) + inserted + text.slice(end)
  if (kind === 3) return text.slice(0, end) + text.slice(start, end) + text.slice(end)
  return text.slice(0, start)
}

/** One of the texts, with up to four changes. */
export const mutated = (texts: ReadonlyArray<string>): fc.Arbitrary<string> =>
  fc.tuple(pick(texts), fc.array(mutation, { maxLength: 4 })).map(([text, changes]) => changes.reduce(apply, text))

const nested = (levels: number, open: string, close: string): string => open.repeat(levels) + close.repeat(levels)

const hostileValues: ReadonlyArray<unknown> = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  2 ** 53,
  8.64e15,
  8.65e15,
  -8.65e12,
  253402300800,
  "",
  " ",
  "x",
  "2026-01-01",
  "2026-01-01T00:00:00",
  "+275760-09-13T00:00:00.001Z",
  "-271821-04-20T00:00:00Z",
  [],
  {},
  [[]],
  [null],
  { a: {} },
  "\ud800",
  "\u0000",
  "a".repeat(5_000),
  "1".repeat(400)
]

/** A value with one place of it changed: by another value, by another key, or taken out. */
const changedAt = (value: unknown, steps: ReadonlyArray<number>, replacement: unknown, kind: number): unknown => {
  if (typeof value !== "object" || value === null || steps.length === 0) return replacement
  const entries = Object.entries(value)
  const [step = 0, ...rest] = steps
  const index = entries.length === 0 ? 0 : step % entries.length
  const changed = entries.flatMap(([key, item], at): ReadonlyArray<readonly [string, unknown]> => {
    if (at !== index) return [[key, item]]
    if (rest.length > 0 || kind === 0) return [[key, changedAt(item, rest, replacement, kind)]]
    if (kind === 1) return []
    return kind === 2
      ? [
          [key, item],
          ["__proto__", replacement]
        ]
      : [[`${key} `, item]]
  })
  return Array.isArray(value) ? changed.map(([, item]) => item) : Object.fromEntries(changed)
}

/** JSON texts: mutated values, mutated texts, and nests. */
export const json = (texts: ReadonlyArray<string>): fc.Arbitrary<string> => {
  const values = texts.map((text): unknown => JSON.parse(text))
  const byValue = fc
    .tuple(pick(values), fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }), pick(hostileValues), fc.nat(3))
    .map(([value, steps, replacement, kind]) => JSON.stringify(changedAt(value, steps, replacement, kind)))
  return fc.oneof(
    { weight: 10, arbitrary: byValue },
    { weight: 8, arbitrary: mutated(texts) },
    { weight: 1, arbitrary: words },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: 1, max: 3_000 }), fc.boolean())
        .map(([levels, lists]) =>
          lists ? nested(levels, "[", "]") : nested(levels, '{"a":', "}").replace(":}", ":1}")
        )
    }
  )
}
