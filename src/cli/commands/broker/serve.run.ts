import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Session } from "../../../domain/session/Session.ts"
import { Broker } from "../../../services/broker/Broker.ts"
import type { BrokerPlace } from "../../../services/broker/BrokerListener.ts"
import { Locations } from "../../../services/platform/Locations.ts"
import { invalid } from "../../app/invalid.ts"
import { jsonLine } from "../../app/Json.ts"
import { session } from "../../app/sessionFor.ts"
import { Terminal } from "../../app/Terminal.ts"
import { brokers, optionsOf, type RuleFlags } from "./openBroker.ts"

interface Flags extends RuleFlags {
  readonly port: Option.Option<string>
  readonly socket: Option.Option<string>
}

const placeOf = ({ port, socket }: Flags) =>
  Effect.gen(function* () {
    if (Option.isSome(port) && Option.isSome(socket)) {
      return yield* invalid("--port and --socket are two places, and a broker listens at one.", { without: ["socket"] })
    }
    if (Option.isSome(port)) return yield* portOf(port.value)
    const { brokerSocket, resolve } = yield* Locations
    const path = yield* Option.match(socket, { onNone: () => brokerSocket, onSome: resolve })
    const place: BrokerPlace = { _tag: "Socket", path }
    return place
  })

const portOf = (text: string): Either.Either<BrokerPlace, ReturnType<typeof invalid>> =>
  /^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535
    ? Either.right({ _tag: "Loopback", port: Number(text) })
    : Either.left(invalid(`--port ${text} is no port: a number from 0 to 65535.`, { flags: [["port", "0"]] }))

/** SIGINT and SIGTERM interrupt `mp` as a whole; a terminal that goes away is to leave no socket either. */
const untilHangup = Effect.async<void>((resume) => {
  const end = () => resume(Effect.void)
  process.once("SIGHUP", end)
  return Effect.sync(() => process.off("SIGHUP", end))
})

const opened = (current: Session, flags: Flags) =>
  Effect.gen(function* () {
    const place = yield* placeOf(flags)
    const options = yield* optionsOf(current, flags)
    const broker = yield* Broker
    if (place._tag === "Socket") {
      yield* broker.atSocket(current, options, place.path)
      return { socket: place.path }
    }
    const { token, url } = yield* broker.atPort(current, options, place.port)
    return { url, token: Redacted.value(token) }
  })

export const run = (flags: Flags) =>
  Effect.gen(function* () {
    const { out } = yield* Terminal
    yield* out(jsonLine(yield* opened(yield* session, flags)))
    yield* untilHangup
  }).pipe(Effect.scoped, Effect.provide(brokers))
