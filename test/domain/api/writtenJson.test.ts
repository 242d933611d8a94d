import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { describe, expect, it } from "vitest"
import { elements, member } from "#src/domain/api/writtenJson.ts"
import { parseJson } from "#src/domain/internal/json.ts"

const parsed = (json: string): unknown => Either.getOrThrow(parseJson(json))
const written = FastCheck.tuple(FastCheck.jsonValue(), FastCheck.constantFrom(0, 1, 2, "\t", "\r\n ")).map(
  ([value, indent]) => ({
    // An escape, and not a backslash that is one and an "n" behind it.
    json: JSON.stringify(value, null, indent).replaceAll(/\\[\\n]/g, (escape) =>
      escape === "\\n" ? "\\u000a" : escape
    ),
    value: parsed(JSON.stringify(value))
  })
)

describe("parts of a JSON text", () => {
  it("the elements of an array are its values, one on a line", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(written), FastCheck.constantFrom("", " ", "\n\t"), (values, blank) => {
        const found = elements(`${blank}[${values.map(({ json }) => blank + json + blank).join(",")}]${blank}`)
        expect(found.map(parsed)).toEqual(values.map(({ value }) => value))
        expect(found.join("")).not.toMatch(/[\r\n]/)
      })
    )
  })

  it("a member of an object is the value that a parser finds", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(FastCheck.tuple(FastCheck.string(), written)), (entries) => {
        const object = `{ ${entries.map(([key, { json }]) => `${JSON.stringify(key)} : ${json}`).join(" , ")} }`
        for (const [key] of entries) {
          const values = entries.filter(([other]) => other === key)
          expect(parsed(member(object, key) ?? "")).toEqual(values.at(-1)?.[1].value)
        }
        expect(member(object, "not a key of it, ever")).toBe(undefined)
      })
    )
  })

  it.each([
    ["[9007199254740993, 1.10, -0.0, 1e400, 1E+2]", ["9007199254740993", "1.10", "-0.0", "1e400", "1E+2"]],
    ['[{"a" : 1.0, "b": "x, ]\\" }"}]', ['{"a":1.0,"b":"x, ]\\" }"}']],
    ["[]", []],
    ["[ \n ]", []],
    ["\ufeff[1]", ["1"]]
  ])("%j keeps what is written", (array, texts) => {
    expect(elements(array)).toEqual(texts)
  })

  it("a long text takes a time that grows with its length", () => {
    const long = `[${Array.from({ length: 200_000 }, (_, at) => `{"id": ${at}, "text": "${"x".repeat(20)}"}`).join(", ")}]`
    expect(elements(long)).toHaveLength(200_000)
  })
})
