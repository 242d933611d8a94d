import * as Effect from "effect/Effect"
import { Broker } from "../../../services/broker/Broker.ts"
import { guestVariables } from "../../../services/broker/guestVariables.ts"
import { programName } from "../../../services/platform/OwnProgram.ts"
import { session } from "../../app/sessionFor.ts"
import { runToEnd } from "../exec/runToEnd.ts"
import { brokers, optionsOf, type RuleFlags } from "./openBroker.ts"

export const run = (flags: RuleFlags & { readonly command: ReadonlyArray<string> }) =>
  Effect.gen(function* () {
    const current = yield* session
    const [program = ""] = flags.command
    const options = yield* optionsOf(current, flags, { name: programName(program), pid: null })
    const reached = yield* Effect.flatMap(Broker, (broker) => broker.atPort(current, options, 0))
    yield* runToEnd(["broker", "run"], flags.command, guestVariables(current, { ...options, ...reached }))
  }).pipe(Effect.scoped, Effect.provide(brokers))
