/** The home directory of the user who runs this process. */
import { lstatSync, statSync } from "node:fs"
import { isAbsolute } from "node:path"
import { builtins } from "./builtins.ts"

/** An empty or relative `HOME` counts as unset: what it names would lie in whatever directory the process is in. */
const ofVariable = ({ HOME: home = "" }: NodeJS.ProcessEnv): string | undefined => (isAbsolute(home) ? home : undefined)

/** What the system knows about the user. Node throws for one without an entry, as in a container with a foreign uid. */
const ofSystem = (): string | undefined => {
  try {
    const home = process.platform === "win32" ? builtins.os.homedir() : builtins.os.userInfo().homedir
    return isAbsolute(home) ? home : undefined
  } catch {
    return undefined
  }
}

/**
 * What is no directory, or a link to none, is no home: nothing can be read or made below it (`HOME=/dev/null`). What is
 * not there yet, or cannot be looked at, is one.
 */
const isUsable = (home: string): boolean => {
  try {
    const found = statSync(home, { throwIfNoEntry: false }) ?? lstatSync(home, { throwIfNoEntry: false })
    return found === undefined || found.isDirectory()
  } catch {
    return true
  }
}

/**
 * An absolute path; `undefined` where neither `HOME` nor the system names one. The one rule for what is read, written
 * and guarded, the code cache included.
 */
export const homeDirectory = (env: NodeJS.ProcessEnv = process.env): string | undefined => {
  const home = process.platform === "win32" ? ofSystem() : (ofVariable(env) ?? ofSystem())
  return home !== undefined && isUsable(home) ? home : undefined
}
