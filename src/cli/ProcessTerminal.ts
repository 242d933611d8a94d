/** The terminal of this process. */
import { createInterface } from "node:readline"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { InvalidArgument } from "../domain/errors.ts"
import { Terminal } from "./Terminal.ts"

const write = (stream: NodeJS.WriteStream, text: string | Uint8Array): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    stream.write(text, (error) => resume(error == null || isClosedPipe(error) ? Effect.void : Effect.die(error)))
  })

/** The reader went away (`mp … | head -1`): nobody is left to tell. */
const isClosedPipe = (error: NodeJS.ErrnoException): boolean => error.code === "EPIPE"

const readStdin = (maxBytes: number): Effect.Effect<string, InvalidArgument> =>
  Effect.gen(function* () {
    const bytes = yield* Effect.promise(() => readAtMost(maxBytes))
    if (bytes.length > maxBytes) {
      return yield* new InvalidArgument({
        message: `stdin holds more than ${maxBytes / 1024} KiB.`,
        hints: ['printf %s "$SECRET" | mp …']
      })
    }
    return yield* Effect.try({ try: () => decoder.decode(bytes), catch: () => notText })
  })

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

/** Strict, because a secret with replaced characters would be stored without a word; a byte-order mark is dropped. */
const decoder = new TextDecoder("utf-8", { fatal: true })

const notText = new InvalidArgument({
  message: "stdin is not valid UTF-8 text.",
  hints: ['printf %s "$SECRET" | mp …']
})

/** Reads line by line, and lets go of stdin so that it does not keep the process. */
const lines: Stream.Stream<string> = Stream.asyncPush<string>((emit) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const reader = createInterface({ input: process.stdin, terminal: false })
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

const askSecret = (question: string): Effect.Effect<Redacted.Redacted> =>
  Effect.promise(() => import("./askSecret.ts")).pipe(Effect.flatMap((module) => module.askSecret(question)))

export const layer: Layer.Layer<Terminal> = Layer.sync(Terminal, () => {
  process.stdout.on("error", ignoreClosedPipe)
  process.stderr.on("error", ignoreClosedPipe)
  return {
    out: (text) => write(process.stdout, text),
    outBytes: (bytes) => write(process.stdout, bytes),
    err: (text) => write(process.stderr, text),
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    inIsTerminal: process.stdin.isTTY === true,
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    readStdin,
    lines,
    askSecret
  }
})

const ignoreClosedPipe = (error: NodeJS.ErrnoException): void => {
  if (!isClosedPipe(error)) throw error
}
