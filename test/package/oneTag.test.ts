/** What an app pays that imports one tag: not for the services and layers that it does not use. */
import { build, type Plugin } from "esbuild"
import { describe, expect, it } from "vitest"
import * as library from "#src/index.ts"
import { root } from "./support/project.ts"

const most = 30_000

const isTag = (value: unknown): boolean => typeof value === "function" && "key" in value
const tags = Object.entries(library).flatMap(([name, value]) => (isTag(value) ? [name] : []))

/** Effect is the app's own; what an app does not use of it, a bundler leaves out. */
const effect: Plugin = {
  name: "effect",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^(?:effect|@effect\/[^/]+)(?:\/|$)/ }, ({ path }) => ({
      path,
      external: true,
      sideEffects: false
    }))
}

/** Everything but `effect` and `@effect/*`, minified, in bytes. */
const bytesOf = async (name: string) => {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${name} } from "./dist/index.js"`, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    plugins: [effect],
    logLevel: "silent"
  })
  return outputFiles[0]?.contents.length ?? Number.NaN
}

describe("importing one tag", () => {
  it("is looked at for all of them", () => expect(tags.length).toBeGreaterThan(25))

  it.each(tags)("%s", async (name) => {
    expect(await bytesOf(name)).toBeLessThan(most)
  })
})
