/** Where a program is. The working directory, and so whoever can write there, decides nothing. */
import { accessSync, constants, statSync } from "node:fs"
import { delimiter, isAbsolute, join } from "node:path"

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** An absolute path as it is; a name in the first directory of PATH that has it, relative entries left out. */
export const findProgram = (program: string, { PATH = "" }: NodeJS.ProcessEnv): string | undefined => {
  if (isAbsolute(program)) return isProgram(program) ? program : undefined
  if (program.includes("/")) return undefined
  return PATH.split(delimiter)
    .filter(isAbsolute)
    .map((directory) => join(directory, program))
    .find(isProgram)
}
