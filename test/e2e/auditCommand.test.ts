/** `mp audit`, and the setting that switches it. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { configPath, home, runHere } from "../support/inProcess.ts"

const auditPath = `${home}/.mp/audit.jsonl`
const ago = (millis: number) => new Date(Date.now() - millis).toISOString()
const hour = 3_600_000
const line = (at: string, event: string) => JSON.stringify({ at, event, account: "me", program: "mp", pid: 7 })
const files = {
  [auditPath]: `${line(ago(hour), "refresh")}\n${line(ago(hour / 2), "logout")}\n`,
  [`${auditPath}.1`]: `${line(ago(72 * hour), "login")}\n{"at":\n`
}
const json = (text: string): unknown => JSON.parse(text)

describe("mp audit", () => {
  it.effect("lists all, the oldest first, and says what it cannot read", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* runHere(["audit", "--format", "json"], { files })
      expect(code).toBe(0)
      expect(json(stdout)).toMatchObject([{ event: "login" }, { event: "refresh" }, { event: "logout", pid: 7 }])
      expect(stderr).toContain(`1 lines of ${auditPath} cannot be read.`)
    })
  )

  it.live("looks back as far as it is told", () =>
    Effect.gen(function* () {
      const shown = (since: string) => runHere(["audit", "--since", since, "--format", "jsonl"], { files })
      expect((yield* shown("1d")).stdout.trimEnd().split("\n").length).toBe(2)
      expect((yield* shown("45m")).stdout.trimEnd().split("\n").length).toBe(1)
      expect((yield* shown("1s")).stdout).toBe("")
      const wrong = yield* shown("yesterday")
      expect([wrong.code, wrong.stdout]).toEqual([3, ""])
    })
  )

  it.effect("is a table and CSV as other lists are, and says where nothing is", () =>
    Effect.gen(function* () {
      expect((yield* runHere(["audit"], { files })).stdout).toMatch(
        /^AT +EVENT +ACCOUNT +PROGRAM +PID +FINGERPRINT +RULE/
      )
      expect((yield* runHere(["audit", "-f", "csv"], { files })).stdout).toMatch(/^at,event,account,program,pid,/)
      expect((yield* runHere(["audit"])).stdout).toBe(`Nothing was recorded in ${auditPath}.\n`)
    })
  )

  it.effect("is set and unset by mp config, and checked", () =>
    Effect.gen(function* () {
      for (const [value, written] of [
        ["false", "audit = false"],
        ["true", "audit = true"],
        ["all", 'audit = "all"']
      ] as const) {
        const set = yield* runHere(["config", "set", "audit", value])
        expect([set.code, set.files[configPath]]).toEqual([0, `[settings]\n${written}\n`])
        expect((yield* runHere(["config", "check"], { files: set.files })).code).toBe(0)
        const unset = yield* runHere(["config", "unset", "audit"], { files: set.files })
        expect([unset.code, unset.files[configPath]?.includes("audit")]).toEqual([0, false])
      }
      expect((yield* runHere(["config", "set", "audit", "sometimes"])).code).toBe(3)
      const wrong = yield* runHere(["config", "check"], { files: { [configPath]: "[settings]\naudit = 7\n" } })
      expect(wrong.code).toBe(1)
      expect(wrong.stdout + wrong.stderr).toMatch(/config\.toml:2.*audit.* must be true, false or "all"/)
    })
  )
})
