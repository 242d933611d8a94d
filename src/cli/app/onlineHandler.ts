/** Handlers that need the network. Apart from `declare`, which the fast path has: nothing in that is loaded on demand. */
import * as Effect from "effect/Effect"
import type { CommandServices } from "./CommandContext.ts"
import type { Doing } from "./declare.ts"
import type { Online } from "./network.ts"

/** A handler whose module is loaded when its command runs, and the clients of the API with it. */
export const onlineHandler = <Given>(
  load: () => Promise<{ readonly run: (given: Given) => Doing<CommandServices | Online> }>
) =>
  function* (given: Given): Doing {
    const [{ run }, { online }, { withSignOfLife }] = yield* Effect.promise(() =>
      Promise.all([load(), import("./network.ts"), import("./signOfLife.ts")])
    )
    yield* withSignOfLife(Effect.gen(() => run(given)).pipe(Effect.provide(online)))
  }
