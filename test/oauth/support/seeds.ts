/**
 * Seeds the bugs that docs/promises.md names, one at a time into a copy of the sources, and runs the test that has to
 * see it. Run: npx tsx test/oauth/support/seeds.ts [EXPRESSION FOR A BUG'S NAME, such as '^3:']
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
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

const directory = copy()
const report = join(directory, "report.json")

/** The group of the tests that run. Their workers end with it: a bug may have made one of them deaf to everything else. */
let group: number | undefined
const endTests = (): void => {
  try {
    if (group !== undefined) process.kill(-group, "SIGKILL")
  } catch {
    // All have ended by themselves.
  }
  group = undefined
}
process.once("exit", () => {
  endTests()
  rmSync(directory, { recursive: true, force: true })
})
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1))

/** What the tests say: their first error; nothing where all pass; and how long they took. */
interface Said {
  readonly ran: boolean
  readonly error: string | undefined
  readonly millis: number
}

const say = async (file: string, names: ReadonlyArray<string>, longest: number): Promise<Said> => {
  rmSync(report, { force: true })
  const began = performance.now()
  const filter = names.length === 0 ? [] : ["-t", names.join("|")]
  const output = ["--bail=1", "--reporter=json", `--outputFile=${report}`]
  const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", file, ...output, ...filter], {
    cwd: directory,
    detached: true,
    env: { ...process.env, NODE_ENV: "test" },
    stdio: "ignore"
  })
  group = child.pid
  const late = setTimeout(endTests, longest)
  await once(child, "exit")
  clearTimeout(late)
  endTests()
  const millis = performance.now() - began
  if (!existsSync(report)) return { ran: true, error: `no end after ${Math.round(millis / 1000)} s`, millis }
  const { numFailedTests, numPassedTests, success, testResults } = JSON.parse(readFileSync(report, "utf8"))
  const errors: ReadonlyArray<string> = testResults.flatMap(
    (suite: { message: string; assertionResults: ReadonlyArray<{ failureMessages?: ReadonlyArray<string> }> }) => [
      ...suite.assertionResults.flatMap(({ failureMessages = [] }) => failureMessages),
      suite.message
    ]
  )
  const error = success === true ? undefined : (errors.find((text) => text !== "") ?? "a failure without a word")
  // The reporter has no other word for a test that takes too long.
  const told = error?.replace("Error: STACK_TRACE_ERROR", "a test took longer than it may")
  return { ran: numFailedTests + numPassedTests > 0, error: told?.split("\n", 1)[0]?.slice(0, 160), millis }
}

const wanted = new RegExp(process.argv.slice(2).join(" "))
const chosen = seeds.filter(({ bug }) => wanted.test(bug))
/** By file, what its tests say without any bug: where they fail, nothing can be learned from them. */
const sound = new Map<string, Said>()

const withoutBug = async (test: string): Promise<Said> => {
  const known = sound.get(test)
  if (known !== undefined) return known
  const named = chosen.filter((seed) => seed.test[0] === test).map((seed) => seed.test[1])
  const names = named.filter((one) => one !== undefined)
  const said = await say(test, names.length === named.length ? [...new Set(names)] : [], 600_000)
  sound.set(test, said)
  return said
}

const outcome = async ({ bug, file, from, test: [test, name], to }: Seed): Promise<string> => {
  const where = `${bug} (${[test, ...(name === undefined ? [] : [name])].join(", ")})`
  const { error, millis } = await withoutBug(test)
  if (error !== undefined) return `UNFIT   ${where}: it fails without any bug: ${error}`
  const path = join(directory, file)
  const text = readFileSync(path, "utf8")
  if (text.split(from).length !== 2) return `UNFIT   ${where}: ${file} does not have, once: ${from}`
  writeFileSync(
    path,
    text.replace(from, () => to)
  )
  const said = await say(test, name === undefined ? [] : [name], 60_000 + 3 * millis)
  writeFileSync(path, text)
  if (!said.ran && said.error === undefined) return `UNFIT   ${where}: no test has this name`
  return said.error === undefined ? `MISSED  ${where}` : `seen    ${where}: ${said.error}`
}

for (const seed of chosen) {
  const line = await outcome(seed)
  if (!line.startsWith("seen")) process.exitCode = 1
  console.log(line)
}
