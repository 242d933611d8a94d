// Builds the package: the library as ES modules with their types, mp as bundles with a launcher.
import { mkdirSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { bundle } from "./bundle/bundle.mjs"
import { library } from "./library.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const only = process.argv[2]

rmSync(`${root}/dist${only === undefined ? "" : only === "bundle" ? "/bin" : "/none"}`, {
  recursive: true,
  force: true
})
mkdirSync(`${root}/dist/bin`, { recursive: true })
if (only !== "library") await bundle(root)
if (only !== "bundle") await library(root)
