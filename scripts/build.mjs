// Builds the package: the library by tsc (one file and one .d.ts per module), mp as one bundle.
import { execFileSync } from "node:child_process"
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const root = fileURLToPath(new URL("..", import.meta.url))
const require = createRequire(import.meta.url)
const only = process.argv[2]

/** Modules that are loaded from node_modules at run time, and only by those who need them. */
const external = ["fs-native-extensions", "open", "undici"]

/** Packages that must never slip into the bundle: each costs start-up time in every command. */
const forbidden = ["undici", "yaml", "toml", "ini", "fast-check", "ws", "mime", "oidc-provider", "msgpackr"]

const bundle = async () => {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ["src/cli/bin.ts"],
    outfile: "dist/bin/mp.cjs",
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    banner: { js: "#!/usr/bin/env node" },
    legalComments: "none",
    external,
    metafile: true,
    logLevel: "warning"
  })
  const [output] = Object.values(result.metafile.outputs)
  const packages = new Set(
    Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
  )
  const slipped = forbidden.filter((name) => packages.has(name))
  writeFileSync(`${root}/dist/bin/mp.meta.json`, JSON.stringify(result.metafile))
  if (slipped.length > 0) throw new Error(`The bundle must not hold ${slipped.join(", ")}.`)
  chmodSync(`${root}/dist/bin/mp.cjs`, 0o755)
  console.error(`dist/bin/mp.cjs: ${Math.round(output.bytes / 1000)} KB`)
}

const library = () => {
  const tsc = require.resolve("typescript/bin/tsc")
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" })
}

if (only === undefined) rmSync(`${root}/dist`, { recursive: true, force: true })
mkdirSync(`${root}/dist/bin`, { recursive: true })
if (only !== "library") await bundle()
if (only !== "bundle") library()
