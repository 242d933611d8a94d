/**
 * Whole commands: processor time of a process against that of `node -e 0`, pairs in turn, a clean environment; peak
 * memory; and the sizes of what they load. A rival is measured when it is there.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { median } from "./median.mjs"

const bin = fileURLToPath(new URL("../dist/bin/", import.meta.url))
const mp = join(bin, "mp.cjs")
const rounds = 31

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

/** A login that is fresh. */
const tokens = JSON.stringify({
  access_token: "not-a-real-token",
  refresh_token: "not-a-real-token",
  expires_at: "2100-01-01T00:00:00+00:00",
  scope: "projects",
  token_type: "Bearer"
})

/** Writes files, by their paths below a home directory, as private as the real ones. */
const writeHome = (home, files) => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(home, dirname(path)), { recursive: true, mode: 0o700 })
    writeFileSync(join(home, path), content, { mode: 0o600 })
  }
}

const fast = { must: 2.6, aim: 2.1, firstMust: 4.8, firstAim: 3.5 }
const other = { must: 3.6, aim: 3, firstMust: 8.2, firstAim: 6 }
const help = { must: 1.15, aim: 1.05 }

/**
 * What is run, and what it may cost; with `firstMust` also without anything kept from an earlier run. With `last`, the
 * last word is another one each time, so that there is something to write.
 */
const commands = [
  { argv: ["--version"], ...help },
  { argv: ["account", "token"], ...fast },
  { argv: ["account", "token", "me"], ...fast },
  { argv: ["account", "list"], ...fast },
  { argv: ["session"], ...fast },
  { argv: ["config", "path"], ...other },
  { argv: ["config", "show"], ...other },
  { argv: ["config", "check"], ...other },
  { argv: ["account", "show"], ...other },
  { argv: ["session", "--explain"], ...other },
  { argv: ["target", "list"], ...other },
  { argv: ["project", "show"], ...other },
  { argv: ["project", "use", "3713224"], ...other },
  { argv: ["project", "use"], last: (round) => String(1 + (round % 2)), ...other },
  { argv: ["account", "use"], last: (round) => ["ci", "me"][round % 2], ...other },
  { argv: ["env", "--show-secrets"], ...other },
  { argv: ["completions", "bash"], ...other },
  { argv: ["--help"], ...help },
  { argv: ["account", "--help"], ...help }
]

const environment = (home) => ({ PATH: process.env.PATH, HOME: home, TERM: "dumb" })

/** User and system seconds of one run, as the shell accounts them, and the seconds on the wall. */
const run = (home, program) => {
  const script = 'TIMEFORMAT="%U %S %R"; { time "$@" >/dev/null 2>&1; } 2>&1'
  const output = execFileSync("bash", ["-c", script, "bash", ...program], { env: environment(home) })
  const [user, system, wall] = output.toString().trim().split(" ").map(Number)
  // The shell tells whole milliseconds: kept whole, 66 of them are three times 22, and not a little more.
  return { cpu: Math.round((user + system) * 1000), wall: Math.round(wall * 1000) }
}

const node = process.execPath
const bare = [node, "-e", "0"]

const always = (program) => () => program

const pairs = (home, program, base, before = () => undefined) =>
  Array.from({ length: rounds }, (_, round) => {
    const baseline = run(home, base)
    before()
    return { baseline, subject: run(home, program(round)) }
  })

const figures = (measured) => ({
  ratio: median(measured.map(({ baseline, subject }) => subject.cpu / baseline.cpu)),
  subject: {
    cpuMillis: median(measured.map(({ subject }) => subject.cpu)),
    wallMillis: median(measured.map(({ subject }) => subject.wall))
  },
  base: {
    cpuMillis: median(measured.map(({ baseline }) => baseline.cpu)),
    wallMillis: median(measured.map(({ baseline }) => baseline.wall))
  }
})

const compared = (home, { aim, goal, must }, program, base, before) => {
  const found = figures(pairs(home, program, base, before))
  const note = `${Math.round(found.subject.wallMillis)} ms on the wall, against ${Math.round(found.base.wallMillis)} ms`
  return { row: { goal, value: found.ratio, unit: "ratio", must, aim, note }, detail: found }
}

