/** What importing the library costs, against the one platform module that any HTTP program imports. */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { summary } from "./pairs.mjs"

const rounds = 25
const directory = fileURLToPath(new URL("..", import.meta.url))

/** Prints the processor and wall milliseconds that one import took in a fresh process. */
const program = (specifier) => `
const before = process.cpuUsage()
const start = performance.now()
await import(${JSON.stringify(specifier)})
const wall = performance.now() - start
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ cpu: (user + system) / 1000, wall }))`

const importing = (specifier) => {
  const { HOME, PATH } = process.env
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program(specifier)], {
    cwd: directory,
    env: { HOME, PATH, TERM: "dumb" }
  })
  return JSON.parse(output.toString())
}

/** Measures in pairs of processes. */
export const measureImports = () => {
  const pair = () => [importing("@effect/platform/FetchHttpClient"), importing("./dist/index.js")]
  pair()
  const details = summary(Array.from({ length: rounds }, pair))
  const row = {
    goal: "importing the library / importing @effect/platform/FetchHttpClient",
    value: details.ratio,
    unit: "ratio",
    must: 1.15,
    aim: 1.03,
    note: "processor time of the import in fresh processes"
  }
  return { rows: [row], details }
}
