/** The terminal of this process. */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { InvalidArgument } from "../domain/errors.ts"
import type { Terminal } from "./Terminal.ts"
import { Unwritable } from "./Unwritable.ts"
import { writeAtOnce } from "./writeAtOnce.ts"

const write = (to: "stdout" | "stderr", text: string | Uint8Array): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    const { code, rest } = writeAtOnce(to, typeof text === "string" ? Buffer.from(text) : text)
    if (rest.length === 0 || code === "EPIPE") return resume(Effect.void)
    if (code !== "EAGAIN") return resume(Effect.die(new Unwritable({ to, errno: code })))
    // A pipe that takes no more for the moment: the stream waits.
    process[to].on("error", ignoreClosedPipe)
    process[to].write(rest, (error) => resume(error == null || isClosedPipe(error) ? Effect.void : Effect.die(error)))
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

const lines = Effect.map(
  Effect.promise(() => import("./terminalLines.ts")),
  (module) => module.lines
)

const askSecret = (question: string): Effect.Effect<Redacted.Redacted> =>
  Effect.promise(() => import("./askSecret.ts")).pipe(Effect.flatMap((module) => module.askSecret(question)))

/** Whether they are terminals is asked when somebody wants to know: asking opens the streams. */
export const make: Effect.Effect<typeof Terminal.Service> = Effect.sync(() => ({
  out: (text) => write("stdout", text),
  outBytes: (bytes) => write("stdout", bytes),
  err: (text) => write("stderr", text),
  get interactive() {
    return this.inIsTerminal && this.errIsTerminal
  },
  get inIsTerminal() {
    return process.stdin.isTTY === true
  },
  get outIsTerminal() {
    return process.stdout.isTTY === true
  },
  get errIsTerminal() {
    return process.stderr.isTTY === true
  },
  readStdin,
  lines,
  askSecret
}))

const ignoreClosedPipe = (error: NodeJS.ErrnoException): void => {
  if (!isClosedPipe(error)) throw error
}
