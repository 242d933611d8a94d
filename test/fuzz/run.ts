/**
 * `npm run fuzz [INPUTS] [SEED]`: every target in a process of its own with little memory, two at a time. A process
 * that says nothing for a minute hangs. One line for each target; exit 1 where a law was broken.
 */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { targets } from "./targets.ts"

interface Report {
  readonly failed: boolean
  readonly line: string
  readonly runs: number
}

const self = fileURLToPath(import.meta.url)
const batch = 500
const silenceMillis = 60_000

/** In the process of one target. */
const fuzz = (name: string, inputs: number, seed: number): void => {
  const found = targets.find((target) => target.name === name)
  if (found === undefined) throw new Error(`There is no target '${name}'.`)
  const before = process.memoryUsage.rss()
  let slowest = 0
  let runs = 0
  const seen = (millis: number) => {
    slowest = Math.max(slowest, millis)
  }
  let failure: string | null = null
  while (runs < inputs && failure === null) {
    const outcome = found.check({ runs: Math.min(batch, inputs - runs), seed: seed + runs, seen })
    runs += outcome.runs
    failure = outcome.failure
    process.stdout.write(`${JSON.stringify({ runs })}\n`)
  }
  const peak = Math.max(0, Math.round((process.resourceUsage().maxRSS * 1024 - before) / 1_048_576))
  process.stdout.write(`${JSON.stringify({ runs, slowest: Math.round(slowest), peak, failure })}\n`)
}

const inProcess = (name: string, inputs: number, seed: number): Promise<Report> =>
  new Promise((resolve) => {
    const words = ["--max-old-space-size=256", "--import", "tsx", self, "--target", name, String(inputs), String(seed)]
    const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] })
    let last = ""
    const hangs = () => setTimeout(() => child.kill("SIGKILL"), silenceMillis)
    let timer = hangs()
    child.stdout.on("data", (chunk: Buffer) => {
      clearTimeout(timer)
      timer = hangs()
      last = chunk.toString("utf8").trim().split("\n").at(-1) ?? last
    })
    child.once("close", (code, signal) => {
      clearTimeout(timer)
      resolve(reportOf(name, last, code === 0 ? null : `ended with ${signal ?? code}, seed ${seed}`))
    })
  })

const reportOf = (name: string, last: string, end: string | null): Report => {
  const { failure = null, peak = 0, runs = 0, slowest = 0 } = JSON.parse(last === "" ? "{}" : last)
  const wrong = failure ?? end
  // Memory is what came on top of the sources themselves.
  const figures = `${String(runs).padStart(8)} inputs  ${String(slowest).padStart(4)} ms  ${String(peak).padStart(4)} MiB more`
  return { failed: wrong !== null, runs, line: `${name.padEnd(24)}${figures}${wrong === null ? "" : `\n  ${wrong}`}` }
}

const all = async (inputs: number, seed: number): Promise<void> => {
  const shares = targets.reduce((sum, { share }) => sum + share, 0)
  const queue = [...targets]
  const reports: Array<Report> = []
  const start = Date.now()
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const report = await inProcess(next.name, Math.ceil((inputs * next.share) / shares), seed)
      reports.push(report)
      console.log(report.line)
    }
  }
  await Promise.all([worker(), worker()])
  const runs = reports.reduce((sum, report) => sum + report.runs, 0)
  console.log(`${runs} inputs in ${Math.round((Date.now() - start) / 1_000)} s, seed ${seed}`)
  process.exitCode = reports.some(({ failed }) => failed) ? 1 : 0
}

const [first, ...rest] = process.argv.slice(2)
if (first === "--target") fuzz(rest[0] ?? "", Number(rest[1]), Number(rest[2]))
else await all(Number(first ?? 1_000_000), Number(rest[0] ?? Date.now() % 1_000_000))
