/** A failure that stdout has told already: only the exit code is left to give. */
import * as Data from "effect/Data"
import type { ErrorInfo } from "../../domain/errors.ts"

export class SilentError extends Data.TaggedError("SilentError")<{ readonly error: ErrorInfo }> {}
