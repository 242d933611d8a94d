/**
 * A program run in our place: it has our terminal, our signals and, with some variables changed, our
 * environment. This and the programs that give credentials take the environment of the process as a whole; everything
 * else reads single variables through `services/environment.ts`.
 */
import { spawn } from "node:child_process"
import process, { env as inherited } from "node:process"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { moreOpenFiles } from "../../../domain/hints/fileFixes.ts"
import { meaningOf } from "../../../domain/internal/errno.ts"
import { type Command, command, quoted } from "../../../domain/hints/Command.ts"
import { type ErrorInfo, fixOf } from "../../../domain/errors.ts"
import { builtins } from "../../../layers/node/builtins.ts"
import type { ChildVariables } from "../../../services/session/ChildEnvironment.ts"
import { isTerminal } from "../../app/isTerminal.ts"
import { codeOf } from "../../../domain/internal/systemRefusal.ts"

/** The program could not be started: it is not there (127), or it is and cannot be run (126). */
export class CommandNotStarted
  extends Data.TaggedError("CommandNotStarted")<{
    readonly command: string
    readonly reason: string
    /** The words behind `mp` with which it would have been run. */
    readonly runner: ReadonlyArray<string>
  }>
  implements ErrorInfo
{
  get code(): "COMMAND_NOT_FOUND" | "COMMAND_NOT_EXECUTABLE" {
    return isMissing(this.reason) ? "COMMAND_NOT_FOUND" : "COMMAND_NOT_EXECUTABLE"
  }
  override get message(): string {
    const what = isMissing(this.reason) ? "was not found" : `cannot be run: ${meaningOf(this.reason)}`
    return `The command ${quoted(this.command)} ${what}.`
  }
  get hints(): ReadonlyArray<Command> {
    return [(fixes[this.reason] ?? (() => command`ls -lL ${this.command}`))(this.command, this.runner)]
  }
  get details() {
    return { command: this.command, reason: this.reason, fix: fixOf(this.hints) }
  }
}

/** By what the system says. A program that is being written, or that has no room now, is only to be tried again. */
const fixes: Readonly<Record<string, (program: string, runner: ReadonlyArray<string>) => Command>> = {
  ENOENT: (program, runner) => command`mp ${runner} -- sh -c ${program}`,
  ENOTDIR: (program, runner) => command`mp ${runner} -- sh -c ${program}`,
  EACCES: (program) => command`chmod +x ${program}`,
  EPERM: (program) => command`chmod +x ${program}`,
  ENOEXEC: (program, runner) => command`mp ${runner} -- sh ${program}`,
  EMFILE: () => moreOpenFiles.EMFILE,
  ENFILE: () => moreOpenFiles.ENFILE
}

const isMissing = (reason: string): boolean => reason === "ENOENT" || reason === "ENOTDIR"

/** Runs a program to its end and answers with its exit code; 128 + n when signal n ended it. */
export const runChild = (
  runner: ReadonlyArray<string>,
  command: string,
  args: ReadonlyArray<string>,
  variables: ChildVariables
): Effect.Effect<number, CommandNotStarted> =>
  Effect.async<number, CommandNotStarted>((resume) => {
    // Never the message of the error: it quotes the value that a variable must not have.
    const failed = (error: unknown) =>
      resume(new CommandNotStarted({ command, runner, reason: codeOf(error) ?? "unknown" }))
    try {
      const child = spawn(command, args, { stdio: "inherit", env: environmentWith(variables) })
      const release = forwardSignals((signal) => child.kill(signal))
      child.once("error", (error) => {
        release()
        failed(error)
      })
      child.once("exit", (code, signal) => {
        release()
        resume(Effect.succeed(code ?? 128 + (signal === null ? 0 : builtins.os.constants.signals[signal])))
      })
    } catch (error) {
      failed(error)
    }
  }).pipe(Effect.uninterruptible)

const environmentWith = ({ removed, set }: ChildVariables): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(inherited).filter(([name]) => !removed.includes(name))),
  ...Object.fromEntries(set.map(([name, value]) => [name, Redacted.value(value)]))
})

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const

/**
 * While the child runs, signals are its business: the listeners that would end us first are set aside. A
 * terminal sends Ctrl-C and Ctrl-\ to the child by itself, so these are not sent a second time.
 */
const forwardSignals = (send: (signal: NodeJS.Signals) => void): (() => void) => {
  // Asked of the system: streams that nobody reads cost a tenth of a start.
  const hasTerminal = [0, 1, 2].some(isTerminal)
  const restores = forwarded.map((signal) => {
    const others = process.listeners(signal)
    const isSentByTerminal = hasTerminal && (signal === "SIGINT" || signal === "SIGQUIT")
    const listener = () => (isSentByTerminal ? undefined : send(signal))
    process.removeAllListeners(signal)
    process.on(signal, listener)
    return () => {
      process.removeListener(signal, listener)
      for (const other of others) process.on(signal, other)
    }
  })
  return () => restores.forEach((restore) => restore())
}
