// Builds the package: the library as ES modules with their types, and mp as bundles with a launcher. `library` or
// `bundle` builds one of the two. The same sources give the same bytes wherever they lie.
import { createHash } from "node:crypto"
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { basename } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { minifySync } from "rolldown/utils"
import { reached } from "./declarations.mjs"
import { library } from "./library.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))

/** Packages that are loaded from node_modules at run time, and only by those who need them. */
const external = ["open", "undici", "ioredis", "pg"]

const bundled = (entry, options = {}) =>
  build({
    absWorkingDir: root,
    entryPoints: [entry].flat(),
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    legalComments: "none",
    external,
    metafile: true,
    write: false,
    logLevel: "warning",
    logOverride: { "ignored-bare-import": "silent" },
    ...options
  })

/** What chunks, given by their texts, import of another. */
const namesOf = (chunk, texts) => {
  const imports = texts.flatMap((text) => [...text.matchAll(/\bimport\{([^}]*)\}from"([^"]+)"/g)])
  const names = imports.flatMap(([, names, path]) => (path === chunk ? names.split(",") : []))
  return [...new Set(names.map((name) => name.split(" as ")[0]))]
}

/** Chunks that esbuild has made, as the launcher runs them: a function that gives the exports. Those that ran before give them names. */
const ofChunks = async (chunks, inside, contents) => {
  const texts = inside.map((chunk) => chunks.get(chunk))
  const setup = ({ onLoad, onResolve }) => {
    onResolve({ filter: /^\.\// }, ({ kind, path }) => {
      if (inside.includes(path)) return { path, namespace: "chunk" }
      return kind === "import-statement" ? { path, namespace: "former", sideEffects: false } : { path, external: true }
    })
    onLoad({ filter: /./, namespace: "chunk" }, ({ path }) => ({ contents: chunks.get(path) }))
    onLoad({ filter: /./, namespace: "former" }, ({ path }) => ({
      contents: `export const { ${namesOf(path, texts)} } = require("${path}")`
    }))
  }
  const result = await bundled([], { stdin: { contents }, plugins: [{ name: "chunks", setup }] })
  // What esbuild has made short becomes shorter. A character beyond ASCII would double the memory of all of it.
  const { code } = minifySync("bundle.cjs", imported(result), { compress: { target: "node20" }, mangle: true })
  const text = code.replace(/[^\t\n -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
  return `(function(require,importModule){var module={exports:{}};${text}return module.exports})`
}

/** The fast path; the main program without what that holds already; what both import on demand; and the store of `MP_STORE`. */
const programs = async () => {
  const entryPoints = ["src/cli/fast.ts", "src/cli/bin.ts"]
  const { metafile, outputFiles } = await bundled(entryPoints, { format: "esm", splitting: true, outdir: root })
  const chunks = new Map(outputFiles.map(({ path, text }) => [`./${basename(path)}`, text]))
  const outputOf = (chunk) => metafile.outputs[chunk.slice(2)]
  const importsOf = (chunk, ...kinds) =>
    outputOf(chunk).imports.flatMap((found) => (kinds.includes(found.kind) && !found.external ? `./${found.path}` : []))
  const reachedFrom = (entry, ...kinds) => [...reached(entry, (chunk) => importsOf(chunk, ...kinds))]
  const fast = reachedFrom("./fast.js", "import-statement")
  const main = reachedFrom("./bin.js", "import-statement").filter((chunk) => !fast.includes(chunk))
  const onDemand = [...new Set([...fast, ...main].flatMap((chunk) => importsOf(chunk, "dynamic-import")))]
  const script = async (inside, ...lines) => ({
    text: await ofChunks(chunks, inside, lines.join("\n")),
    packages: packagesIn(inside.map(outputOf))
  })
  const shared = (entry, inside) => {
    const others = [...chunks].flatMap(([chunk, text]) => (inside.includes(chunk) ? [] : text))
    const parts = inside.map((chunk, at) => {
      const names = namesOf(chunk, others)
      const imports = `import { ${names.map((name) => `${name} as ${name}_${at}`)} } from "${chunk}"`
      return { imports, given: `"${chunk}": () => ({ ${names.map((name) => `${name}: ${name}_${at}`)} })` }
    })
    const given = `export const chunks = { ${parts.map((part) => part.given)} }`
    return script(inside, `export * from "${entry}"`, ...parts.map(({ imports }) => imports), given)
  }
  const loading = (entries) => {
    const all = new Set(entries.flatMap((entry) => reachedFrom(entry, "import-statement", "dynamic-import")))
    const inside = [...all].filter((chunk) => !fast.includes(chunk) && !main.includes(chunk))
    const given = `const chunks = { ${entries.map((chunk) => `"${chunk}": () => import("${chunk}")`)} }`
    return script(inside, given, "export const load = (chunk) => chunks[chunk]()")
  }
  // By the name that the launcher knows it by: no start without the setting reads any of it.
  const isStore = (chunk) => chunk.startsWith("./sharedStore-")
  return {
    fast: await shared("./fast.js", fast),
    main: await shared("./bin.js", main),
    rest: await loading(onDemand.filter((chunk) => !isStore(chunk))),
    store: await loading(onDemand.filter(isStore))
  }
}

/** A script from the code cache cannot import what is outside of it by itself: the launcher does that for it. */
const imported = ({ metafile, outputFiles }) => {
  const [{ imports }] = Object.values(metafile.outputs)
  const outside = imports.filter(({ kind }) => kind === "dynamic-import").length
  const pieces = outputFiles[0].text.split(/\bimport\(/)
  if (pieces.length !== outside + 1) throw new Error("A bundle imports in a way that is not known.")
  return pieces.join("importModule(")
}

const packageOf = (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []

/** The packages of which outputs hold something. */
const packagesIn = (outputs) => {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs))
  const held = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  return [...new Set(held.flatMap(([path]) => packageOf(path)))].sort()
}

/** The help pages, from the command tree itself. */
const helpPages = async () => {
  const module = { exports: {} }
  const { outputFiles } = await bundled("src/cli/app/helpPages.ts")
  new Function("module", "require", outputFiles[0].text)(module, createRequire(`${root}/`))
  return module.exports
}

const launcher = async (scripts, groups) => {
  const hashOf = ({ text }) => createHash("sha256").update(text).digest("hex").slice(0, 32)
  const hashes = Object.fromEntries(Object.entries(scripts).map(([name, script]) => [name, hashOf(script)]))
  const { metafile, outputFiles } = await bundled("src/cli/start/launcher.ts", {
    banner: { js: "#!/usr/bin/env node" },
    define: { HASHES: JSON.stringify(hashes), GROUPS: JSON.stringify(groups) }
  })
  return { text: outputFiles[0].text, packages: packagesIn(metafile.outputs) }
}

const bundle = async () => {
  const [{ groups, help }, scripts] = await Promise.all([helpPages(), programs()])
  const parts = { mp: await launcher(scripts, groups), ...scripts }
  const fresh = `${root}/dist/bin.new`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { recursive: true })
  for (const [name, { text }] of Object.entries(parts)) writeFileSync(`${fresh}/${name}.cjs`, text)
  const packages = Object.entries(parts).map(([name, part]) => [name, part.packages])
  writeFileSync(`${fresh}/packages.meta.json`, JSON.stringify(Object.fromEntries(packages)))
  writeFileSync(`${fresh}/help.json`, JSON.stringify(help))
  chmodSync(`${fresh}/mp.cjs`, 0o755)
  // Somebody may be using mp in another terminal: all of it changes at once.
  rmSync(`${root}/dist/bin`, { recursive: true, force: true })
  renameSync(fresh, `${root}/dist/bin`)
}

if (process.argv[2] !== "library") await bundle()
if (process.argv[2] !== "bundle") await library(root)
