/** A sign of life on a terminal while a command waits for the network; whatever is written takes its place. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { spinner } from "./glyphs.ts"
import { Globals } from "./Globals.ts"
import { isJson } from "./globalFlags.ts"
import { hasGlyphs, isDumb } from "./look.ts"
import { Terminal, type TerminalShape } from "./Terminal.ts"
import { text } from "./TerminalText.ts"

const erased = text`\r\u001b[2K`

const isWanted = Effect.gen(function* () {
  const { format, quiet, verbose } = yield* Globals
  const { errIsTerminal } = yield* Terminal
  if (!errIsTerminal || quiet || verbose || isJson(Option.getOrUndefined(format))) return false
  return !(yield* isDumb)
})

/** Nothing is shown of what takes no longer than 300 ms. */
export const withSignOfLife = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Globals | Terminal> =>
  Effect.gen(function* () {
    if (!(yield* isWanted)) return yield* work
    const terminal = yield* Terminal
    const frames = spinner(yield* hasGlyphs)
    let shown = 0
    const turn = Effect.suspend(() =>
      terminal.err(text`${erased}Waiting for Mixpanel ${frames[shown++ % frames.length] ?? ""}`)
    )
    const fiber = yield* Effect.fork(
      Effect.delay(Effect.forever(Effect.zipRight(turn, Effect.sleep("120 millis"))), "300 millis")
    )
    const stop = Effect.zipRight(
      Fiber.interrupt(fiber),
      Effect.suspend(() => {
        const isShown = shown > 0
        shown = 0
        return isShown ? terminal.err(erased) : Effect.void
      })
    )
    return yield* work.pipe(Effect.provideService(Terminal, after(stop, terminal)), Effect.ensuring(stop))
  })

/** The same terminal, for whoever writes or asks: the line is free then. */
const after = (stop: Effect.Effect<void>, terminal: TerminalShape): TerminalShape => ({
  ...terminal,
  get outIsRead() {
    return terminal.outIsRead
  },
  out: (words) => Effect.zipRight(stop, terminal.out(words)),
  outBytes: (bytes) => Effect.zipRight(stop, terminal.outBytes(bytes)),
  err: (words) => Effect.zipRight(stop, terminal.err(words)),
  askSecret: (question) => Effect.zipRight(stop, terminal.askSecret(question))
})
