/** Home directories of their own on the real disk, configurations of any size, and the library and commands on them. */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { pairs } from "./pairs.mjs"

export const mp = fileURLToPath(new URL("../dist/bin/mp.cjs", import.meta.url))
export const root = fileURLToPath(new URL("..", import.meta.url))

/** Nothing of the caller's environment but what a program needs to start: certificates alone cost a start its length. */
export const environment = (home) => ({ PATH: process.env.PATH, HOME: home, TERM: "dumb" })

/** Writes files, by their paths below a home directory, as private as the real ones. */
export const writeHome = (home, files) => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(home, dirname(path)), { recursive: true, mode: 0o700 })
    writeFileSync(join(home, path), content, { mode: 0o600 })
  }
}

/** Runs `use` with a fresh home directory, which is the process's own for as long. */
export const withHome = async (files, use) => {
  const before = process.env.HOME
  const home = mkdtempSync(join(tmpdir(), "mp-bench-"))
  process.env.HOME = home
  try {
    writeHome(home, files)
    return await use(home)
  } finally {
    process.env.HOME = before
    rmSync(home, { recursive: true, force: true })
  }
}

const script = 'TIMEFORMAT="%U %S %R"; { time "$@" >/dev/null 2>/dev/null; } 2>&1; echo "$?"'

/** Processor and wall milliseconds of one process, as the shell accounts them. One that fails is no measurement. */
export const run = (program, env) => {
  const { stdout } = spawnSync("bash", ["-c", script, "bash", ...program], { env, encoding: "utf8", cwd: root })
  const [user, system, wall, code] = stdout.trim().split(/\s+/).map(Number)
  if (code !== 0) throw new Error(`${program.slice(-4).join(" ")} ended with ${code}`)
  return { cpu: Math.round((user + system) * 1000), wall: Math.round(wall * 1000) }
}

/** Whole processes against each other. `before` happens before each run of the subject, outside of its time. */
export const pairsOfProcesses = ({ base, before = () => undefined, env, rounds = 9, subject }) =>
  pairs({
    rounds,
    base: () => run(base, env),
    subject: () => {
      before()
      return run(subject, env)
    }
  })

const numbers = (count) => Array.from({ length: count }, (_, n) => n)

/** The first ten can be switched to: they have a project. */
const accountBlock = (n) =>
  `[accounts.a${n}]\ntype = "service_account"\nregion = "us"\nusername = "u${n}"\nsecret = "s${n}"\n${n < 10 ? `default_project = "${n + 1}"\n` : ""}\n`

/** Accounts in blocks of their own; 10,000 of them fit into the 1 MiB that a file may have. */
export const accountsText = (count) => `${numbers(count).map(accountBlock).join("")}[active]\naccount = "a1"\n`
