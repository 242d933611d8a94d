/** What is read from stdin, and why it is refused. */
import * as Effect from "effect/Effect"
import { readSync } from "node:fs"
import { InvalidArgument } from "../../domain/errors.ts"
import { codeOf } from "../../domain/internal/systemRefusal.ts"

export const withinLimit = (bytes: Uint8Array, maxBytes: number): Effect.Effect<Uint8Array, InvalidArgument> =>
  bytes.length <= maxBytes ? Effect.succeed(bytes) : Effect.fail(refused(`holds more than ${maxBytes / 1024} KiB`))

/** Strict, because a secret with replaced characters would be stored without a word; a byte-order mark is dropped. */
export const asText = (bytes: Uint8Array): Effect.Effect<string, InvalidArgument> =>
  Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => refused("is not valid UTF-8 text")
  })

const refused = (what: string): InvalidArgument =>
  new InvalidArgument({ message: `stdin ${what}.`, hints: [], again: [{ piped: true }] })

/** Everything on stdin, without opening the stream, for a process that has nothing else to do meanwhile. */
export const readStdinNow = (maxBytes: number): Effect.Effect<string, InvalidArgument> =>
  Effect.flatMap(
    Effect.sync(() => readAtMost(maxBytes)),
    (bytes) => Effect.flatMap(withinLimit(bytes, maxBytes), asText)
  )

/** Stops soon after the limit: what is longer is refused anyway. */
const readAtMost = (maxBytes: number): Uint8Array => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  while (size <= maxBytes) {
    const chunk = new Uint8Array(16_384)
    const moved = readOnce(chunk)
    if (moved === 0) break
    chunks.push(chunk.subarray(0, moved))
    size += moved
  }
  return Buffer.concat(chunks)
}

/** A pipe that does not block is asked again after a moment. */
const readOnce = (into: Uint8Array): number => {
  for (;;) {
    try {
      return readSync(0, into)
    } catch (cause) {
      if (codeOf(cause) === "EOF") return 0
      if (codeOf(cause) !== "EAGAIN") throw cause
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
