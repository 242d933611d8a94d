/** The lines of stdin, as they come. */
import { createInterface } from "node:readline"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** Reads line by line, and lets go of stdin so that it does not keep the process. */
export const lines: Stream.Stream<string> = Stream.asyncPush<string>((emit) =>
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
