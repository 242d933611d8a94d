/** Other programs, run to their end. */
import { execFile } from "node:child_process"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Outcome } from "../../support/mp.ts"

export interface CommandOptions {
  readonly cwd: string
  /** The whole environment; without it, that of the tests. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

const maxOutputBytes = 64 * 1024 * 1024

/** Runs a program and waits for its end, whatever its exit code. */
export const run = (command: string, args: ReadonlyArray<string>, { stdin, ...options }: CommandOptions) =>
  Effect.async<Outcome>((resume) => {
    const child = execFile(command, [...args], { ...options, maxBuffer: maxOutputBytes }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      resume(typeof code === "number" ? Effect.succeed({ code, stdout, stderr }) : Effect.die(error))
    })
    child.stdin?.on("error", () => undefined)
    child.stdin?.end(stdin)
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

/** A step of the preparation went wrong. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{
  readonly command: string
  readonly outcome: Outcome
}> {
  override get message(): string {
    return `${this.command} ended with ${this.outcome.code}:\n${this.outcome.stdout}${this.outcome.stderr}`
  }
}

/** The same for a program that must succeed; its standard output. */
export const output = (
  command: string,
  args: ReadonlyArray<string>,
  options: CommandOptions
): Effect.Effect<string, CommandFailed> =>
  Effect.flatMap(run(command, args, options), (outcome) =>
    outcome.code === 0
      ? Effect.succeed(outcome.stdout)
      : Effect.fail(new CommandFailed({ command: [command, ...args].join(" "), outcome }))
  )
