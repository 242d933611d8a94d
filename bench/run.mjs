/**
 * `npm run bench`: measures everything, prints the goals with what was measured, and writes bench/results.json.
 * Run a part: node bench/run.mjs --only NAME [--only NAME]; what was measured before of the rest is kept.
 */
import { fork } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { modules } from "./modules.mjs"

const resultsPath = fileURLToPath(new URL("results.json", import.meta.url))
const measureProgram = fileURLToPath(new URL("measure.mjs", import.meta.url))

/** Nothing of the caller's environment gets through but what a program needs to start. */
const environment = () => {
  const { HOME, MP_PREDECESSOR, PATH } = process.env
  return { HOME, PATH, TERM: "dumb", ...(MP_PREDECESSOR === undefined ? {} : { MP_PREDECESSOR }) }
}

const measured = (name) =>
  new Promise((resolve, reject) => {
    const child = fork(measureProgram, [name], { env: environment(), execArgv: ["--expose-gc"] })
    let result
    child.once("message", (message) => {
      result = message
    })
    child.once("error", reject)
    child.once("exit", (code) =>
      code === 0 && result !== undefined ? resolve(result) : reject(new Error(`${name} ended with ${code}.`))
    )
  })

const verdict = ({ aim, must, value }) => {
  if (value === null) return "not present"
  if (must === null && aim === null) return "no goal"
  if (must !== null && value > must) return "missed"
  return aim !== null && value <= aim ? "aim" : "met"
}

const shown = (value) => (value === null ? "" : String(Number(value.toPrecision(3))))

const printGoals = (results) =>
  console.table(
    Object.values(results).flatMap(({ rows }) =>
      rows.map((row) => ({
        goal: row.goal,
        measured: `${shown(row.value)}${row.unit === "ratio" ? "" : ` ${row.unit}`}`,
        must: shown(row.must),
        aim: shown(row.aim),
        verdict: verdict(row),
        note: row.note ?? ""
      }))
    )
  )

/** Pairs of times may stand anywhere in a module's details; they have the same form everywhere. */
const wallTimes = (name, details) => {
  if (typeof details !== "object" || details === null) return []
  if (typeof details.subject?.wallMillis === "number") {
    return [{ what: name, ms: shown(details.subject.wallMillis), "base ms": shown(details.base.wallMillis) }]
  }
  return Object.entries(details).flatMap(([key, inner]) => wallTimes(`${name} ${key}`, inner))
}

const printWallTimes = (results) => {
  console.log("On the wall, in milliseconds for each sample:")
  console.table(Object.entries(results).flatMap(([name, { details }]) => wallTimes(name, details)))
}

const machine = () => ({
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`,
  date: new Date().toISOString()
})

const former = () => (existsSync(resultsPath) ? (JSON.parse(readFileSync(resultsPath, "utf8")).results ?? {}) : {})

const { values } = parseArgs({ options: { only: { type: "string", multiple: true } } })
const names = values.only ?? Object.keys(modules)
const unknown = names.filter((name) => !Object.hasOwn(modules, name))
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}; there are ${Object.keys(modules).join(", ")}.`)
  process.exit(2)
}

const results = {}
for (const name of names) {
  console.error(`${name} …`)
  results[name] = await measured(name)
}
printGoals(results)
printWallTimes(results)
const kept = values.only === undefined ? {} : former()
writeFileSync(resultsPath, `${JSON.stringify({ machine: machine(), results: { ...kept, ...results } }, null, 2)}\n`)
