/** The terminal of this process. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { InvalidArgument } from "../domain/errors.ts"
import { maxStdinBytes, Terminal } from "./Terminal.ts"

const write = (stream: NodeJS.WriteStream, text: string | Uint8Array): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    stream.write(text, (error) => resume(error == null || isClosedPipe(error) ? Effect.void : Effect.die(error)))
  })

/** The reader went away (`mp … | head -1`): nobody is left to tell. */
const isClosedPipe = (error: NodeJS.ErrnoException): boolean => error.code === "EPIPE"

const readStdin: Effect.Effect<string, InvalidArgument> = Effect.gen(function* () {
  const chunks: Array<Buffer> = []
  const read = Effect.tryPromise(async () => {
    for await (const chunk of process.stdin) {
      chunks.push(Buffer.from(chunk))
      if (Buffer.concat(chunks).length > maxStdinBytes) break
    }
    return Buffer.concat(chunks)
  })
  const bytes = yield* Effect.orDie(read)
  if (bytes.length > maxStdinBytes) {
    return yield* new InvalidArgument({
      message: `stdin holds more than ${maxStdinBytes / 1024} KiB, which is no secret.`,
      hints: ['printf %s "$SECRET" | mp …']
    })
  }
  return bytes.toString("utf8")
})

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
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    readStdin,
    askSecret
  }
})

const ignoreClosedPipe = (error: NodeJS.ErrnoException): void => {
  if (!isClosedPipe(error)) throw error
}
