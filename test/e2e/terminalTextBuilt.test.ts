/** The real `mp` with hostile text: on a terminal, and evaluated by real shells. */
import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { config, me, toml } from "../support/hostileHome.ts"
import { forbiddenIn, forgedRow } from "../support/hostileText.ts"
import { makeHome, runMp } from "../support/mp.ts"
import { needs } from "../support/needs.ts"
import { onTerminal } from "../support/onTerminal.ts"

describe("mp env, evaluated", () => {
  const values = [
    "it's",
    '"; touch x; "',
    "$(touch x)",
    "`touch x`",
    "\\",
    "\\'",
    "a b",
    "*",
    "!x",
    "-n",
    "größe",
    "'\u2019;x"
  ]
  const home = (secret: string) =>
    makeHome({
      ".mp/config.toml": `[accounts.team]\ntype = "service_account"\nregion = "us"\ndefault_project = "1"\nusername = "u"\nsecret = ${toml(secret)}\n[active]\naccount = "team"\n`
    })
  const shells = [
    { name: "sh", dialect: "bash", script: 'eval "$(cat)"; printf %s "$MP_SECRET"' },
    { name: "bash", dialect: "bash", script: 'eval "$(cat)"; printf %s "$MP_SECRET"' },
    { name: "zsh", dialect: "bash", script: 'eval "$(cat)"; printf %s "$MP_SECRET"' },
    { name: "fish", dialect: "fish", script: 'cat | source; printf %s "$MP_SECRET"' }
  ] as const

  for (const { dialect, name, script } of shells) {
    const shell = name === "sh" ? needs() : needs(name)
    it.scopedLive.skipIf(shell.areUnmet)(shell.title(`in ${name}: a value is the value, and nothing runs`), () =>
      Effect.gen(function* () {
        for (const value of values) {
          const directory = yield* home(value)
          const { code, stdout } = yield* runMp(["env", "--shell", dialect], { home: directory })
          expect(code).toBe(0)
          const seen = execFileSync(name, ["-c", script], {
            input: stdout,
            cwd: directory,
            encoding: "utf8",
            env: { PATH: process.env["PATH"], HOME: directory }
          })
          expect(seen).toBe(value)
          expect(existsSync(`${directory}/x`)).toBe(false)
        }
      })
    )
  }
})

const terminal = needs("script")

describe.skipIf(terminal.areUnmet)(terminal.title("on a terminal"), () => {
  const shown = [
    "account list",
    "target list",
    "session",
    "session --explain",
    "project show",
    "config show",
    "config check",
    "target show nope",
    "doctor --offline"
  ]

  it.scopedLive(
    "the same",
    () =>
      Effect.gen(function* () {
        const home = yield* makeHome({ ".mp/config.toml": config, ".mp/accounts/team/me.json": me })
        for (const words of shown) {
          const screen = yield* onTerminal(words.split(" "), { home })
          const { shown: text } = yield* screen.ended
          expect({ words, left: forbiddenIn(text) }).toEqual({ words, left: [] })
          expect({ words, text }).not.toMatchObject({
            text: expect.stringMatching(words === "config show" ? /^$/ : forgedRow)
          })
          expect(text.length).toBeGreaterThan(0)
        }
      }),
    60_000
  )
})
