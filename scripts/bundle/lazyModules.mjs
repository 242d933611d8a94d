// Packages that not every command needs and that cost milliseconds to load: each is a part of its own.

/** What is taken of each, and the file that its part goes to: the one of the offline commands, or the other. */
export const lazyPackages = {
  "string-width": { takes: 'export { default } from "string-width"', file: "more" },
  "fs-native-extensions": { takes: 'export { tryLock } from "fs-native-extensions"', file: "full" }
}

const names = Object.keys(lazyPackages).join("|")

/** A static import becomes a function that loads the part when it is called; one on demand loads the part itself. */
export const lazyModules = {
  name: "lazy-modules",
  setup: (build) => {
    build.onResolve({ filter: new RegExp(`^(${names})$`) }, ({ kind, namespace, path }) => {
      if (namespace === "lazy-part") return undefined
      if (kind === "entry-point") return { path, namespace: "lazy-part" }
      return kind === "dynamic-import"
        ? { path: `#${path}`, external: true }
        : { path, namespace: "lazy-module", sideEffects: false }
    })
    build.onResolve({ filter: /^#/ }, ({ path }) => ({ path, external: true }))
    build.onLoad({ filter: /.*/, namespace: "lazy-module" }, ({ path }) => ({
      contents: `export default (...given) => require("#${path}").default(...given)`
    }))
    build.onLoad({ filter: /.*/, namespace: "lazy-part" }, ({ path }) => ({
      contents: lazyPackages[path].takes,
      resolveDir: build.initialOptions.absWorkingDir
    }))
  }
}
