/**
 * What leads out of a file that a variable can name elsewhere: links are followed once, by hand, and what lies where
 * nothing can be changed (a mounted secret, a read-only disk, another user's file) is copied. A link is never removed:
 * whoever keeps it there has a reason.
 */
import { type Command, command } from "./Command.ts"
import { FileError } from "../errors.ts"

/** The variables that name a file. */
export type FileVariable = "MP_CONFIG_PATH" | "MP_AUTH_FILE"

/** The same error, with the ways out of it. */
export const waysOut =
  (variable: FileVariable, path: string) =>
  (error: FileError): FileError => {
    const { problem, reason } = error
    const mended = (fix: Command, ...others: ReadonlyArray<Command>) =>
      new FileError({ path: error.path, problem, reason, fix, others })
    switch (problem) {
      case "symlink":
        return mended(
          error.path === path ? nameReal(variable, path) : nameAll(path, error.path),
          nameCopy(variable, path)
        )
      case "read_only":
        return mended(nameCopy(variable, path))
      case "foreign_owner":
      case "permission":
      case "wide_mode":
        return mended(error.fix, nameCopy(variable, path))
      default:
        return error
    }
  }

const nameReal = (variable: FileVariable, path: string): Command => command`export ${variable}="$(readlink -f ${path})"`

/** A linked directory holds more than the configuration. */
const nameAll = (path: string, directory: string): Command =>
  command`export MP_CONFIG_PATH="$(readlink -f ${path})" MP_OAUTH_STORAGE_DIR="$(readlink -f ${directory})"`

const nameCopy = (variable: FileVariable, path: string): Command =>
  command`export ${variable}="$(mktemp -d)/"${path.slice(path.lastIndexOf("/") + 1)} && install -m 600 ${path} "$${variable}"`
