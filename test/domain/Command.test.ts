/** A command hands every word over as it is, on one line that shows everything it says. */
import * as fc from "effect/FastCheck"
import { execFileSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { argument, command, inTurn, quoted } from "#src/domain/hints/Command.ts"
import { needs } from "../support/needs.ts"

const heard = (shell: string, line: string): ReadonlyArray<string> =>
  execFileSync(shell, ["-c", line], { encoding: "utf8", env: { PATH: process.env["PATH"], HOME: "/" } })
    .split("\0")
    .slice(0, -1)

const hostile = [
  "",
  "~",
  "a b",
  "it's",
  "A; touch x",
  "$(touch x)",
  "`touch x`",
  "a\nb",
  "\n",
  "a\n",
  "a\r\tb",
  "\\n%s!",
  "\u001b[2Ja",
  "a\u0085b",
  "\u202egnp.exe",
  "a\u200bb",
  "\u2028",
  "*",
  "=ls",
  "#",
  "&&",
  "-rf",
  "größe",
  "\u{e0041}"
]

/** Everything but NUL, which no argument can hold, and halves of characters, which no file name can. */
const anyWord = fc.oneof(
  fc.constantFrom(...hostile),
  fc.fullUnicodeString().map((text) => text.replaceAll("\0", "")),
  fc.stringOf(fc.constantFrom(..."a'\"\\$`!\n\r%& ;|<>(){}*?[]~#=\u001b\u009b\u202e\u200d"))
)

const bash = needs("bash")

describe("a command", () => {
  const handsOver = (shell: string) => {
    fc.assert(
      fc.property(fc.array(anyWord, { minLength: 1, maxLength: 40 }), (words) => {
        const line = command`printf ${"%s\\0"} ${words}`
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        expect(heard(shell, line)).toEqual(words)
      }),
      { numRuns: 60, examples: [[hostile]] }
    )
  }
  it("hands every word over as it is: sh", () => handsOver("sh"))
  it.skipIf(bash.areUnmet)(bash.title("hands every word over as it is: bash"), () => handsOver("bash"))

  it("says plain words plainly", () => {
    expect(command`mp account login ${"team"}`).toBe("mp account login team")
    expect(command`chmod 600 ${"/home/a b/.mp/config.toml"}`).toBe("chmod 600 '/home/a b/.mp/config.toml'")
    expect(command`rm ${["a", "b c"]} ${3}`).toBe("rm a 'b c' 3")
  })

  it("goes on with a second one only where the first succeeds", () => {
    const line = inTurn(command`false ${"\n"}`, command`printf ${"%s\\0"} ${"seen"}`)
    expect(heard("sh", `${line} || true`)).toEqual([])
  })

  it("does not take a name for a flag", () => {
    expect(command`mp target remove ${argument("-x")}`).toBe("mp target remove -- -x")
    expect(command`mp target remove ${argument("x-")}`).toBe("mp target remove x-")
  })

  it("quotes what a shell would expand", () => {
    expect(hostile.filter((word) => quoted(word) === word)).toEqual(["-rf"])
  })
})
