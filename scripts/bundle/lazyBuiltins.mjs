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

/** What is no function is read when the part that needs it is loaded. */
const constant = (name) => `export const ${name} = /* @__PURE__ */ (() => load().${name})()`

const contentsOf = (name) => {
  const module = require(name)
  const names = Object.keys(module).filter((key) => /^[A-Za-z]\w*$/.test(key))
  const isFunction = (key) => typeof module[key] === "function"
  return [
    `const load = () => require("node:${name}")`,
    ...names.map((key) => (isFunction(key) ? wrapper(key) : constant(key)))
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
