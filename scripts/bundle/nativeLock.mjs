// The native part of fs-native-extensions lies in its package under the name of the system. Its own search for it
// goes through every system that there is, and costs a command that takes a lock more than the lock; where the file
// is not in its place, that search is still made.
const contents = `
const known = "fs-native-extensions/prebuilds/" + process.platform + "-" + process.arch + "/fs-native-extensions.node"
const find = () => {
  try {
    return require(known)
  } catch {
    return require("fs-native-extensions/binding.js")
  }
}
module.exports = find()
`

export const nativeLock = {
  name: "native-lock",
  setup: (build) => {
    build.onResolve({ filter: /^\.\/binding$/ }, ({ importer }) =>
      /[\\/]fs-native-extensions[\\/]/.test(importer) ? { path: "binding", namespace: "native-lock" } : undefined
    )
    build.onResolve({ filter: /^fs-native-extensions\// }, ({ path }) => ({ path, external: true }))
    build.onLoad({ filter: /.*/, namespace: "native-lock" }, () => ({ contents, loader: "js" }))
  }
}
