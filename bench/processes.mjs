/** Whole commands against `node -e 0`: processor time, pairs in turn, a clean environment. */
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { configOf } from "./config-edits.mjs"
import { median } from "./median.mjs"

const mp = fileURLToPath(new URL("../dist/bin/mp.cjs", import.meta.url))
const rounds = 15

const commands = {
  "mp --version": ["--version"],
  "mp account token": ["account", "token", "a1"],
  "mp account list": ["account", "list"],
  "mp session": ["session"],
  "mp config path": ["config", "path"],
  "mp --help": ["--help"]
}

/** User and system seconds of one run, as the shell accounts them, and the seconds on the wall. */
const run = (home, argv) => {
  const script = 'TIMEFORMAT="%U %S %R"; time "$@" >/dev/null 2>&1'
  const output = execFileSync("bash", ["-c", `{ ${script}; } 2>&1`, "bash", process.execPath, ...argv], {
    env: { PATH: process.env.PATH, HOME: home, TERM: "dumb", LC_ALL: "C" }
  })
  const [user, system, wall] = output.toString().trim().split(" ").map(Number)
  return { cpu: user + system, wall }
}

/** Measures all commands; the result has a row for each. */
export const measureProcesses = () => {
  const home = mkdtempSync(join(tmpdir(), "mp-bench-"))
  try {
    mkdirSync(join(home, ".mp"), { mode: 0o700 })
    writeFileSync(join(home, ".mp", "config.toml"), configOf(10), { mode: 0o600 })
    return Object.entries(commands).map(([name, argv]) => {
      const pairs = Array.from({ length: rounds }, () => [run(home, ["-e", "0"]), run(home, [mp, ...argv])])
      return {
        name,
        cpuRatio: median(pairs.map(([bare, command]) => command.cpu / bare.cpu)),
        wallMillis: median(pairs.map(([, command]) => command.wall)) * 1000,
        bareWallMillis: median(pairs.map(([bare]) => bare.wall)) * 1000
      }
    })
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
