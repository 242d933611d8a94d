/**
 * A program of the user's, run for what it writes. It leads a process group of its own, which ends with it: nothing that
 * it started outlives the answer, holds it up, or is waited for.
 */
import * as Effect from "effect/Effect"
import { maxAnswerBytes } from "../../../domain/account/CredentialSource.ts"
import { secretsIn } from "../../../domain/account/sourceAnswer.ts"
import type { SourceProblem } from "../../../domain/account/CredentialSourceFailed.ts"
import { noReason, shown } from "../../../domain/api/Scrub.ts"
import { meaningOf } from "../../../domain/internal/errno.ts"
import { parseUrl, percentDecoded } from "../../../domain/internal/parseUrl.ts"
import { codeOf } from "../../../domain/internal/systemRefusal.ts"
import { notFound, sourceProblem } from "../../../services/platform/ExternalSecrets.ts"
import { builtins } from "../builtins.ts"

export interface Program {
  readonly path: string
  readonly args: ReadonlyArray<string>
  readonly directory: string
  readonly env: NodeJS.ProcessEnv
}

const maxComplaintBytes = 8192

/**
 * How often the loop has to find nothing to read after a program has ended, until its answer is taken for whole. What it
 * wrote is in the pipe then; whoever else holds the other end is not waited for.
 */
const quietRounds = 3

export const runProgram = (program: Program): Effect.Effect<string, SourceProblem> =>
  Effect.async((resume) => start(program, resume))

type Resume = (outcome: Effect.Effect<string, SourceProblem>) => void

const start = (program: Program, resume: Resume): Effect.Effect<void> => {
  const failed = (error: unknown) => resume(Effect.fail(notStarted(program, codeOf(error) ?? "UNKNOWN")))
  try {
    const child = builtins.childProcess.spawn(program.path, program.args, {
      cwd: program.directory,
      env: program.env,
      detached: process.platform !== "win32",
      stdio: ["ignore", "pipe", "pipe"]
    })
    const output = collecting(child.stdout, maxAnswerBytes)
    const complaint = collecting(child.stderr, maxComplaintBytes)
    const stop = () => {
      child.removeAllListeners()
      child.on("error", () => undefined)
      endGroup(child)
      child.stdout.destroy()
      child.stderr.destroy()
      child.unref()
    }
    const settle = (outcome: Effect.Effect<string, SourceProblem>) => {
      stop()
      resume(outcome)
    }
    child.once("error", (error) => {
      stop()
      failed(error)
    })
    output.onOverflow(() => settle(Effect.fail(sourceProblem("wrote more than 64 KiB, and was ended"))))
    child.once("exit", (code, signal) => {
      whenQuiet([output, complaint], () =>
        settle(outcomeOf(program, { code, signal }, output.text(), complaint.text()))
      )
    })
    return Effect.sync(stop)
  } catch (error) {
    failed(error)
    return Effect.void
  }
}

interface Ended {
  readonly code: number | null
  readonly signal: string | null
}

const outcomeOf = (program: Program, { code, signal }: Ended, text: string, complaint: string) => {
  if (code === 0) return Effect.succeed(text)
  const said = shown(complaint, [...secretsIn(text), ...secretsOf(program.env)])
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`
  return Effect.fail(
    sourceProblem(said === noReason ? `${how}, and said nothing on stderr` : `${how}: ${said.replace(/[.!]$/, "")}`, {
      exitCode: code,
      signal
    })
  )
}

/** What the environment holds that must not be shown: a program that complains may print it whole. */
const secretsOf = (env: NodeJS.ProcessEnv): ReadonlyArray<string> =>
  Object.entries(env)
    .flatMap(([name, value = ""]) =>
      /secret|token|passw|credential|key|session/i.test(name) ? [value] : secretsInAddress(value)
    )
    .filter((secret) => secret.length >= 6)

/** One with a password opens what it leads to; the password alone does so in either spelling. */
const secretsInAddress = (text: string): ReadonlyArray<string> => {
  const password = text.includes("://") ? (parseUrl(text)?.password ?? "") : ""
  return password === "" ? [] : [text, password, percentDecoded(password) ?? ""]
}

const notStarted = ({ path }: Program, code: string): SourceProblem =>
  code === "ENOENT" ? notFound(path) : sourceProblem(`cannot be run: ${meaningOf(code)}`)

/** The group of a leader that has ended may be gone, too. */
const endGroup = ({ pid }: { readonly pid?: number | undefined }): void => {
  if (pid === undefined) return
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL")
  } catch (error) {
    if (codeOf(error) !== "ESRCH" && codeOf(error) !== "EPERM") throw error
  }
}

type Collected = ReturnType<typeof collecting>

/** What comes from a pipe, up to a limit; what is beyond it is read, and dropped. */
const collecting = (pipe: NodeJS.ReadableStream, limit: number) => {
  const chunks: Array<Uint8Array> = []
  let [bytes, pieces] = [0, 0]
  let overflowed = () => {}
  pipe.on("data", (chunk: Uint8Array) => {
    pieces++
    if (bytes <= limit) chunks.push(chunk)
    bytes += chunk.byteLength
    if (bytes > limit) overflowed()
  })
  // The other end may be cut off; what was read counts.
  pipe.on("error", () => undefined)
  return {
    text: () => Buffer.concat(chunks).subarray(0, limit).toString("utf8"),
    pieces: () => pieces,
    onOverflow: (listener: () => void) => {
      overflowed = listener
    }
  }
}

const whenQuiet = (pipes: ReadonlyArray<Collected>, quiet: () => void): void => {
  const count = () => pipes.reduce((sum, { pieces }) => sum + pieces(), 0)
  const round = (before: number, left: number): void => {
    const now = count()
    const rounds = now === before ? left - 1 : quietRounds
    if (rounds === 0) quiet()
    else setImmediate(() => round(now, rounds))
  }
  setImmediate(() => round(count(), quietRounds))
}
