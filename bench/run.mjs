/**
 * `npm run bench`: measures everything, prints the goals with what was measured, and writes bench/results.json.
 * Run a part: node bench/run.mjs --only NAME [--only NAME]; what was measured before of the rest is kept.
 */
import { fork } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { cpus, loadavg } from "node:os"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { environment } from "./machine.mjs"

/** Every part, in a module of its own, whose default export measures. */
const parts = [
  "starts",
  "nodes",
  "network",
  "large",
  "rivals",
  "resolve",
  "switch",
  "transport",
  "waiters",
  "imports",
  "build"
]

const self = fileURLToPath(import.meta.url)
const resultsPath = fileURLToPath(new URL("results.json", import.meta.url))

/** One part in a process of its own, so that none warms another one up. A part that fails is a row that says so. */
const measured = (name) =>
  new Promise((resolve) => {
    const { GH_TOKEN, MIXPANEL_HEADLESS } = process.env
    const rivals = { ...(GH_TOKEN && { GH_TOKEN }), ...(MIXPANEL_HEADLESS && { MIXPANEL_HEADLESS }) }
    const env = { ...environment(process.env.HOME), ...rivals }
    const child = fork(self, ["--measure", name], {
      env,
      execArgv: ["--expose-gc"],
      stdio: ["ignore", 2, "pipe", "ipc"]
    })
    let rows = null
    let said = ""
    child.stderr.on("data", (bytes) => {
      said += bytes
    })
    child.once("message", (message) => {
      rows = message
    })
    child.once("close", (code) => {
      const last =
        said
          .trim()
          .split("\n")
          .findLast((line) => /Error/.test(line)) ?? `it ended with ${code}`
      resolve(rows ?? [{ goal: name, value: null, unit: "ratio", must: null, aim: null, state: "failed", note: last }])
    })
  })

const verdict = ({ aim, must, state, value }) => {
  if (state !== undefined) return state
  if (must === null) return ""
  if (value > must) return "missed"
  return aim !== null && value <= aim ? "aim" : "met"
}

const shown = (value) => (value === null ? "" : String(Number(value.toPrecision(3))))

const table = (rows) =>
  [
    "| goal | measured | must | aim | | how |",
    "|---|---:|---:|---:|---|---|",
    ...rows.map((row) => {
      const value = `${shown(row.value)}${row.unit === "ratio" || row.value === null ? "" : ` ${row.unit}`}`
      const how = verdict(row)
      return `| ${row.goal} | ${value} | ${shown(row.must)} | ${shown(row.aim)} | ${how === "missed" ? "**missed**" : how} | ${row.note ?? ""} |`
    })
  ].join("\n")

const run = async (names) => {
  const unknown = names.filter((name) => !parts.includes(name))
  if (unknown.length > 0) {
    console.error(`There is no benchmark ${unknown.join(", ")}; there are ${parts.join(", ")}.`)
    process.exit(2)
  }
  const before = existsSync(resultsPath) ? JSON.parse(readFileSync(resultsPath, "utf8")).results : {}
  const results = names.length === parts.length ? {} : before
  for (const name of names) {
    const start = performance.now()
    results[name] = await measured(name)
    console.error(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`)
  }
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`,
    load: loadavg().map((load) => load.toFixed(1)),
    date: new Date().toISOString()
  }
  console.log(JSON.stringify(machine))
  console.log(table(names.flatMap((name) => results[name])))
  writeFileSync(resultsPath, `${JSON.stringify({ machine, results }, null, 2)}\n`)
}

const { values } = parseArgs({ options: { only: { type: "string", multiple: true }, measure: { type: "string" } } })
if (values.measure === undefined) await run(values.only ?? parts)
else {
  const { default: measure } = await import(`./${values.measure}.mjs`)
  process.send(await measure(), () => process.disconnect())
}
