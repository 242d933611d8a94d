/**
 * Seeds the bugs that docs/promises.md names, one at a time into a copy of the sources, and runs the test that has to
 * see it. Run: npx tsx test/oauth/support/seeds.ts [EXPRESSION FOR A BUG'S NAME, such as '^3:']
 */
import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Seed } from "./Seed.ts"
import { seeds } from "./seedList.ts"

const root = fileURLToPath(new URL("../../..", import.meta.url))

const copy = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "mp-seed-"))
  for (const part of ["src", "scripts", "test", "package.json", "package-lock.json", "tsconfig.json"]) {
    cpSync(join(root, part), join(directory, part), { recursive: true })
  }
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"))
  writeFileSync(
    join(directory, "vitest.config.ts"),
    'export default { test: { include: ["test/**/*.test.ts"], testTimeout: 30_000, retry: 0 } }\n'
  )
  return directory
}

/** A bug that makes its test go on for ever is seen as well. */
const longest = 240_000

/** The first error of the tests; `null` where all pass. */
const failure = (directory: string, file: string, names: ReadonlyArray<string>): string | null => {
  const filter = names.length === 0 ? [] : ["-t", names.join("|")]
  const args = ["node_modules/vitest/vitest.mjs", "run", file, "--bail=1", "--no-color", ...filter]
  const run = spawnSync(process.execPath, args, {
    cwd: directory,
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "test" },
    killSignal: "SIGKILL",
    maxBuffer: Number.POSITIVE_INFINITY,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: longest
  })
  if (run.status === 0) return null
  return /^ FAIL .*\n(?! FAIL )(.+)/m.exec(run.stderr)?.[1]?.slice(0, 160) ?? run.error?.message ?? `exit ${run.status}`
}

const directory = copy()
const wanted = new RegExp(process.argv.slice(2).join(" "))
const chosen = seeds.filter(({ bug }) => wanted.test(bug))
/** By file, what its tests say without any bug: where they fail, nothing can be learned from them. */
const unfit = new Map<string, string | null>()

const outcome = ({ bug, file, from, test: [test, name], to }: Seed): string => {
  if (!unfit.has(test)) {
    const named = chosen.filter((seed) => seed.test[0] === test).map((seed) => seed.test[1])
    const names = named.filter((one) => one !== undefined)
    unfit.set(test, failure(directory, test, names.length === named.length ? [...new Set(names)] : []))
  }
  const without = unfit.get(test)
  if (typeof without === "string") return `UNFIT   ${bug} (${test} fails without any bug: ${without})`
  const path = join(directory, file)
  const sound = readFileSync(path, "utf8")
  if (sound.split(from).length !== 2) return `UNFIT   ${bug} (${file} does not have, once: ${from})`
  writeFileSync(
    path,
    sound.replace(from, () => to)
  )
  const seen = failure(directory, test, name === undefined ? [] : [name])
  writeFileSync(path, sound)
  const where = [test, ...(name === undefined ? [] : [name])].join(", ")
  return seen === null ? `MISSED  ${bug} (${where})` : `seen    ${bug} (${where}): ${seen}`
}

try {
  for (const seed of chosen) {
    const line = outcome(seed)
    if (!line.startsWith("seen")) process.exitCode = 1
    console.log(line)
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
