// Builds the package: the library as ES modules with their types, mp as bundles with a launcher. `library` or `bundle`
// builds one of the two; `--quiet` says nothing of sizes.
import { mkdirSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { bundle } from "./bundle/bundle.mjs"
import { library } from "./library.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const words = process.argv.slice(2)
const only = words.find((word) => word === "library" || word === "bundle")
const tell = words.includes("--quiet") ? () => undefined : console.error

// The library clears its own directories; what a former build left beside them goes with a whole one.
if (only === undefined) rmSync(`${root}/dist`, { recursive: true, force: true })
if (only === "bundle") rmSync(`${root}/dist/bin`, { recursive: true, force: true })
mkdirSync(`${root}/dist/bin`, { recursive: true })
if (only !== "library") await bundle(root, tell)
if (only !== "bundle") await library(root)
