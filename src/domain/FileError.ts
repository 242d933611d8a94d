import type { Command } from "./hints/Command.ts"
import { errorClass } from "./internal/errorClass.ts"

/**
 * Why a file was not used: what it is (`symlink`, `mode`, …) or what the system said.
 * @since 0.1.0
 * @category errors
 */
export type FileProblem =
  | "symlink"
  | "not_a_file"
  | "foreign_owner"
  | "wide_mode"
  | "too_large"
  | "not_utf8"
  | "permission"
  | "read_only"
  | "no_space"
  | "no_home"
  | "no_working_directory"
  | "io"

interface RefusedFile {
  readonly path: string
  readonly problem: FileProblem
  /** What happened, as a phrase that follows the path. */
  readonly reason: string
  /** What fixes it; `null` where no command does, and the reason says what is to be done. */
  readonly fix: Command | null
  readonly others?: ReadonlyArray<Command>
}

/**
 * A file could not be read, written or removed safely. Nothing was changed.
 * @since 0.1.0
 * @category errors
 */
export class FileError extends errorClass(
  "FileError",
  "CONFIG_ERROR",
  ({ fix, others = [], path, problem, reason }: RefusedFile) => ({
    message: `${path} ${reason}`,
    hints: [...(fix === null ? [] : [fix]), ...others],
    details: { path, problem }
  })
) {}
