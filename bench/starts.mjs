/** Whole commands against `node -e 0`: warm, in their first run, with the cache warmed in an image, and their memory. */
import { spawnSync } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { environment, mp, pairsOfProcesses, run, withHome } from "./machine.mjs"
import { median, rowOf, rowWithout } from "./pairs.mjs"

const config = `[active]
account = "ci"

[accounts.ci]
type = "oauth_token"
region = "us"
default_project = "3713224"
token = "not-a-real-token"

[accounts.team]
type = "service_account"
region = "eu"
default_project = "3018488"
username = "team.292e7c.mp-service-account"
secret = "not-a-real-secret"

[accounts.me]
type = "oauth_browser"
region = "us"

[targets.shop]
account = "ci"
project = "3713224"
`

const tokens = JSON.stringify({
  access_token: "not-a-real-token",
  refresh_token: "not-a-real-token",
  expires_at: "2100-01-01T00:00:00+00:00",
  scope: "projects",
  token_type: "Bearer"
})

const client = JSON.stringify({
  client_id: "not-a-real-client",
  region: "us",
  redirect_uri: "http://localhost:19284/callback",
  scope: "projects",
  created_at: "2026-01-01T00:00:00Z"
})

export const files = {
  ".mp/config.toml": config,
  ".mp/accounts/me/tokens.json": tokens,
  ".mp/oauth/client_us.json": client
}

/** What commands may cost. */
const frequent = [2.4, 2]
const other = [3.5, 2.9]
const help = [1.15, 1.05]

/** `account token me` reads a login that is fresh. */
export const frequentCommands = ["account token", "account token me", "account list", "session"]
const otherCommands = [
  "target list",
  "session --explain",
  "account show",
  "account use ci",
  "config show",
  "config check",
  "doctor --offline",
  "env --show-secrets",
  "exec -- true",
  "completions bash"
]

export const commands = [
  ...["--version", "--help"].map((words) => ({ words, limits: help })),
  ...frequentCommands.map((words) => ({ words, limits: frequent })),
  ...otherCommands.map((words) => ({ words, limits: other }))
]

/** Rows for commands on some Node, each warm: it has run before. */
export const warmRows = async (home, wanted, { node = process.execPath, rounds, suffix = "" } = {}) => {
  const rows = []
  for (const { limits, words } of wanted) {
    const subject = [node, mp, ...words.split(" ")]
    const measured = { subject, base: [node, "-e", "0"], env: environment(home), rounds }
    rows.push(rowOf(`\`${words}\` / \`node -e 0\`${suffix}`, limits, await pairsOfProcesses(measured)))
  }
  return rows
}

const isThere = (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0

/** Millions of instructions of all threads: what a loaded machine does not change. */
const instructions = (home, program) => {
  const args = ["--tool=exp-bbv", "--bb-out-file=/dev/null", ...program]
  const { stderr } = spawnSync("valgrind", args, { env: environment(home), encoding: "utf8" })
  return [...stderr.matchAll(/Total instructions: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0) / 1e6
}

const counted = [
  ["--version", help],
  ["--help", help],
  ["account token", frequent],
  ["account list", frequent],
  ["session", frequent],
  ["target list", other]
]

const instructionRows = (home) => {
  const goal = (words) => `\`${words}\` / \`node -e 0\`, instructions`
  if (!isThere("valgrind")) {
    return counted.map(([words, limits]) => rowWithout(goal(words), limits, "not present", "valgrind is not installed"))
  }
  const base = instructions(home, [process.execPath, "-e", "0"])
  return counted.map(([words, [must, aim]]) => {
    const subject = instructions(home, [process.execPath, mp, ...words.split(" ")])
    const note = `${subject.toFixed(0)} against ${base.toFixed(0)} million`
    return { goal: goal(words), value: subject / base, unit: "ratio", must, aim, note }
  })
}

const firstRows = async (home) => {
  const env = environment(home)
  const forget = () => rmSync(join(home, ".cache"), { recursive: true, force: true })
  const warmed = () => {
    forget()
    run([process.execPath, mp, "cache", "warm"], env)
  }
  const rows = []
  for (const [what, words, limits, before] of [
    ["first run", "account token", [4.8, 3.5], forget],
    ["first run", "target list", [8.2, 6], forget],
    ["first run after `mp cache warm`", "account token", frequent, warmed],
    ["first run after `mp cache warm`", "target list", other, warmed]
  ]) {
    const subject = [process.execPath, mp, ...words.split(" ")]
    const found = await pairsOfProcesses({ subject, base: [process.execPath, "-e", "0"], env, before, rounds: 7 })
    rows.push(rowOf(`\`${words}\` / \`node -e 0\`, ${what}`, limits, found))
  }
  return rows
}

/** The peak of the whole process in MiB, as the kernel accounts it, told by the process itself as its last act. */
export const peakOf = (home, words, env = {}) => {
  const probe = join(home, "peak.cjs")
  writeFileSync(
    probe,
    `process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS)); process.argv.splice(1, 1); require(process.argv[1])`
  )
  const peaks = Array.from({ length: 5 }, () => {
    const program = [probe, mp, ...words.split(" ")]
    const { stderr } = spawnSync(process.execPath, program, { env: { ...environment(home), ...env }, encoding: "utf8" })
    return Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024
  })
  return median(peaks)
}

const memoryRow = (home, goal, must, words) => ({
  goal: `peak memory, ${goal}`,
  value: Math.max(...words.map((line) => peakOf(home, line))),
  unit: "MiB",
  must,
  aim: null,
  note: words.map((line) => `\`${line}\``).join(", ")
})

export default () =>
  withHome(files, async (home) => [
    ...(await warmRows(home, commands)),
    rowWithout("`credential get` / `node -e 0`", frequent, "not present", "there is no such command yet"),
    ...instructionRows(home),
    ...(await firstRows(home)),
    memoryRow(home, "frequent commands", 50, frequentCommands),
    memoryRow(home, "other commands", 60, ["target list", "account use ci", "doctor --offline"])
  ])
