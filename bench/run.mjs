/**
 * `npm run bench`: measures everything, prints the goals with what was measured, and puts the table of each part into
 * docs/performance.md. A part: node bench/run.mjs --only NAME [--only NAME]; the tables of the others stay. Exit 1 where a
 * goal is missed or a part fails.
 */
import { fork } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { cpus, loadavg } from "node:os"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { environment } from "./machine.mjs"

/** Every part, in a module of its own, whose default export measures. */
const parts = [
  "starts",
  "nodes",
  "mechanisms",
  "network",
  "large",
  "rivals",
  "resolve",
  "switch",
  "transport",
  "waiters",
  "fleet",
  "imports",
  "build"
]

const self = fileURLToPath(import.meta.url)
const page = fileURLToPath(new URL("../docs/performance.md", import.meta.url))

/** Longer than any part takes, however loaded the machine is: one that hangs ends here. */
const partMillis = 900_000

/** One part in a process of its own, so that none warms another one up. A part that fails is a row that says so. */
const measured = (name) =>
  new Promise((resolve) => {
    const { GH_TOKEN, MIXPANEL_HEADLESS } = process.env
    const rivals = { ...(GH_TOKEN && { GH_TOKEN }), ...(MIXPANEL_HEADLESS && { MIXPANEL_HEADLESS }) }
    const env = { ...environment(process.env.HOME), ...rivals }
    const child = fork(self, ["--measure", name], {
      env,
      execArgv: ["--expose-gc"],
      stdio: ["ignore", 2, "pipe", "ipc"],
      timeout: partMillis
    })
    let rows = null
    let said = ""
    child.stderr.on("data", (bytes) => {
      said += bytes
    })
    child.once("message", (message) => {
      rows = message
    })
    child.once("close", (code, signal) => {
      const last =
        said
          .trim()
          .split("\n")
          .findLast((line) => /Error/.test(line)) ?? `it ended with ${code ?? signal}`
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

const line = (row) => {
  const value = `${shown(row.value)}${row.unit === "ratio" || row.value === null ? "" : ` ${row.unit}`}`
  const how = verdict(row)
  return `| ${row.goal} | ${value} | ${shown(row.must)} | ${shown(row.aim)} | ${how === "missed" ? "**missed**" : how} | ${row.note ?? ""} |`
}

const machine = () => {
  const load = loadavg()[0].toFixed(1)
  const kind = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`
  return `${new Date().toISOString().slice(0, 10)}, Node ${process.version.slice(1)}, ${process.platform} ${process.arch}, ${kind}, load ${load}`
}

const section = (name, rows, seconds) =>
  [
    `### \`${name}\``,
    "",
    `${machine()}; ${seconds} s.`,
    "",
    "| goal | measured | must | aim | | how |",
    "|---|---:|---:|---:|---|---|",
    ...rows.map(line),
    "",
    ""
  ].join("\n")

/** The page with a part's section in the place of the one that it had, or at the end. */
const withSection = (text, name, written) => {
  const start = text.indexOf(`### \`${name}\`\n`)
  if (start === -1) return `${text.trimEnd()}\n\n${written}`
  const next = text.indexOf("\n### ", start)
  return `${text.slice(0, start)}${written}${next === -1 ? "" : text.slice(next + 1)}`
}

const run = async (names) => {
  const unknown = names.filter((name) => !parts.includes(name))
  if (unknown.length > 0) {
    console.error(`There is no benchmark ${unknown.join(", ")}; there are ${parts.join(", ")}.`)
    process.exit(2)
  }
  for (const name of names) {
    const start = performance.now()
    const rows = await measured(name)
    const written = section(name, rows, ((performance.now() - start) / 1000).toFixed(0))
    console.log(written)
    writeFileSync(page, `${withSection(readFileSync(page, "utf8"), name, written).trimEnd()}\n`)
    if (rows.some((row) => ["missed", "failed"].includes(verdict(row)))) process.exitCode = 1
  }
}

const { values } = parseArgs({ options: { only: { type: "string", multiple: true }, measure: { type: "string" } } })
if (values.measure === undefined) await run(values.only ?? parts)
else {
  const { default: measure } = await import(`./${values.measure}.mjs`)
  process.send(await measure(), () => process.disconnect())
}
