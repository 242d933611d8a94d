/** A configuration near and over its limit: told in time, and made smaller by the commands that always did that. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import { home, runHere } from "../support/inProcess.ts"

const path = "~/.mp/config.toml"
const account = (name: string, secret: string) =>
  `[accounts.${name}]\ntype = "service_account"\nregion = "us"\ndefault_project = "1"\nusername = "u"\nsecret = "${secret}"\n`
const filled = (bytes: number) => `${account("team", "s")}${account("big", "x".repeat(bytes))}${account("spare", "s")}`
const near = { [path]: filled(990_000) }
const over = { [path]: filled(1_060_000) }

const run = (files: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) => runHere(args, { files })

describe("a configuration that is nearly full", () => {
  it.effect("is told when it is written, and found by config check and the doctor", () =>
    Effect.gen(function* () {
      const used = yield* run(near, "account", "use", "team")
      expect([used.code, used.stderr]).toEqual([
        0,
        expect.stringMatching(/^note: .*config\.toml is at 94 % of the limit/)
      ])
      const quiet = yield* run({ [path]: filled(9) }, "account", "use", "team")
      expect([quiet.code, quiet.stderr]).toEqual([0, ""])
      for (const args of [
        ["config", "check"],
        ["doctor", "--offline"]
      ]) {
        const { code, stdout } = yield* run(near, ...args)
        expect([code, stdout]).toEqual([1, expect.stringContaining("is at 94 % of the limit")])
        expect(stdout).toMatch(/cp -p \S+ \S+\.aside && mp account remove big/)
      }
    })
  )
})

describe("a configuration of more than 1 MiB", () => {
  it.effect("is not read, and says what makes it smaller", () =>
    Effect.gen(function* () {
      for (const args of [
        ["account", "list"],
        ["account", "token", "team"],
        ["config", "check"]
      ]) {
        const { code, stderr, stdout } = yield* run(over, ...args)
        expect(code).toBe(1)
        expect(stdout + stderr).toMatch(/is larger than 1 MiB; mp account remove and mp target remove work/)
        expect(stdout + stderr).not.toMatch(/\bmv\b/)
      }
    })
  )

  it.effect("becomes smaller, and not larger", () =>
    Effect.gen(function* () {
      const removed = yield* run(over, "account", "remove", "spare")
      expect(removed.code).toBe(0)
      expect(removed.files[`${home}/.mp/config.toml`]).toBe(filled(1_060_000).replace(account("spare", "s"), ""))
      const added = yield* run(over, "target", "add", "t", "--account", "team", "--project", "1")
      expect([added.code, added.stderr]).toEqual([
        1,
        expect.stringContaining("was not written: it would be larger than 1 MiB")
      ])
    })
  )
})
