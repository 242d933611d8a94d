/**
 * What leads out of a file that a variable can name elsewhere: links are followed once, by hand, and what lies where
 * nothing can be changed (a mounted secret, a read-only disk, another user's file) is copied. A link is never removed:
 * whoever keeps it there has a reason.
 */
import { type Command, command } from "./Command.ts"
import { FileError } from "../errors.ts"

export type FileVariable = "MP_CONFIG_PATH" | "MP_AUTH_FILE"

export const waysOut =
  (variable: FileVariable, path: string) =>
  (error: FileError): FileError =>
    led(
      error,
      error.path === path ? nameReal(variable, path) : nameAll(variable, path, error.path),
      nameCopy(variable, path)
    )

const led = (error: FileError, real: Command, copy: Command): FileError => {
  const { fix, path, problem, reason } = error
  const withFixes = (...fixes: ReadonlyArray<Command | null>) => {
    const [first = null, ...others] = fixes.filter((one) => one !== null)
    return new FileError({ path, problem, reason, fix: first, others })
  }
  switch (problem) {
    case "symlink":
      return withFixes(real, copy)
    case "read_only":
      return withFixes(copy)
    case "foreign_owner":
    case "permission":
    case "wide_mode":
      return withFixes(fix, copy)
    default:
      return error
  }
}

const nameReal = (variable: FileVariable, path: string): Command => command`export ${variable}="$(readlink -f ${path})"`

/** A linked directory holds more than the configuration. */
const nameAll = (variable: FileVariable, path: string, directory: string): Command =>
  variable === "MP_CONFIG_PATH"
    ? command`export MP_CONFIG_PATH="$(readlink -f ${path})" MP_STORAGE_DIR="$(readlink -f ${directory})"`
    : nameReal(variable, path)

const nameCopy = (variable: FileVariable, path: string): Command =>
  command`export ${variable}="$(mktemp -d)/"${path.slice(path.lastIndexOf("/") + 1)} && install -m 600 ${path} "$${variable}"`
