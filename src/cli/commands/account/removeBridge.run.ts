/** What `mp account remove-bridge` does. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { BridgeExport, make as makeBridgeExport } from "../../../services/bridge/BridgeExport.ts"
import { done, notice } from "../../app/output.ts"
import { givenPath } from "./givenPath.ts"

export const run = (flags: { readonly at: Option.Option<string> }) =>
  Effect.gen(function* () {
    const at = Option.isNone(flags.at) ? undefined : yield* givenPath("--at", flags.at.value)
    const bridges = yield* BridgeExport
    const { handedBack, path } = yield* bridges.remove(at)
    yield* done(
      [Option.match(path, { onNone: () => "There is no bridge to remove.", onSome: (p) => `Removed bridge: ${p}` })],
      { path: Option.getOrNull(path), removed: Option.isSome(path), handed_back_to: Option.getOrNull(handedBack) }
    )
    if (Option.isSome(handedBack)) {
      yield* notice(`Account '${handedBack.value}' goes on with the bridge's tokens, which were newer than its own.`)
    }
  }).pipe(Effect.provideServiceEffect(BridgeExport, makeBridgeExport))
