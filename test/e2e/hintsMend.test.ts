/** Hints of faults in files and names, pasted into `sh` as they stand: the same command works afterwards. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync, spawnSync } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect } from "vitest"
import { sound } from "../support/badInput.ts"
import { builtMp } from "../support/mp.ts"
import { mpEnvironment } from "../support/mpEnvironment.ts"

interface Fault {
  readonly says: string
  readonly args: ReadonlyArray<string>
  readonly config?: string
  readonly env?: Readonly<Record<string, string>>
  readonly prepare?: (home: string) => void
}

const configOf = (home: string) => join(home, ".mp/config.toml")

/** Accounts with long bearers, after what is sound. */
const blocks = (count: number, length: number): string =>
  Array.from(
    { length: count },
    (_, n) => `\n[accounts."big-${n}"]\ntype = "oauth_token"\nregion = "us"\ntoken = "${"x".repeat(length)}"\n`
  ).join("")

const faults: ReadonlyArray<Fault> = [
  { says: "an open configuration", args: ["session"], prepare: (home) => chmodSync(configOf(home), 0o644) },
  {
    says: "a linked configuration",
    args: ["session"],
    prepare: (home) => {
      renameSync(configOf(home), join(home, "it's real.toml"))
      symlinkSync(join(home, "it's real.toml"), configOf(home))
    }
  },
  {
    says: "a linked ~/.mp",
    args: ["session"],
    prepare: (home) => {
      renameSync(join(home, ".mp"), join(home, "dot files"))
      symlinkSync(join(home, "dot files"), join(home, ".mp"))
    }
  },
  { says: "a byte-order mark", args: ["session"], config: `\uFEFF${sound}` },
  { says: "a malformed project", args: ["session"], env: { MP_PROJECT_ID: "x; touch pwned" } },
  { says: "two names that exclude each other", args: ["session"], env: { MP_ACCOUNT: "team", MP_TARGET: "ecom" } },
  { says: "a name that is not there", args: ["session", "-a", "temm"] },
  { says: "a variable's name that is not there", args: ["session"], env: { MP_ACCOUNT: "$(touch pwned)" } },
  {
    says: "an active account that is not there",
    args: ["session"],
    config: sound.replace('[active]\naccount = "team"', '[active]\naccount = "gone"')
  },
  { says: "a target and an account", args: ["session", "-t", "ecom", "-a", "team"] },
  { says: "a configuration of more than 1 MiB", args: ["session"], config: sound + blocks(1, 1_100_000) },
  { says: "one of a few accounts too many", args: ["session"], config: sound + blocks(8, 132_000) },
  {
    says: "an edit that would make it larger than 1 MiB",
    args: ["target", "add", "new", "--account", "team", "--project", "1"],
    config: sound + blocks(1, 1_048_490 - sound.length)
  }
]

const scratch = (fault: Fault) => {
  const home = mkdtempSync(join(tmpdir(), "mp hints "))
  mkdirSync(join(home, ".mp"), { mode: 0o700 })
  mkdirSync(join(home, "bin"))
  writeFileSync(configOf(home), fault.config ?? sound, { mode: 0o600 })
  writeFileSync(join(home, "bin/mp"), `#!/bin/sh\nexec '${process.execPath}' '${builtMp}' "$@"\n`, { mode: 0o755 })
  fault.prepare?.(home)
  const { PATH, ...rest } = mpEnvironment(home)
  return { home, env: { ...rest, PATH: `${join(home, "bin")}:${PATH}`, ...fault.env } }
}

/** Pastes a line and then gives the command again; both ends of `sh` are those of the last. */
const paste = (fault: Fault, hint: (hints: ReadonlyArray<string>) => string | undefined) => {
  const { env, home } = scratch(fault)
  const run = (line: string) => spawnSync("sh", ["-c", line], { cwd: home, env, encoding: "utf8" })
  const command = `mp ${fault.args.join(" ")}`
  const failed = run(command)
  const hints = failed.stderr.slice(failed.stderr.indexOf("try:\n") + 5).match(/^ {2}\S.*$/gm) ?? []
  const line = hint(hints.map((text) => text.trim()))
  // `mp doctor --fix` ends with 1 where the network is not there: what counts is that the fault is gone.
  // A hint that is the command itself, written out as it succeeds, needs no second time.
  const again = line?.startsWith("mp session") ? line : `${line}; ${command}`
  const mended = run(again)
  const isClean = execFileSync("ls", { cwd: home, encoding: "utf8" }).includes("pwned") === false
  rmSync(home, { recursive: true, force: true })
  return { before: failed.status, hints, after: mended.status, said: mended.stderr, isClean }
}

describe("the first hint, pasted", () => {
  it.live.each([...faults])("mends $says", (fault) =>
    Effect.sync(() => {
      const { after, before, isClean, said } = paste(fault, ([first]) => first)
      expect(before).not.toBe(0)
      expect({ after, isClean, said }).toEqual({ after: 0, isClean: true, said })
    })
  )
})
