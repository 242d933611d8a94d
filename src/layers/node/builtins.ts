/** Modules of Node that most programs never call, loaded when something of theirs is: each costs milliseconds at start. */
export const builtins = {
  get childProcess() {
    return process.getBuiltinModule("node:child_process")
  },
  get crypto() {
    return process.getBuiltinModule("node:crypto")
  },
  get net() {
    return process.getBuiltinModule("node:net")
  },
  get os() {
    return process.getBuiltinModule("node:os")
  },
  get stream() {
    return process.getBuiltinModule("node:stream")
  },
  get zlib() {
    return process.getBuiltinModule("node:zlib")
  }
}
