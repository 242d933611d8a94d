/** The reader of the plain part of TOML says what smol-toml says, or nothing. */
import * as fc from "effect/FastCheck"
import * as TOML from "smol-toml"
import { expect, it } from "vitest"
import { readPlain } from "#src/domain/toml/plain.ts"
import * as Toml from "#src/domain/toml/TomlDocument.ts"

const key = fc.constantFrom(
  "a",
  "b",
  "a-b",
  "_",
  "0",
  "10",
  "__proto__",
  "constructor",
  "toString",
  "type",
  "ä",
  '"q"',
  ""
)
const text = fc.oneof(
  fc.string(),
  fc.fullUnicodeString(),
  fc.constantFrom(
    "",
    '"',
    '""',
    "\\",
    "\\n",
    "\t",
    "\r",
    "\n",
    "\u007f",
    "\u0000",
    "#",
    "é",
    "🔑",
    "\u2028",
    "\ufeff",
    "'"
  )
)
const number = fc.constantFrom(
  "0",
  "5",
  "00",
  "-1",
  "+1",
  "1_0",
  "1.0",
  "1e3",
  "0x1",
  "123456789012345",
  "9007199254740993"
)
const value = fc.oneof(
  { weight: 4, arbitrary: text.map((inside) => `"${inside}"`) },
  { weight: 2, arbitrary: number },
  {
    weight: 1,
    arbitrary: fc.constantFrom("true", "'x'", '"""x"""', "[1]", "{}", "{ a = 1 }", "1979-05-27", "inf", "", "x")
  }
)
const blank = fc.constantFrom("", "", "", " ", "\t", "  \t", "\r", "\u00a0")
const end = fc.constantFrom(
  "\n",
  "\n",
  "\n",
  "\r\n",
  "\r",
  "",
  "\n\n",
  " # why\n",
  "#\t\n",
  "# \u0001\n",
  "# ü\r\n",
  " x\n"
)
const header = fc.oneof(
  key.map((one) => `[${one}]`),
  fc.tuple(key, key).map(([one, two]) => `[${one}.${two}]`),
  fc.tuple(key, key, key).map((keys) => `[${keys.join(".")}]`),
  fc.tuple(blank, key, blank).map(([left, one, right]) => `[${left}${one}${right}]`),
  key.map((one) => `[[${one}]]`)
)
const pair = fc
  .tuple(
    fc.oneof(
      key,
      fc.tuple(key, key).map((keys) => keys.join("."))
    ),
    blank,
    blank,
    value
  )
  .map(([name, before, after, said]) => `${name}${before}=${after}${said}`)
const line = fc.tuple(blank, fc.oneof(header, pair, pair, fc.constant("")), end).map((parts) => parts.join(""))
const plainLine = fc.oneof(
  fc.constantFrom("a", "b", "c").map((one) => `[${one}]\n`),
  fc.constantFrom("c", "d").map((one) => `[[${one}]]\n`),
  fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("x", "y", "z")).map(([one, two]) => `[${one}.${two}]\n`),
  fc
    .tuple(fc.constantFrom("k", "l", "x", "1"), fc.constantFrom('"s"', "7", '""'))
    .map(([one, said]) => `${one} = ${said}\n`)
)
const documents = fc.oneof(
  fc.array(line, { maxLength: 8 }).map((lines) => lines.join("")),
  fc.array(plainLine, { maxLength: 8 }).map((lines) => lines.join(""))
)

const whole = (document: string): unknown => {
  try {
    return TOML.parse(document, { integersAsBigInt: "asNeeded" })
  } catch {
    return null
  }
}

/** Everything there is to see of a value: keys in their order, and prototypes. */
const seen = (value: unknown): unknown =>
  typeof value === "object" && value !== null
    ? [Object.getPrototypeOf(value), Object.entries(value).map(([name, inner]) => [name, seen(inner)])]
    : value

it("what the plain reader reads, the parser of the whole language reads alike", () => {
  let read = 0
  fc.assert(
    fc.property(documents, (document) => {
      const plain = readPlain(document)
      if (plain === null) return
      read += 1
      expect(seen(plain)).toEqual(seen(whole(document)))
    }),
    { numRuns: 20_000 }
  )
  expect(read).toBeGreaterThan(3_000)
})

it("it reads what mp writes", () => {
  const blocks = ["one", "two"].map((name) => ["accounts", name])
  const { text } = [...blocks, ["active"]].reduce(
    (document, path) =>
      Toml.putTable(document, path, [
        ["type", "service_account"],
        ["workspace", 5]
      ]),
    Toml.empty
  )
  expect(seen(readPlain(text))).toEqual(seen(whole(text)))
})
