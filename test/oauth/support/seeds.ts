/**
 * Seeds the bugs that the promises about tokens guard against, one at a time into a copy of the sources, and
 * runs the test that has to see it. Run: npx tsx test/oauth/support/seeds.ts [EXPRESSION FOR A BUG'S NAME, such as '^3:']
 */
import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Seed, seeds } from "./seedList.ts"

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

const passes = (directory: string, [file, name]: Seed["test"]): boolean => {
  const args = ["vitest", "run", file, ...(name === undefined ? [] : ["-t", name])]
  const env = { ...process.env, NODE_ENV: "test" }
  return (
    spawnSync("npx", args, { cwd: directory, stdio: "ignore", env, timeout: longest, killSignal: "SIGKILL" }).status ===
    0
  )
}

const directory = copy()
const wanted = new RegExp(process.argv.slice(2).join(" "))
const chosen = seeds.filter(({ bug }) => wanted.test(bug))
const files = [...new Set(chosen.map(({ test: [file] }) => file))]
if (spawnSync("npx", ["vitest", "run", ...files], { cwd: directory, stdio: "inherit" }).status !== 0) {
  throw new Error("the tests fail without any bug: nothing can be learned from them")
}
const missed: Array<string> = []
try {
  for (const { bug, file, from, test, to } of chosen) {
    const path = join(directory, file)
    const sound = readFileSync(path, "utf8")
    if (sound.split(from).length !== 2) throw new Error(`${bug}: ${file} does not have, once: ${from}`)
    writeFileSync(
      path,
      sound.replace(from, () => to)
    )
    const seen = !passes(directory, test)
    writeFileSync(path, sound)
    if (!seen) missed.push(bug)
    console.log(`${seen ? "seen  " : "MISSED"} ${bug} (${test.join(", ")})`)
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
process.exitCode = missed.length === 0 ? 0 : 1
