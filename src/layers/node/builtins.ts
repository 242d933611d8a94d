/** Modules of Node that most programs never call, loaded when something of theirs is: each costs milliseconds at start. */
export const builtins = {
  get net() {
    return process.getBuiltinModule("node:net")
  },
  get stream() {
    return process.getBuiltinModule("node:stream")
  },
  get zlib() {
    return process.getBuiltinModule("node:zlib")
  }
}
