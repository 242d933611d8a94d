import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { InvalidArgument } from "../../domain/errors.ts"
import { isTerminal } from "./isTerminal.ts"
import { asText, withinLimit } from "./stdin.ts"
import { OutputWriteError, type Terminal } from "./Terminal.ts"
import { TerminalText } from "./TerminalText.ts"
import { writeSync } from "./writeSync.ts"

/** What became of those who read: once they went away, they do not come back. */
const gone = { stdout: false, stderr: false }

/** The streams that were given something which their readers did not take at once. */
const waiting = new Set<"stdout" | "stderr">()

/** Once all is written; nobody waits for diagnostics. */
export const afterWriting = (end: () => void): void => {
  const [to] = waiting
  if (to === undefined) return end()
  waiting.delete(to)
  process[to].write("", () => afterWriting(end))
}

const write = (to: "stdout" | "stderr", bytes: Uint8Array): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    const { code, rest } = writeSync(to, bytes)
    gone[to] ||= code === "EPIPE"
    if (rest.length === 0 || gone[to]) return resume(Effect.void)
    if (code !== "EAGAIN") return resume(Effect.die(new OutputWriteError({ to, errno: code })))
    // A pipe that takes no more for the moment: the stream waits.
    if (!waiting.has(to)) process[to].on("error", ignoreClosedPipe)
    waiting.add(to)
    process[to].write(rest, (error) => {
      gone[to] ||= error != null && isClosedPipe(error)
      resume(error == null || gone[to] ? Effect.void : Effect.die(error))
    })
  })

const writeText =
  (to: "stdout" | "stderr") =>
  ({ value }: TerminalText): Effect.Effect<void> =>
    write(to, Buffer.from(value))

/** A body, part by part. On a terminal a carriage return at the end of a part waits for the line feed that may follow. */
const makeOutBytes = () => {
  const decoder = new TextDecoder()
  let kept = ""
  return (bytes: Uint8Array): Effect.Effect<void> => {
    if (!isTerminal(1)) return write("stdout", bytes)
    const text = kept + decoder.decode(bytes, { stream: true })
    kept = text.endsWith("\r") ? "\r" : ""
    return writeText("stdout")(TerminalText.body(text.slice(0, text.length - kept.length)))
  }
}

/** The reader went away (`mp … | head -1`): nobody is left to tell. */
const isClosedPipe = (error: NodeJS.ErrnoException): boolean => error.code === "EPIPE"

const readStdinBytes = (maxBytes: number): Effect.Effect<Uint8Array, InvalidArgument> =>
  Effect.promise(() => readAtMost(maxBytes)).pipe(Effect.flatMap((bytes) => withinLimit(bytes, maxBytes)))

const readStdin = (maxBytes: number): Effect.Effect<string, InvalidArgument> =>
  Effect.flatMap(readStdinBytes(maxBytes), asText)

/** Stops soon after the limit: what is longer is refused anyway. */
const readAtMost = async (maxBytes: number): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  let size = 0
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk)
    chunks.push(bytes)
    size += bytes.length
    if (size > maxBytes) break
  }
  return Buffer.concat(chunks)
}

/** Reads line by line, and lets go of stdin so that it does not keep the process. */
const lines: Stream.Stream<string> = Stream.asyncPush<string>((emit) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      // Loaded when it is asked for.
      const reader = process
        .getBuiltinModule("node:readline")
        .createInterface({ input: process.stdin, terminal: false })
      reader.on("line", (line) => emit.single(line))
      reader.on("close", () => emit.end())
      return reader
    }),
    (reader) =>
      Effect.sync(() => {
        reader.close()
        process.stdin.pause()
        // A file or /dev/null as stdin is a stream that nothing waits for anyway.
        if (typeof process.stdin.unref === "function") process.stdin.unref()
      })
  )
)

const askSecret = (question: TerminalText): Effect.Effect<Redacted.Redacted> =>
  Effect.promise(() => import("./prompts.ts")).pipe(Effect.flatMap((module) => module.askSecret(question)))

/** Whether they are terminals is asked when somebody wants to know. */
export const make: Effect.Effect<typeof Terminal.Service> = Effect.sync(() => ({
  out: writeText("stdout"),
  outBytes: makeOutBytes(),
  err: writeText("stderr"),
  get interactive() {
    return this.inIsTerminal && this.errIsTerminal
  },
  get inIsTerminal() {
    return isTerminal(0)
  },
  get outIsTerminal() {
    return isTerminal(1)
  },
  get errIsTerminal() {
    return isTerminal(2)
  },
  get outColumns() {
    return this.outIsTerminal ? process.stdout.columns : Number.POSITIVE_INFINITY
  },
  readStdin,
  readStdinBytes,
  get outIsRead() {
    return !gone.stdout
  },
  lines: Effect.succeed(lines),
  askSecret
}))

const ignoreClosedPipe = (error: NodeJS.ErrnoException): void => {
  if (!isClosedPipe(error)) throw error
}
