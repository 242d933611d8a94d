// Packages that few commands need and that cost milliseconds to load: in a bundle their default function loads
// them when it is called.
const lazy = ["string-width"]

export const lazyModules = {
  name: "lazy-modules",
  setup: (build) => {
    build.onResolve({ filter: new RegExp(`^(${lazy.join("|")})$`) }, ({ kind, path, resolveDir }) =>
      kind === "import-statement"
        ? { path, namespace: "lazy-module", sideEffects: false, pluginData: resolveDir }
        : undefined
    )
    build.onLoad({ filter: /.*/, namespace: "lazy-module" }, ({ path, pluginData }) => ({
      contents: `export default (...given) => require(${JSON.stringify(path)}).default(...given)`,
      resolveDir: pluginData
    }))
  }
}
