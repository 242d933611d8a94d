/** Whether a descriptor is a terminal, asked of the system: a stream of Node, or its `node:tty`, costs a tenth of its start. */
import { fstatSync, statSync } from "node:fs"

/** Pipes and files are none, nor is the device that swallows everything; any other device is left to Node. */
export const isTerminal = (descriptor: number): boolean =>
  mayBeTerminal(descriptor) && process.getBuiltinModule("node:tty").isatty(descriptor)

const mayBeTerminal = (descriptor: number): boolean => {
  try {
    const stats = fstatSync(descriptor)
    return stats.isCharacterDevice() && stats.rdev !== statSync("/dev/null", { throwIfNoEntry: false })?.rdev
  } catch {
    // Where the system does not tell, Node does.
    return true
  }
}
