/** Words that could not be written: no command can do anything about it, so it ends whatever runs. */
import * as Data from "effect/Data"
import { meaningOf } from "../../domain/internal/errno.ts"
import type { Command } from "../../domain/hints/Command.ts"
import { type ErrorInfo, fixOf } from "../../domain/errors.ts"

export class OutputWriteError
  extends Data.TaggedError("OutputWriteError")<{ readonly to: "stdout" | "stderr"; readonly errno: string }>
  implements ErrorInfo
{
  readonly code = "OUTPUT_NOT_WRITTEN"
  override get message(): string {
    return `What mp had to say could not be written to ${this.to}: ${meaningOf(this.errno)}.`
  }
  get hints(): ReadonlyArray<Command> {
    return []
  }
  get details() {
    return { to: this.to, errno: this.errno, fix: fixOf(this.hints) }
  }
}
