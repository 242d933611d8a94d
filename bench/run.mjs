/** `npm run bench`: prints the figures and writes them to bench/results.json. */
import { writeFileSync } from "node:fs"
import { measureEdits } from "./config-edits.mjs"
import { measureProcesses } from "./processes.mjs"

const edits = measureEdits()
console.log(
  `edits of ${edits.count} accounts (${(edits.bytes / 1e6).toFixed(2)} MB), against a bare parse (${edits.bareParseMillis.toFixed(0)} ms)`
)
console.table(
  edits.rows.map(({ millis, must, name, ratio }) => ({ name, ms: Math.round(millis), ratio: ratio.toFixed(2), must }))
)

const processes = measureProcesses()
console.log("commands, against node -e 0 (processor time)")
console.table(
  processes.map(({ bareWallMillis, cpuRatio, name, wallMillis }) => ({
    name,
    ratio: cpuRatio.toFixed(2),
    "wall ms": Math.round(wallMillis),
    "node -e 0 wall ms": Math.round(bareWallMillis)
  }))
)
writeFileSync(new URL("results.json", import.meta.url), `${JSON.stringify({ edits, processes }, null, 2)}\n`)
