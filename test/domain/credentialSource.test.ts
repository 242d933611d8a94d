/** What commands and files may be, how a line becomes words, and what counts as an answer. */
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { spawnSync } from "node:child_process"
import { pathProblem, wordsProblem } from "#src/domain/account/CredentialSource.ts"
import { shellWords } from "#src/domain/account/shellWords.ts"
import { parseAnswer, secretsIn } from "#src/domain/account/sourceAnswer.ts"
import { quoted } from "#src/domain/hints/Command.ts"

describe("a line as words", () => {
  it("is what a shell makes of it, or refused", () => {
    const character = fc.constantFrom(..."ab'\"\\ \t=/:-@%,.")
    fc.assert(
      fc.property(fc.string({ unit: character, minLength: 1, maxLength: 12 }), (line) => {
        const words = shellWords(line)
        const shell = spawnSync("/bin/sh", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" })
        if (Either.isRight(words)) expect(shell.stdout).toBe(words.right.map((word) => `${word}\0`).join(""))
        else if (words.left !== "is empty") expect(words.left).toMatch(/not closed|ends with a backslash/)
      }),
      { numRuns: 150 }
    )
  })

  it("gives back the words that were quoted", () => {
    const word = fc.string({ unit: "grapheme" }).filter((text) => text !== "")
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        expect(shellWords(words.map(quoted).join(" "))).toEqual(Either.right(words))
      })
    )
  })

  it.each([
    "op read $ITEM",
    'op read "$ITEM"',
    "a | b",
    "a; b",
    "a && b",
    "a > f",
    "`a`",
    "a $(b)",
    "~/bin/a",
    "a *",
    "a\nb"
  ])("%j is refused, for only a shell understands it", (line) => {
    expect(Either.getOrNull(Either.flip(shellWords(line)))).toMatch(/only a shell understands/)
  })
})

describe("a program", () => {
  it.each([
    [["op", "read"], undefined],
    [["/usr/bin/op"], undefined],
    [["./op"], /relative path/],
    [["bin/op"], /relative path/],
    [["../op"], /relative path/],
    [[], /must name a program/],
    [[""], /must name a program/],
    [["op", 3], /each of them a string/],
    [["op", "a\0b"], /null character/]
  ])("%j", (words, problem) => {
    if (problem === undefined) expect(wordsProblem(words)).toBeUndefined()
    else expect(wordsProblem(words)).toMatch(problem)
  })

  it("a file is absolute, or below the home directory", () => {
    expect(pathProblem("/run/token")).toBeUndefined()
    expect(pathProblem("~/token")).toBeUndefined()
    for (const path of ["token", "./token", "../token", "~jo/token", "", "/a\0b"])
      expect(pathProblem(path)).toBeDefined()
  })
})

describe("an answer", () => {
  const token = (text: string) => Either.map(parseAnswer(text), (answer) => Redacted.value(answer.token))

  it("is a line, of which one end is dropped", () => {
    expect(token("abc\n")).toEqual(Either.right("abc"))
    expect(token("abc\r\n")).toEqual(Either.right("abc"))
    expect(token("abc")).toEqual(Either.right("abc"))
    expect(token(" a b ")).toEqual(Either.right(" a b "))
  })

  it("or JSON, with a time that has a zone", () => {
    const at = (text: string) => Either.map(parseAnswer(text), ({ expiresAt }) => Option.getOrNull(expiresAt))
    expect(token('{"token": "abc"}\n')).toEqual(Either.right("abc"))
    expect(token('{\n  "token": "abc",\n  "lease": 3\n}\n')).toEqual(Either.right("abc"))
    expect(at('{"token":"a","expires_at":"2030-01-01T00:00:00Z"}')).toEqual(Either.right(Date.UTC(2030, 0, 1)))
    expect(at('{"token":"a","expires_at":1893456000}')).toEqual(Either.right(1_893_456_000_000))
    expect(at('{"token":"a","expires_at":null}')).toEqual(Either.right(null))
  })

  it.each([
    ["", /with nothing/],
    ["\n", /with nothing/],
    ["hush1\nhush2\n", /more than one line/],
    ["hush1\n\n", /more than one line/],
    ["\u001b[31mred", /control characters/],
    ["{", /JSON that is not valid/],
    ['{"secret":"abc"}', /token is missing/],
    ['{"token":""}', /token/],
    ['{"token":"a\\nb"}', /token/],
    ['{"token":7}', /token/],
    ['{"token":"a","expires_at":"2030-01-01T00:00:00"}', /expires_at/],
    ['{"token":"a","expires_at":"soon"}', /expires_at/]
  ])("%j is none, and is not quoted", (text, problem) => {
    const said = Either.getOrNull(Either.flip(parseAnswer(text)))
    expect(said).toMatch(problem)
    expect(said).not.toMatch(/abc|hush/)
  })

  it("is known as a secret whatever its shape", () => {
    expect(secretsIn('{"token": "s3cr3t-a", "expires_at": "x"}')).toEqual(["s3cr3t-a"])
    expect(secretsIn("first-half\nsecond-half\n")).toEqual(["first-half", "second-half"])
  })
})
