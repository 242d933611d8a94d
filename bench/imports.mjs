/** What importing the library costs, against the parts of `effect` and `@effect/platform` that it is made of. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { environment, root } from "./machine.mjs"
import { pairs, rowOf } from "./pairs.mjs"

/** Prints the processor and wall milliseconds that one import took in a fresh process. */
const program = (specifier) => `
const before = process.cpuUsage()
const start = performance.now()
await import(${JSON.stringify(specifier)})
const wall = performance.now() - start
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ cpu: (user + system) / 1000, wall }))`

const importing = (specifier) => () => {
  const options = { cwd: root, env: environment(process.env.HOME), encoding: "utf8" }
  return JSON.parse(spawnSync(process.execPath, ["--input-type=module", "-e", program(specifier)], options).stdout)
}

/** Every module of the two packages that an entry reaches, found in the built files. */
const partsOf = (entry, seen = new Set(), parts = new Set()) => {
  if (seen.has(entry)) return parts
  seen.add(entry)
  for (const [, found] of readFileSync(join(root, "dist", entry), "utf8").matchAll(/(?:from|import)\s*"([^"]+)"/g)) {
    if (/^(effect|@effect\/platform)(\/|$)/.test(found)) parts.add(found)
    if (found.startsWith("./")) partsOf(found.slice(2), seen, parts)
  }
  return parts
}

export default async () => {
  const directory = mkdtempSync(join(root, "dist", "bench-"))
  try {
    const parts = join(directory, "parts.mjs")
    writeFileSync(parts, [...partsOf("index.js")].map((name) => `import ${JSON.stringify(name)}\n`).join(""))
    const found = await pairs({ base: importing(parts), subject: importing("./dist/index.js"), rounds: 15 })
    return [
      rowOf(
        "importing the library / importing the parts of `effect` and `@effect/platform` it uses",
        [1.15, 1.03],
        found
      )
    ]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
