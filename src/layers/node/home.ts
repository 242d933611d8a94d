/** The home directory of the user who runs this process. */
import { homedir, userInfo } from "node:os"
import { isAbsolute } from "node:path"

/** An empty or relative `HOME` counts as unset: what it names would lie in whatever directory the process is in. */
const ofVariable = (): string | undefined => {
  const { HOME: home = "" } = process.env
  return isAbsolute(home) ? home : undefined
}

/** What the system knows about the user. Node throws for one without an entry, as in a container with a foreign uid. */
const ofSystem = (): string | undefined => {
  try {
    const home = process.platform === "win32" ? homedir() : userInfo().homedir
    return isAbsolute(home) ? home : undefined
  } catch {
    return undefined
  }
}

/** An absolute path; `undefined` where neither `HOME` nor the system names one. */
export const homeDirectory = (): string | undefined =>
  process.platform === "win32" ? ofSystem() : (ofVariable() ?? ofSystem())
