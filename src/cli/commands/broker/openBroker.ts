/** What both commands do: the rules from the flags, and a broker over the session. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { parseAllowedPath } from "../../../domain/broker/BrokerRules.ts"
import type { ErrorInfo, InvalidArgument } from "../../../domain/errors.ts"
import type { Session } from "../../../domain/session/Session.ts"
import * as BrokerSockets from "../../../layers/node/broker/BrokerSockets.ts"
import { nodeCrypto } from "../../../layers/node/crypto.ts"
import { layer } from "../../../services/broker/Broker.ts"
import type { BrokerMode, BrokerOptions } from "../../../services/broker/BrokerOptions.ts"
import type { Program } from "../../../services/platform/OwnProgram.ts"
import { Crypto } from "../../../services/platform/Crypto.ts"
import type { Globals } from "../../app/Globals.ts"
import { checked, invalid } from "../../app/invalid.ts"
import { lastingOnline } from "../../app/network.ts"
import { warning } from "../../app/output.ts"
import type { Terminal } from "../../app/Terminal.ts"

export interface RuleFlags {
  readonly mode: Option.Option<BrokerMode>
  readonly readOnly: boolean
  readonly allow: ReadonlyArray<string>
}

const modeOf = ({ mode }: RuleFlags): BrokerMode => Option.getOrElse(mode, () => "proxy" as const)

const rulesOf = (flags: RuleFlags): Either.Either<BrokerOptions["rules"], InvalidArgument> =>
  modeOf(flags) === "token" && (flags.readOnly || flags.allow.length > 0)
    ? Either.left(
        invalid(
          "--mode token hands the bearer out, and what is done with it no rule can decide.",
          { without: ["read-only", "allow"] },
          { without: ["mode"] }
        )
      )
    : Either.map(
        Either.all(
          flags.allow.map((path) =>
            checked(`--allow ${path}`, parseAllowedPath(path), { flags: [["allow", "/api/query"]], without: ["allow"] })
          )
        ),
        (allow) => ({ readOnly: flags.readOnly, allow })
      )

export const optionsOf = ({ account }: Session, flags: RuleFlags, program?: Program) =>
  Effect.gen(function* () {
    const rules = yield* rulesOf(flags)
    const options: BrokerOptions = { mode: modeOf(flags), rules, program, onTrouble: yield* telling }
    if (options.mode === "token" && account.type === "service_account") {
      yield* warning("--mode token hands out the secret of the service account itself; --mode proxy keeps it.")
    }
    return options
  })

export const brokers = layer.pipe(
  Layer.provide(BrokerSockets.layer),
  Layer.provide(Layer.succeed(Crypto, nodeCrypto)),
  Layer.provide(lastingOnline)
)

/** Each kind of trouble once: guests ask again and again. */
const telling = Effect.map(Effect.context<Globals | Terminal>(), (context) => {
  const told = new Set<string>()
  return ({ code, hints, message }: ErrorInfo) =>
    Effect.suspend(() => {
      if (told.has(code)) return Effect.void
      told.add(code)
      const fix = hints[0] === undefined ? "" : ` Try: ${hints[0]}`
      return Effect.provide(warning(`the broker could not do what a guest asked for: ${message}${fix}`), context)
    })
})
