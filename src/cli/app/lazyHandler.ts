/** A handler whose module is loaded when its command runs: what one command needs costs the others nothing. */
import * as Effect from "effect/Effect"
import type { CommandError, CommandServices } from "./CommandContext.ts"

export const onDemand =
  <M, Given extends ReadonlyArray<unknown>>(
    load: () => Promise<M>,
    pick: (module: M) => (...given: Given) => Effect.Effect<void, CommandError, CommandServices>
  ) =>
  (...given: Given): Effect.Effect<void, CommandError, CommandServices> =>
    Effect.flatMap(Effect.promise(load), (module) => pick(module)(...given))
