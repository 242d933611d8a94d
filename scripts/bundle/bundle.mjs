// The bundles of mp: a launcher, the short way of the frequent commands, and the full way in as many files as it
// takes for a command to load no more than it needs.
import { createHash } from "node:crypto"
import { chmodSync, writeFileSync } from "node:fs"
import { basename } from "node:path"
import { build, transform } from "esbuild"
import { minify } from "terser"
import { absentModules } from "./absentModules.mjs"
import { compiled } from "./compiled.mjs"
import { effectAtStart } from "./effectAtStart.mjs"
import { guard } from "./guard.mjs"
import { hotBundles, replacedInHot } from "./hot.mjs"
import { lazyBuiltins } from "./lazyBuiltins.mjs"
import { lazyModules, lazyPackages } from "./lazyModules.mjs"
import { pureCalls } from "./pureCalls.mjs"
import { nativeLock } from "./nativeLock.mjs"
import { neverCalled } from "./neverCalled.mjs"
import { onlyReached } from "./reached.mjs"

/** Modules that are loaded from node_modules at run time, and only by those who need them. */
const external = ["open", "undici"]

const common = (root) => ({
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: "node",
  target: "node20",
  charset: "ascii",
  legalComments: "none",
  external,
  metafile: true,
  write: false,
  logLevel: "warning"
})

const plugins = [lazyModules, lazyBuiltins, effectAtStart, pureCalls(/[\\/]src[\\/].*\.ts$/)]

/**
 * A file that gives its parts as functions: what a command does not load is not even compiled. In brackets, a function
 * is one that V8 compiles at once; without them it reads through the whole of it first to find where it ends.
 */
const fileOf = (name, parts, isAtOnce) => ({
  name,
  parts: parts.map(({ part }) => part),
  text: `({${parts.map((part) => `${JSON.stringify(part.part)}:${functionOf(part, isAtOnce(part))}`).join(",")}})`
})

const functionOf = ({ code }, isAtOnce) => {
  const text = `function(exports,require,module){${code}\n}`
  return isAtOnce ? `(${text})` : text
}

const hot = async (root, { absent, command, entry, part }) => {
  const result = await build({
    ...common(root),
    minify: false,
    entryPoints: [entry],
    outfile: `dist/bin/${part}.cjs`,
    format: "cjs",
    plugins: [absentModules(absent, replacedInHot), ...plugins]
  })
  guard(part, result.metafile)
  const code = await onlyReached(command, result.outputFiles[0].text, smaller)
  return fileOf(`${part}.cjs`, [{ part, code }], () => true)
}

/** By a minifier that takes its time, and then leaves out what no function that is left mentions. */
const smaller = async (text) => {
  const { code: minified } = await transform(text, {
    minify: true,
    platform: "node",
    target: "node20",
    charset: "ascii"
  })
  const { code } = await minify(minified, {
    compress: { passes: 2 },
    ecma: 2020,
    format: { ascii_only: true },
    toplevel: true
  })
  return code
}

/** Modules can be split only as ES modules; what comes out is then written as CommonJS, which starts faster. */
const full = async (root) => {
  const result = await build({
    ...common(root),
    entryPoints: { full: "src/cli/bin.ts", ...entriesOf(lazyPackages) },
    outdir: "dist/bin",
    chunkNames: "part-[hash]",
    format: "esm",
    splitting: true,
    plugins: [neverCalled, nativeLock, ...plugins]
  })
  guard("full", result.metafile)
  const offline = Object.keys(lazyPackages).filter((name) => lazyPackages[name].file === "full")
  const atOnce = ["full", ...offline].reduce(
    (reached, part) => staticallyReached(result.metafile, `dist/bin/${part}.js`, reached),
    new Set()
  )
  const parts = await Promise.all(
    result.outputFiles.map(async ({ path, text }) => ({ part: basename(path, ".js"), code: await toCommonJs(text) }))
  )
  const isAtOnce = ({ part }) => atOnce.has(`dist/bin/${part}.js`)
  return [
    fileOf("full.cjs", parts.filter(isAtOnce), ({ part }) => !offline.includes(part)),
    fileOf(
      "more.cjs",
      parts.filter((part) => !isAtOnce(part)),
      () => false
    )
  ]
}

const entriesOf = (packages) => Object.fromEntries(Object.keys(packages).map((name) => [name, name]))

/** Every file that is loaded with another one, and not only on demand. */
const staticallyReached = ({ outputs }, from, reached) => {
  if (reached.has(from)) return reached
  reached.add(from)
  for (const { kind, path } of outputs[from]?.imports ?? []) {
    if (kind === "import-statement") staticallyReached({ outputs }, path, reached)
  }
  return reached
}

/** What is imported on demand goes through the loader: a part by its name, a package by the launcher's own `import`. */
const toCommonJs = async (text) => {
  const named = text.replaceAll(/(["'])\.\/(part-\w+|full)\.js\1/g, '"#$2"')
  const { code } = await transform(named, { format: "cjs", platform: "node", target: "node20", minify: true })
  const loaded = code
    .replaceAll(/\bimport\((["'`]#[\w-]+["'`])\)/g, "Promise.resolve().then(()=>require($1))")
    .replaceAll(/\bimport\((["'`])([^"'`]+)\1\)/g, 'require("import:$2")')
  if (/\bimport\(/.test(loaded)) throw new Error("A part imports in a way that is not known.")
  return loaded
}

/** The help pages and the names of the commands, from the tree itself. */
const helpPages = async (root) => {
  const result = await build({
    ...common(root),
    entryPoints: ["src/cli/helpPages.ts"],
    outfile: "help.cjs",
    format: "cjs"
  })
  const module = { exports: {} }
  new Function("module", "exports", "require", result.outputFiles[0].text)(
    module,
    module.exports,
    process.getBuiltinModule("module").createRequire(`${root}/`)
  )
  return module.exports.helpPages
}

const launcher = async (root, bundles, pages) => {
  const paths = (kind) => pages.filter((page) => page.kind === kind).map(({ path }) => path)
  const result = await build({
    ...common(root),
    entryPoints: ["src/cli/launcher/launcher.ts"],
    outfile: "dist/bin/mp.cjs",
    format: "cjs",
    banner: { js: "#!/usr/bin/env node" },
    define: {
      BUNDLES: JSON.stringify(bundles.map(({ name, parts, text }) => ({ name, hash: hashOf(text), parts }))),
      GROUPS: JSON.stringify(paths("group")),
      COMMANDS: JSON.stringify(paths("leaf"))
    }
  })
  return result.outputFiles[0].text
}

const hashOf = (text) => createHash("sha256").update(text).digest("hex").slice(0, 32)

/** Builds `mp` into `dist/bin`, and tells the sizes. */
export const bundle = async (root, tell) => {
  const [short, long, pages] = await Promise.all([
    Promise.all(hotBundles.map((bundle) => hot(root, bundle))),
    full(root),
    helpPages(root)
  ])
  const bundles = [...short, ...long]
  const help = JSON.stringify(Object.fromEntries(pages.map(({ path, text }) => [path, text])))
  const start = await launcher(root, bundles, pages)
  for (const { name, text } of [{ name: "mp.cjs", text: start }, { name: "help.json", text: help }, ...bundles]) {
    writeFileSync(`${root}/dist/bin/${name}`, text)
    tell(`dist/bin/${name}: ${Math.round(Buffer.byteLength(text) / 1000)} KB`)
  }
  chmodSync(`${root}/dist/bin/mp.cjs`, 0o755)
  compiled(`${root}/dist/bin`)
}
