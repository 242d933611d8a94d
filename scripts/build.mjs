// Builds the package: the library as ES modules with their types, and mp as two bundles with a launcher. `library` or
// `bundle` builds one of the two; `--quiet` says nothing of sizes. What the sources say is what the bundles do: nothing is
// edited on the way, and the same sources give the same bytes wherever they lie.
import { createHash } from "node:crypto"
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { library } from "./library.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))

/** Packages that are loaded from node_modules at run time, and only by those who need them. */
const external = ["open"]

/** A package with a bundle of its own: only requests through a proxy need it, and all would read it. */
const apart = "undici"

/** The most that a bundle may weigh, in KB, and what it must not hold anything of: each costs time in every command. */
const limits = { mp: 12, fast: 385, main: 900, undici: 600 }
const heavy = [apart, "string-width", "yaml", "toml", "ini", "fast-check", "ws", "mime", "oidc-provider", "msgpackr"]
const forbidden = {
  mp: ["effect", ...heavy],
  fast: ["@effect/cli", "@effect/platform-node", ...heavy],
  main: heavy,
  undici: ["effect"]
}

const bundled = (entry, options = {}) =>
  build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    charset: "ascii",
    legalComments: "none",
    external: entry === apart ? external : [...external, apart],
    metafile: true,
    write: false,
    logLevel: "warning",
    ...options
  })

const textOf = ({ outputFiles }) => outputFiles[0].text

/** A script as the launcher runs it: a function that gives the exports. */
const scriptOf = async (entry) => {
  const result = await bundled(entry)
  const text = `(function(require,importModule){var module={exports:{}};${imported(result)}return module.exports})`
  return { text, metafile: result.metafile }
}

/** A script from the code cache cannot import what is outside of it by itself: the launcher does that for it. */
const imported = ({ metafile, outputFiles }) => {
  const [{ imports }] = Object.values(metafile.outputs)
  const outside = imports.filter(({ kind }) => kind === "dynamic-import").length
  const pieces = outputFiles[0].text.split(/\bimport\(/)
  if (pieces.length !== outside + 1) throw new Error("A bundle imports in a way that is not known.")
  return pieces.join("importModule(")
}

const packageOf = (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]

/** Where a module is imported on demand, all that it shares with others is wrapped, which the fast path would pay for. */
const guardFast = ({ inputs, outputs }) => {
  const [{ imports }] = Object.values(outputs)
  const slow = imports.map(({ path }) => path).filter((path) => !["node:fs", "node:path", "node:util"].includes(path))
  if (slow.length > 0) throw new Error(`fast.cjs must not load ${slow.join(", ")}.`)
  for (const [path, { imports: asked }] of Object.entries(inputs)) {
    if (asked.some(({ kind }) => kind === "dynamic-import")) throw new Error(`${path} must not be part of fast.cjs.`)
  }
}

/** The files of which a bundle holds something. */
const heldBy = ({ outputs }) => {
  const [{ inputs }] = Object.values(outputs)
  return Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0)
}

const guard = (name, text, metafile) => {
  if (name === "fast") guardFast(metafile)
  const slipped = new Set(
    heldBy(metafile)
      .map(packageOf)
      .filter((found) => forbidden[name].includes(found))
  )
  if (slipped.size > 0) throw new Error(`${name}.cjs must not hold ${[...slipped].join(", ")}.`)
  if (text.length > limits[name] * 1000) throw new Error(`${name}.cjs is larger than ${limits[name]} KB.`)
}

/** The help pages, from the command tree itself. */
const helpPages = async () => {
  const module = { exports: {} }
  const text = textOf(await bundled("src/cli/app/helpPages.ts"))
  new Function("module", "require", text)(module, createRequire(`${root}/`))
  return module.exports.helpPages
}

const hashOf = (text) => createHash("sha256").update(text).digest("hex").slice(0, 32)

const launcher = async (scripts, pages) => {
  const groups = pages.filter(({ kind }) => kind === "group").map(({ path }) => path)
  const result = await bundled("src/cli/start/launcher.ts", {
    banner: { js: "#!/usr/bin/env node" },
    define: {
      HASHES: JSON.stringify(
        Object.fromEntries(Object.entries(scripts).map(([name, { text }]) => [name, hashOf(text)]))
      ),
      GROUPS: JSON.stringify(groups)
    }
  })
  return { text: textOf(result), metafile: result.metafile }
}

const bundle = async (tell) => {
  const entries = ["src/cli/fast.ts", "src/cli/bin.ts", apart]
  const [pages, fast, main, undici] = await Promise.all([helpPages(), ...entries.map(scriptOf)])
  const scripts = { fast, main, undici }
  const parts = { mp: await launcher(scripts, pages), ...scripts }
  const put = (name, text) => {
    writeFileSync(`${root}/dist/bin/${name}`, text)
    tell(`dist/bin/${name}: ${Math.round(Buffer.byteLength(text) / 1000)} KB`)
  }
  rmSync(`${root}/dist/bin`, { recursive: true, force: true })
  mkdirSync(`${root}/dist/bin`, { recursive: true })
  for (const [name, { metafile, text }] of Object.entries(parts)) {
    guard(name, text, metafile)
    put(`${name}.cjs`, text)
  }
  const packages = new Set(Object.values(parts).flatMap(({ metafile }) => heldBy(metafile).map(packageOf)))
  writeFileSync(`${root}/dist/bin/packages.meta.json`, JSON.stringify([...packages].filter(Boolean).sort()))
  put("help.json", JSON.stringify(Object.fromEntries(pages.map(({ path, text }) => [path, text]))))
  chmodSync(`${root}/dist/bin/mp.cjs`, 0o755)
}

const words = process.argv.slice(2)
if (!words.includes("library")) await bundle(words.includes("--quiet") ? () => undefined : console.error)
if (!words.includes("bundle")) await library(root)
