/** The benchmark takes each mechanism of the command line out by an edit: every edit fits the sources as they are. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { expect, it } from "vitest"
import { root } from "./package/support/project.ts"

interface Benchmark {
  readonly mechanisms: ReadonlyArray<{
    readonly edits: ReadonlyArray<readonly [file: string, from: string, to: string]>
  }>
}

it("every mechanism is where the benchmark takes it out", async () => {
  const { mechanisms }: Benchmark = await import(pathToFileURL(join(root, "bench/mechanisms.mjs")).href)
  const edits = mechanisms.flatMap((mechanism) => mechanism.edits)
  expect(edits.length).toBeGreaterThan(10)
  const unfit = edits.filter(([file, from]) => readFileSync(join(root, file), "utf8").split(from).length !== 2)
  expect(unfit).toEqual([])
})
