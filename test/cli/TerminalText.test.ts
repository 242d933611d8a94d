/** Text for a terminal: whatever goes in, nothing that acts on it or hides comes out. */
import * as fc from "effect/FastCheck"
import { describe, expect, expectTypeOf, it } from "vitest"
import { csv, plain } from "#src/cli/app/delimited.ts"
import { json, jsonLine, type Json } from "#src/cli/app/Json.ts"
import { labelled, table } from "#src/cli/app/table.ts"
import { widthOf } from "#src/cli/app/wrapped.ts"
import type { TerminalShape } from "#src/cli/app/Terminal.ts"
import { line, lines, TerminalText, text } from "#src/cli/app/TerminalText.ts"
import { forbidden, forbiddenIn, hostile } from "../support/hostileText.ts"

const special = fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point))
const anyText = fc.oneof(
  fc.constantFrom(...hostile),
  fc.fullUnicodeString(),
  fc.string16bits(),
  fc.array(fc.oneof(special, fc.constantFrom(...hostile)), { maxLength: 8 }).map((parts) => parts.join(""))
)
const visible = ["größe", "名前", "مشروع", "ไทย", "e\u0301", "❤️", "👍🏽", "a  b", "🇩🇪"]
const runs = { numRuns: 2_000 }

/** Read by a reader of its own (RFC 4180). */
const readCsv = (written: string): ReadonlyArray<ReadonlyArray<string>> =>
  written
    .split("\r\n")
    .slice(0, -1)
    .map((row) =>
      Array.from(`,${row}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,"]*))/g), ([, quoted, bare]) =>
        quoted === undefined ? (bare ?? "") : quoted.replaceAll('""', '"')
      )
    )

const dangerous = /^[\s"'`]*[=+\-@\uff1d\uff0b\uff0d\uff20]/

describe("text for a terminal", () => {
  it("is the only thing that a terminal takes, and made by nobody else", () => {
    expectTypeOf<Parameters<TerminalShape["out"]>[0]>().toEqualTypeOf<TerminalText>()
    expectTypeOf<Parameters<TerminalShape["err"]>[0]>().toEqualTypeOf<TerminalText>()
    expectTypeOf<string>().not.toExtend<TerminalText>()
    expectTypeOf<{ value: string }>().not.toExtend<TerminalText>()
  })

  it("shows anything on one line, without a character that acts or hides", () => {
    fc.assert(
      fc.property(anyText, anyText, (one, two) => {
        for (const { value } of [line(one), text`${one}: ${two}`, labelled([["L", one]])]) {
          expect(forbiddenIn(value)).toEqual([])
          expect(value.trimEnd()).not.toMatch(/[\n\t\r]/)
        }
      }),
      runs
    )
  })

  it("leaves what a person can see as it is", () => {
    for (const words of visible) expect(line(words).value).toBe(words)
    expect(line("a\tb\r\nc").value).toBe("a b c")
    expect(line("team\u200b\u200b").value).toBe("team\uFFFD")
    expect(TerminalText.exactly("abc-._~+/=")?.value).toBe("abc-._~+/=")
  })

  it("is the value itself, or nothing, where it must be exact", () => {
    fc.assert(
      fc.property(anyText, (one) => {
        const shown = TerminalText.exactly(one)
        expect(shown === undefined || (shown.value === one && !forbidden.test(one))).toBe(true)
      }),
      runs
    )
  })

  it("keeps the lines of a file, and the sequences that a prompt draws with, and nothing else", () => {
    expect(TerminalText.lines("a\r\n\tb\n").value).toBe("a\n\tb\n")
    expect(TerminalText.drawing("\u001b[2K\u001b[1mname\u001b]0;x\u0007").value).toBe(
      "\u001b[2K\u001b[1mname\uFFFD]0;x\u0007"
    )
    fc.assert(
      fc.property(anyText, (one) => {
        expect(forbiddenIn(TerminalText.lines(one).value)).toEqual([])
        expect(forbiddenIn(TerminalText.body(one).value)).toEqual([])
      }),
      runs
    )
  })
})

describe("formats", () => {
  const anyJson = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      anyText,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(anyText, tie("value"), { maxKeys: 3 })
    )
  })).value

  it("JSON says the same, and shows nothing that acts or hides", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        for (const written of [json(value).value, jsonLine(value).value]) {
          expect(forbiddenIn(written)).toEqual([])
          expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)))
        }
        expect(jsonLine(value).value.split("\n")).toHaveLength(2)
      }),
      runs
    )
  })

  it("CSV has as many rows and cells as there are, and no cell that a spreadsheet runs; numbers are whole", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, anyText, fc.integer()), { minLength: 1, maxLength: 5 }), (records) => {
        const written = csv(records).value
        expect(forbiddenIn(written)).toEqual([])
        const cells = readCsv(written)
        expect(cells.map((row) => row.length)).toEqual(records.map((row) => row.length))
        for (const [index, row] of cells.entries()) {
          expect(Number(row[2])).toBe(records[index]?.[2])
          for (const cell of row.slice(0, 2)) expect(dangerous.test(cell) && !cell.startsWith("'")).toBe(false)
        }
      }),
      runs
    )
    expect(csv([["=1", " =1", "'=1", "\t1", "-5", -5]]).value).toBe("'=1,' =1,''=1,' 1,'-5,-5\r\n")
  })

  it("tab-separated values have as many lines and fields as there are", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, anyText), { minLength: 1, maxLength: 5 }), (records) => {
        const written = plain(records).value
        expect(forbiddenIn(written)).toEqual([])
        expect(written.split("\n").map((row) => row.split("\t").length)).toEqual([...records.map(() => 2), 1])
      }),
      runs
    )
  })

  it("a table fits its columns, whatever is in them, and loses no word", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.array(fc.constantFrom("a", "word", "日本語", "x".repeat(50), "one two three four five"), {
            minLength: 3,
            maxLength: 3
          }),
          { maxLength: 5 }
        ),
        fc.integer({ min: 30, max: 120 }),
        (rows, columns) => {
          const shown = table([["N", "REGION", "ORGANIZATION_ID"], ...rows], { columns, isStyled: false }).value
          for (const line of shown.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(columns)
          // A heading stands over a column, or beside each of its cells.
          const letters = (text: string) => [...text.replace(/[\sA-Z_]/g, "")].sort().join("")
          expect(letters(shown)).toBe(letters(rows.flat().join("")))
        }
      ),
      runs
    )
  })

  it("a table has one line for each record, its columns aligned whatever is in them", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...hostile, ...visible), { minLength: 1, maxLength: 9 }), (names) => {
        const rows = table(
          names.map((name) => [name, "|"]),
          { columns: Number.POSITIVE_INFINITY, isStyled: false }
        ).value.split("\n")
        expect(rows).toHaveLength(names.length + 1)
        expect(forbiddenIn(rows.join(""))).toEqual([])
        expect(new Set(rows.slice(0, -1).map((row) => widthOf(row.slice(0, -1)))).size).toBe(1)
      }),
      runs
    )
  })

  it("lines are one for each part", () => {
    expect(lines(["a\nb", text`c\nd`]).value).toBe("a b\nc\nd\n")
  })
})
