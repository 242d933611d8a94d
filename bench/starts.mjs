/** Whole commands against `node -e 0`: warm, in their first run, with the cache warmed in an image, and their memory. */
import { spawnSync } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { environment, mp, pairsOfProcesses, root, run, withHome } from "./machine.mjs"
import { attempted, median, rowOf } from "./pairs.mjs"

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
export const frequentCommands = [
  "account token",
  "account token me",
  "account list",
  "session",
  "credential get --protocol headers"
]
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

const isThere = (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0
export const hasValgrind = isThere("valgrind")

/** Millions of instructions of all threads: what a loaded machine does not change. */
export const instructions = (home, program, variables = {}) => {
  const args = ["--tool=exp-bbv", "--bb-out-file=/dev/null", ...program]
  const env = { ...environment(home), ...variables }
  const { status, stderr } = spawnSync("valgrind", args, { cwd: root, env, encoding: "utf8" })
  if (status !== 0) throw new Error(`${program.slice(1).join(" ")} ended with ${status} under valgrind`)
  return [...stderr.matchAll(/Total instructions: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0) / 1e6
}

const byInstructions = (home, { goal, limits: [must, aim], subject }, base) => {
  const value = instructions(home, subject)
  const note = `${value.toFixed(0)} against ${base.toFixed(0)} million instructions`
  return { goal, value: value / base, unit: "ratio", must, aim, note }
}

/** Rows for commands on some Node: by instructions where valgrind is there, else by processor time. */
const rowsOf = async (home, wanted, node, suffix) => {
  const bare = [node, "-e", "0"]
  const env = environment(home)
  const base = hasValgrind ? median(Array.from({ length: 5 }, () => instructions(home, bare))) : 0
  const rows = []
  for (const { before, limits, what = "", words } of wanted) {
    const goal = `\`${words}\` / \`node -e 0\`${what}${suffix}`
    const subject = [node, mp, ...words.split(" ")]
    const measure = async () => {
      if (!hasValgrind) return rowOf(goal, limits, await pairsOfProcesses({ subject, base: bare, env, before }))
      if (before === undefined) run(subject, env)
      else before()
      return byInstructions(home, { goal, limits, subject }, base)
    }
    rows.push(await attempted(goal, limits, measure))
  }
  return rows
}

const firstRuns = (home, node) => {
  const forget = () => rmSync(join(home, ".cache"), { recursive: true, force: true })
  const warmed = () => {
    forget()
    run([node, mp, "cache", "warm"], environment(home))
  }
  const kept = ", first run after `mp cache warm`"
  return [
    { what: ", first run", words: "account token", limits: [4.8, 3.5], before: forget },
    { what: ", first run", words: "target list", limits: [8.2, 6], before: forget },
    { what: kept, words: "account token", limits: frequent, before: warmed },
    { what: kept, words: "target list", limits: other, before: warmed }
  ]
}

/** Every command that is wanted, warm: it has run before; and what first runs cost. */
export const startRows = (home, wanted, { node = process.execPath, suffix = "" } = {}) =>
  rowsOf(home, [...wanted, ...firstRuns(home, node)], node, suffix)

/** The peak of the whole process in MiB, as the kernel accounts it, told by the process itself as its last act. */
export const peakOf = (home, words, env = {}, node = process.execPath) => {
  const probe = join(home, "peak.cjs")
  writeFileSync(
    probe,
    `process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS)); process.argv.splice(1, 1); require(process.argv[1])`
  )
  const peaks = Array.from({ length: 5 }, () => {
    const program = [probe, mp, ...words.split(" ")]
    const { stderr } = spawnSync(node, program, { env: { ...environment(home), ...env }, encoding: "utf8" })
    return Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024
  })
  return median(peaks)
}

const memoryRow = (home, goal, must, words, { node, suffix = "" } = {}) => ({
  goal: `peak memory, ${goal}${suffix}`,
  value: Math.max(...words.map((line) => peakOf(home, line, {}, node))),
  unit: "MiB",
  must,
  aim: null,
  note: words.map((line) => `\`${line}\``).join(", ")
})

/** On some Node. */
export const memoryRows = (home, on) => [
  memoryRow(home, "frequent commands", 50, frequentCommands, on),
  memoryRow(home, "other commands", 60, ["target list", "account use ci", "doctor --offline"], on)
]

export default () => withHome(files, async (home) => [...(await startRows(home, commands)), ...memoryRows(home)])
