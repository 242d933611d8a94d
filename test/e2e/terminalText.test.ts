/** Whatever stands in a name, a file, a variable or an answer: no command shows it as anything but text. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { all, files, toml } from "../support/hostileHome.ts"
import { forbiddenIn, forgedRow, hostile } from "../support/hostileText.ts"
import { runHere, type World } from "../support/inProcess.ts"

const commands = [
  "account list",
  "account show",
  `account show ${"\u001b"}[2J`,
  "account token",
  "account test --project abc",
  "project list",
  "project show",
  "project use 12",
  "workspace list",
  "workspace show",
  "workspace use 5",
  "target list",
  "target show nope\u202e",
  "session",
  "session --explain",
  "session --bridge",
  "config path",
  "config show",
  "config check",
  "config migrate --dry-run",
  "doctor --offline",
  "doctor --offline --report",
  "env",
  "api nothing\u001b[2J",
  "completions bash",
  "no\u009bsuch"
]

const formats = ["table", "json", "jsonl", "csv", "plain"]
const worlds: ReadonlyArray<readonly [string, World]> = [
  ["hostile files", { files }],
  [
    "a broken file",
    { files: { "~/.mp/config.toml": `[accounts.team]\nregion = ${toml(all)}\ntype = ${toml(all)}\n` } }
  ],
  ["no TOML", { files: { "~/.mp/config.toml": `[accounts.team]\nx = \u009b2J\u202e=\n` } }],
  ["hostile variables", { files, env: { MP_REGION: all, MP_PROJECT_ID: all, MP_TARGET: all } }],
  ["a hostile account", { files, env: { MP_ACCOUNT: all } }],
  [
    "a hostile bridge",
    {
      files: { ...files, "~/bridge.json": JSON.stringify({ version: 2, account: { name: all, type: all }, [all]: 1 }) },
      env: { MP_AUTH_FILE: "~/bridge.json" }
    }
  ]
]

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Records of a command that lists, in each of the formats. */
const counted = (words: string) =>
  Effect.gen(function* () {
    const in_ = (format: string) =>
      Effect.map(runHere([...words.split(" "), "--format", format], { files }), (o) => o.stdout)
    const records: ReadonlyArray<unknown> = JSON.parse(yield* in_("json"))
    const rows = {
      jsonl: (yield* in_("jsonl")).trimEnd().split("\n").length,
      csv: (yield* in_("csv")).trimEnd().split("\r\n").length - 1,
      plain: (yield* in_("plain")).trimEnd().split("\n").length,
      table: (yield* in_("table")).trimEnd().split("\n").length - 1
    }
    return { records, rows }
  })

describe("hostile text", () => {
  it.effect.each(worlds)("%s: every command, every format: nothing acts, hides or forges a row", ([, world]) =>
    Effect.gen(function* () {
      const bad: Array<unknown> = []
      for (const words of commands) {
        for (const format of formats) {
          for (const verbose of [[], ["--verbose"]]) {
            const args = [...words.split(" "), "--format", format, ...verbose]
            const { stderr, stdout } = yield* runHere(args, world)
            const left = [...forbiddenIn(stdout), ...forbiddenIn(stderr)]
            const forged = forgedRow.test(stdout) || forgedRow.test(stderr)
            const isCode = words.startsWith("config show") || words.startsWith("completions")
            const machine = format === "json" || format === "jsonl"
            const noJson = machine && !stderr.split("\n").every((line) => line === "" || isJson(line))
            if (left.length > 0 || (forged && !isCode) || noJson) bad.push({ args, left, forged, noJson })
          }
        }
      }
      expect(bad).toEqual([])
    })
  )

  it.effect.each(["target list", "account list"])("%s: as many rows as records, in each format", (words) =>
    Effect.gen(function* () {
      const { records, rows } = yield* counted(words)
      const count = records.length
      expect(count).toBeGreaterThan(1)
      expect(rows).toEqual({ jsonl: count, csv: count, plain: count, table: count })
    })
  )

  it.effect("JSON gives the names back as they are", () =>
    Effect.gen(function* () {
      const { records } = yield* counted("target list")
      expect(records.map((target) => Object(target).name).toSorted()).toEqual(hostile.toSorted())
    })
  )
})

describe("mp account token", () => {
  const world = (token: string): World => ({
    files: {
      "~/.mp/config.toml": `[accounts.me]\ntype = "oauth_token"\nregion = "us"\ndefault_project = "1"\ntoken = ${toml(token)}\n[active]\naccount = "me"\n`
    }
  })

  it.effect("prints a token exactly", () =>
    Effect.gen(function* () {
      for (const token of ["abc", "-a=b+c/d~e", "=x", "  a b ", "größe", "ya29.A0-_"]) {
        expect(yield* runHere(["account", "token"], world(token))).toMatchObject({ code: 0, stdout: `${token}\n` })
      }
    })
  )

  it.effect.each(["a\u001bb", "a\nb", "a\u200bb", "a\u009bb", "\u202ea"])(
    "refuses one that it would alter: %j",
    (token) =>
      Effect.gen(function* () {
        const { code, stderr, stdout } = yield* runHere(["account", "token"], world(token))
        expect({ code: code === 0 ? "printed" : "refused", stdout }).toEqual({ code: "refused", stdout: "" })
        expect(forbiddenIn(stderr)).toEqual([])
      })
  )
})

describe("mp env", () => {
  it.effect.each(["a\u200bb", "a\u202eb"])("refuses a value that it would alter, %j, and JSON has it", (secret) =>
    Effect.gen(function* () {
      const world = {
        files: {
          "~/.mp/config.toml": `[accounts.team]\ntype = "service_account"\nregion = "us"\ndefault_project = "1"\nusername = "u"\nsecret = ${toml(secret)}\n[active]\naccount = "team"\n`
        }
      }
      const refused = yield* runHere(["env"], world)
      expect(refused).toMatchObject({ stdout: "", stderr: expect.stringContaining("MP_SECRET") })
      expect(refused.code).not.toBe(0)
      const { stdout } = yield* runHere(["env", "--format", "json"], world)
      expect(JSON.parse(stdout)).toMatchObject({ MP_SECRET: secret })
      expect(forbiddenIn(stdout)).toEqual([])
    })
  )
})
