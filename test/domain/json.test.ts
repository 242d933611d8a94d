import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { maxJsonDepth, parseJson } from "#src/domain/internal/json.ts"

const nested = (depth: number, inner = "") => "[".repeat(depth) + inner + "]".repeat(depth)

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0

it.prop("what JSON.stringify writes is read as it was", [FastCheck.jsonValue({ depthSize: "large" })], ([value]) => {
  const text = JSON.stringify(value)
  expect(parseJson(text)).toEqual(Either.right(JSON.parse(text)))
})

it.prop(
  "a value is refused exactly where it is deeper than allowed, whatever stands in its texts",
  [
    FastCheck.letrec((tie) => ({
      value: FastCheck.oneof(
        { depthIdentifier: "json", maxDepth: 6 },
        FastCheck.stringMatching(/^[[\]{}"\\a]{0,9}$/),
        FastCheck.array(tie("value"), { maxLength: 3 }),
        FastCheck.dictionary(FastCheck.stringMatching(/^[[\]{}"\\a]{1,4}$/), tie("value"), { maxKeys: 3 })
      )
    })).value,
    FastCheck.integer({ min: 0, max: 6 })
  ],
  ([value, maxDepth]) => {
    const read = parseJson(JSON.stringify(value, null, 1), { maxDepth })
    expect(Either.isRight(read)).toBe(depthOf(value) <= maxDepth)
  }
)

it.prop("any text gives a value or a problem, and no throw", [FastCheck.string({ unit: "binary" })], ([text]) => {
  expect(Either.isEither(parseJson(text))).toBe(true)
})

it("200 levels are read and 201 are not, also where the text never closes them", () => {
  expect(Either.isRight(parseJson(nested(maxJsonDepth)))).toBe(true)
  for (const text of [
    nested(maxJsonDepth + 1),
    nested(100_000),
    "[".repeat(5_000_000),
    `{"a":`.repeat(201),
    `"${"[".repeat(9)}",${nested(201)}`
  ]) {
    expect(parseJson(text)).toEqual(Either.left("nested too deep"))
  }
  expect(Either.isRight(parseJson(JSON.stringify("[".repeat(100_000))))).toBe(true)
})

it("a byte order mark is passed over; what is no JSON is named as that", () => {
  expect(parseJson('\uFEFF{"a":1}')).toEqual(Either.right({ a: 1 }))
  for (const text of ["", "{", "\uFEFF\uFEFF1", "'a'", "NaN"])
    expect(parseJson(text)).toEqual(Either.left("not valid JSON"))
})

const src = fileURLToPath(new URL("../../src/", import.meta.url))

/** What reads no foreign text: the package's own help pages, and servers of the sandbox. */
const own = /^(domain\/internal\/json\.ts|cli\/start\/|layers\/sandbox\/)/

/** Examples in comments are for programs of others. */
const withoutExamples = (source: string): string => source.replace(/^ *\*.*$/gm, "")

it("nothing in the sources parses JSON in another way", () => {
  const parsing = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
    (name) =>
      name.endsWith(".ts") &&
      !own.test(name) &&
      /JSON\.parse\(|Schema\.parseJson\(|\.json\(\)/.test(withoutExamples(readFileSync(join(src, name), "utf8")))
  )
  expect(parsing).toEqual([])
})
