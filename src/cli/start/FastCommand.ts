/** A frequent command, recognised by its exact shape before anything else is loaded. */
import type { Format } from "../app/globalFlags.ts"

export interface FastCommand {
  readonly name: "account list" | "account token" | "credential get" | "session"
  /** The one argument behind the name, of those that take one. */
  readonly argument: string | undefined
  /** The flags of `credential get`. */
  readonly protocol: string | undefined
  readonly minTtl: string | undefined
  readonly account: string | undefined
  readonly project: string | undefined
  readonly workspace: string | undefined
  readonly target: string | undefined
  readonly format: Format | undefined
}

/** What is to be written, and then the exit code. */
export interface FastOutcome {
  readonly exitCode: number
  readonly written: ReadonlyArray<{ readonly to: "stdout" | "stderr"; readonly text: string }>
}
