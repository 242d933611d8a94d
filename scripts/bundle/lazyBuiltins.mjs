// Modules of Node that cost milliseconds to load, and that most commands never call: in a bundle each of their
// functions loads its module when it is called.
import { createRequire } from "node:module"

const require = createRequire(import.meta.url)

const lazy = [
  "child_process",
  "crypto",
  "fs/promises",
  "http",
  "net",
  "readline",
  "stream",
  "timers/promises",
  "tty",
  "zlib"
]

const wrapper = (name) =>
  `export function ${name}(...given) { return new.target ? Reflect.construct(load().${name}, given, new.target) : load().${name}(...given) }`

const isFunctionName = (module) => (name) => typeof module[name] === "function" && /^[A-Za-z]\w*$/.test(name)

const contentsOf = (name) => {
  const module = require(name)
  return [
    `const load = () => require("node:${name}")`,
    ...Object.keys(module).filter(isFunctionName(module)).map(wrapper)
  ].join("\n")
}

export const lazyBuiltins = {
  name: "lazy-builtins",
  setup: (build) => {
    build.onResolve({ filter: new RegExp(`^(node:)?(${lazy.join("|")})$`) }, ({ kind, path }) =>
      kind === "import-statement"
        ? { path: path.replace(/^node:/, ""), namespace: "lazy-builtin", sideEffects: false }
        : { path, external: true }
    )
    build.onLoad({ filter: /.*/, namespace: "lazy-builtin" }, ({ path }) => ({ contents: contentsOf(path) }))
  }
}
