/** Overrides of addresses, told on stderr: once for a command, and with `--quiet` too. */
import * as Effect from "effect/Effect"
import { describeOverride, OverrideListener, once } from "../../services/api/OverrideListener.ts"
import type { Globals } from "./Globals.ts"
import { warning } from "./output.ts"
import type { Terminal } from "./Terminal.ts"

export const tellingOverrides = <A, E, R>(command: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Effect.context<Globals | Terminal>(), (context) =>
    Effect.provideService(
      command,
      OverrideListener,
      once((override) => Effect.provide(warning(describeOverride(override)), context))
    )
  )