/** Warm: it has run before. First: nothing is kept of any run. */
const measureCommand = (home, { aim, argv, firstAim, firstMust, last, must }) => {
  const program = (round) => [node, mp, ...argv, ...(last === undefined ? [] : [last(round)])]
  const name = `mp ${argv.join(" ")}${last === undefined ? "" : " (another one)"}`
  run(home, program(1))
  const warm = compared(home, { goal: `${name} / node -e 0`, must, aim }, program, bare)
  if (firstMust === undefined) return [warm]
  const forget = () => rmSync(join(home, ".cache"), { recursive: true, force: true })
  const first = { goal: `${name}, first run`, must: firstMust, aim: firstAim }
  return [warm, compared(home, first, program, bare, forget)]
}

const measureUnkept = (home) => {
  rmSync(join(home, ".cache"), { recursive: true, force: true })
  writeFileSync(join(home, ".cache"), "a file where the directory would be")
  const rows = [
    { argv: ["account", "token"], must: 4.8 },
    { argv: ["target", "list"], must: 8.2 }
  ].map(({ argv, must }) =>
    compared(
      home,
      { goal: `mp ${argv.join(" ")}, cache not writable`, must, aim: null },
      always([node, mp, ...argv]),
      bare
    )
  )
  rmSync(join(home, ".cache"))
  return rows
}

const onPath = (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0

const rivals = (home) => {
  const token = always([node, mp, "account", "token"])
  const absent = (goal, must, aim, note) => ({ row: { goal, value: null, unit: "ratio", must, aim, note } })
  const predecessor = process.env.MP_PREDECESSOR
  const ghGoal = "mp account token / gh auth token"
  const oldGoal = "mp account token / predecessor"
  return [
    onPath("gh")
      ? compared(home, { goal: ghGoal, must: 1.1, aim: 1 }, token, ["gh", "auth", "token"])
      : absent(ghGoal, 1.1, 1, "gh is not installed"),
    predecessor === undefined
      ? absent(oldGoal, 1 / 15, 1 / 25, "MP_PREDECESSOR names no command")
      : compared(home, { goal: oldGoal, must: 1 / 15, aim: 1 / 25 }, token, [predecessor, "account", "token", "ci"])
  ]
}

const peakScript = `process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS))`

/** The kernel's own account of the whole process, in MiB: told by the process itself as its last act. */
const peakOf = (home, argv) => {
  const probe = join(home, "peak.cjs")
  writeFileSync(probe, peakScript)
  const peaks = Array.from({ length: 7 }, () => {
    const script = `process.argv.splice(1, 1); require(${JSON.stringify(probe)}); require(${JSON.stringify(mp)})`
    const file = join(home, "peak-run.cjs")
    writeFileSync(file, script)
    const { stderr } = spawnSync(node, [file, mp, ...argv], { env: environment(home) })
    return Number(/peak (\d+)/.exec(stderr.toString())?.[1]) / 1024
  })
  return median(peaks)
}

const measureMemory = (home) => {
  const row = (goal, value, must) => ({ row: { goal, value, unit: "MiB", must, aim: null } })
  const fastPeak = Math.max(
    ...[["account", "token"], ["account", "list"], ["session"]].map((argv) => peakOf(home, argv))
  )
  const mainPeak = Math.max(
    ...[
      ["target", "list"],
      ["project", "use", "1"]
    ].map((argv) => peakOf(home, argv))
  )
  return [row("peak memory, fast path", fastPeak, 50), row("peak memory, main program", mainPeak, 60)]
}

const kilobytes = (file) => (existsSync(join(bin, file)) ? statSync(join(bin, file)).size / 1000 : Number.NaN)

const measureSizes = () => {
  const row = (goal, value, must) => ({ row: { goal, value, unit: "KB", must, aim: null } })
  return [row("fast.cjs", kilobytes("fast.cjs"), 330), row("main.cjs", kilobytes("main.cjs"), 750)]
}

/** Measures all of it. */
export const measureProcesses = () => {
  const home = mkdtempSync(join(tmpdir(), "mp-bench-"))
  try {
    writeHome(home, { ".mp/config.toml": config, ".mp/accounts/me/tokens.json": tokens })
    const measured = [
      ...commands.flatMap((command) => measureCommand(home, command)),
      ...measureUnkept(home),
      ...rivals(home),
      ...measureMemory(home),
      ...measureSizes()
    ]
    return {
      rows: measured.map(({ row }) => row),
      details: Object.fromEntries(measured.flatMap(({ detail, row }) => (detail ? [[row.goal, detail]] : [])))
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
