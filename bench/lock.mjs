/** Taking the lock of a file and giving it back: `npx tsx bench/lock.mjs [TIMES] [DIRECTORY]`. */
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { make } from "../src/layers/node/files/DiskFiles.ts"
import { nodeOps } from "../src/layers/node/files/DiskOps.ts"

const [times = "2000", parent = tmpdir()] = process.argv.slice(2)
const directory = mkdtempSync(join(parent, "mp-lock-"))
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]?.toFixed(3)

const files = make(nodeOps)
const measured = async (use) => {
  const took = []
  for (let round = 0; round < Number(times); round += 1) {
    const since = performance.now()
    await Effect.runPromise(files.withLock(join(directory, "file"))(use))
    took.push(performance.now() - since)
  }
  return median(took)
}

try {
  await measured(() => Effect.void)
  console.log(`take and release: ${await measured(() => Effect.void)} ms (median of ${times})`)
  console.log(`with one confirmation: ${await measured((lock) => lock.confirm)} ms`)
} finally {
  rmSync(directory, { recursive: true, force: true })
}
