// Builds the package: the library by tsc (one file and one .d.ts per module), mp as bundles with a launcher.
import { execFileSync } from "node:child_process"
import { mkdirSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { bundle } from "./bundle/bundle.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const require = createRequire(import.meta.url)
const only = process.argv[2]

const library = () => {
  const tsc = require.resolve("typescript/bin/tsc")
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" })
}

rmSync(`${root}/dist${only === undefined ? "" : only === "bundle" ? "/bin" : "/none"}`, {
  recursive: true,
  force: true
})
mkdirSync(`${root}/dist/bin`, { recursive: true })
if (only !== "library") await bundle(root)
if (only !== "bundle") library()
