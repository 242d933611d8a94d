/** What an app pays that imports one tag: not for the services and layers that it does not use. */
import { build, type BuildOptions, type Plugin } from "esbuild"
import { describe, expect, it } from "vitest"
import * as library from "#src/index.ts"
import { root } from "./support/project.ts"

const most = 22_000

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

/** The bundle of an app that imports a tag, minified. */
const bundleOf = async (name: string, options: BuildOptions) => {
  const { metafile, outputFiles = [] } = await build({
    stdin: { contents: `export { ${name} } from "./dist/index.js"`, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    metafile: true,
    logLevel: "silent",
    ...options
  })
  return { bundle: outputFiles[0]?.text ?? "", parts: Object.values(metafile?.outputs ?? {})[0]?.inputs ?? {} }
}

/** Everything but `effect` and `@effect/*`, where they are outside, in bytes. */
const bytesBeside = async (name: string) => (await bundleOf(name, { plugins: [effect] })).bundle.length

/** The same in a bundle that holds everything. */
const bytesOfOurs = async (name: string) =>
  Object.entries((await bundleOf(name, {})).parts)
    .filter(([path]) => !/node_modules\/(?:@effect\/[^/]+|effect)\//.test(path))
    .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0)

describe("importing one tag", () => {
  it("is looked at for all of them", () => expect(tags.length).toBeGreaterThan(25))

  it.each(tags)("%s", async (name) => {
    expect(await bytesBeside(name)).toBeLessThan(most)
  })

  it("is no more in an app that bundles everything and marks nothing", async () => {
    expect(await bytesOfOurs("CurrentSession")).toBeLessThan(most)
  })

  it("is no more where Effect is outside and nothing is known of it", async () => {
    const { bundle } = await bundleOf("CurrentSession", { external: ["effect/*", "@effect/*"] })
    expect(bundle.length).toBeLessThan(most)
  })
})
