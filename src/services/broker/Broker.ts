import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { BrokerNotListening } from "../../domain/broker/BrokerNotListening.ts"
import type { Denied } from "../../domain/broker/Denied.ts"
import { assertHead, type GuestHead, isSameDigest, noToken, presentedToken } from "../../domain/broker/GuestHead.ts"
import type { FileError, LockError } from "../../domain/errors.ts"
import type { Session } from "../../domain/session/Session.ts"
import { Audit } from "../audit/Audit.ts"
import type { Discovery } from "../api/Discovery.ts"
import type { MixpanelHttpClient } from "../api/MixpanelHttpClient.ts"
import { Crypto } from "../platform/Crypto.ts"
import type { TokenResolver } from "../tokens/TokenResolver.ts"
import type { Answers, BrokerOptions } from "./BrokerOptions.ts"
import { BrokerListener, type BrokerPlace, type GuestAnswer, type GuestRequest } from "./BrokerListener.ts"
import { credentialAnswers } from "./credentialAnswers.ts"
import { deniedAnswer } from "./guestAnswers.ts"
import { proxyAnswers } from "./proxyAnswers.ts"

/** A broker at a port: whoever is on this machine can speak to it, and has to present the token. */
export interface LoopbackBroker {
  readonly url: string
  readonly token: Redacted.Redacted
}

type Opened<A> = Effect.Effect<A, BrokerNotListening | FileError | LockError, Scope.Scope>

export class Broker extends Context.Tag("effect-mixpanel/Broker")<
  Broker,
  {
    /** Answers the guests of a session at a port of 127.0.0.1 (0: any that is free) until the scope closes. */
    readonly atPort: (session: Session, options: BrokerOptions, port: number) => Opened<LoopbackBroker>
    /** The same at a socket, which only its owner can open: there is no token. */
    readonly atSocket: (session: Session, options: BrokerOptions, path: string) => Opened<void>
  }
>() {}

type Needs = Audit | BrokerListener | Crypto | Discovery | MixpanelHttpClient | TokenResolver

const make = Effect.gen(function* () {
  const context = yield* Effect.context<Needs>()
  const listener = yield* BrokerListener
  const crypto = yield* Crypto
  const audit = yield* Audit

  const guarded = (answers: Answers, digest: Option.Option<Uint8Array>) => {
    const admitted = ({ door, head }: GuestRequest) =>
      Effect.zipRight(
        assertHead(door, head),
        Option.match(digest, { onNone: () => Effect.void, onSome: (expected) => assertToken(crypto, head, expected) })
      )
    return (request: GuestRequest): Effect.Effect<GuestAnswer> =>
      Effect.zipRight(
        admitted(request),
        Effect.suspend(() => answers(request))
      ).pipe(Effect.catchTag("Denied", (denied) => Effect.succeed(deniedAnswer(denied))))
  }

  const listen = (session: Session, options: BrokerOptions, place: BrokerPlace, digest: Option.Option<Uint8Array>) =>
    Effect.gen(function* () {
      const answers: Effect.Effect<Answers, never, Needs> =
        options.mode === "proxy" ? proxyAnswers(session, options) : credentialAnswers(session, options)
      const port = yield* listener.listen(place, guarded(yield* Effect.provide(answers, context), digest))
      const { program } = options
      yield* audit.record({
        event: "broker",
        account: session.account.name,
        token: Option.none(),
        program,
        rule: ruleOf(options)
      })
      return port
    })

  return Broker.of({
    atPort: Effect.fn("Broker.atPort")(function* (session, options, wanted) {
      const token = Encoding.encodeBase64Url(yield* crypto.randomBytes(32))
      const digest = Option.some(yield* crypto.sha256(token))
      const port = yield* listen(session, options, { _tag: "Loopback", port: wanted }, digest)
      return { url: `http://127.0.0.1:${port}`, token: Redacted.make(token) }
    }),
    atSocket: Effect.fn("Broker.atSocket")(function* (session, options, path) {
      yield* listen(session, options, { _tag: "Socket", path }, Option.none())
    })
  })
})

const ruleOf = ({ mode, rules: { allow, readOnly } }: BrokerOptions): string =>
  [mode, ...(readOnly ? ["read-only"] : []), ...allow.map((path) => `/${path.join("/")}`)].join(" ")

const assertToken = (crypto: Crypto["Type"], head: GuestHead, expected: Uint8Array): Effect.Effect<void, Denied> => {
  const presented = presentedToken(head)
  return presented === undefined
    ? Effect.fail(noToken)
    : Effect.flatMap(crypto.sha256(presented), (digest) =>
        isSameDigest(digest, expected) ? Effect.void : Effect.fail(noToken)
      )
}

export const layer: Layer.Layer<Broker, never, Needs> = Layer.effect(Broker, make)
