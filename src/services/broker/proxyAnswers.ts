/** Proxy mode: requests are sent on with the credential, and answers come back without it. */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { RequestError } from "../../domain/api/ApiError.ts"
import type { ApiFamily } from "../../domain/api/Endpoints.ts"
import { hiddenSpellings } from "../../domain/broker/Concealment.ts"
import { decide, type GuestRoute } from "../../domain/broker/decide.ts"
import { Denied } from "../../domain/broker/Denied.ts"
import { examineBody } from "../../domain/broker/examineBody.ts"
import type { GuestHead } from "../../domain/broker/GuestHead.ts"
import { fromGuest } from "../../domain/broker/passedHeaders.ts"
import type { ConfigError } from "../../domain/errors.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import type { Session } from "../../domain/session/Session.ts"
import { Discovery } from "../api/Discovery.ts"
import { discard } from "../api/http/body.ts"
import { hasNoBody } from "../api/http/bodyStream.ts"
import { MixpanelHttpClient } from "../api/MixpanelHttpClient.ts"
import { atMost } from "./atMost.ts"
import type { Answers, BrokerOptions } from "./BrokerOptions.ts"
import type { GuestRequest } from "./BrokerListener.ts"
import { gathered, maxExaminedBytes, streamed } from "./guestBody.ts"
import { knownWorkspaces } from "./knownWorkspaces.ts"
import { relayedAnswer } from "./relayedAnswer.ts"

/** How many requests wait for an answer of Mixpanel at once, and how many for their own bodies. */
const mostQuestions = 64
const mostBodies = 256

export const proxyAnswers = (
  session: Session,
  { onTrouble, rules }: Pick<BrokerOptions, "onTrouble" | "rules">
): Effect.Effect<Answers, never, MixpanelHttpClient | Discovery> =>
  Effect.gen(function* () {
    const relays = relaysOf(yield* MixpanelHttpClient, session)
    const assertWorkspace = knownWorkspaces(yield* Discovery, session)
    const pinned = { ...rules, project: session.projectId }
    const hidden = remembering()
    // Guests that are slow to send hold none of the places at Mixpanel.
    const receiving = atMost(mostBodies)
    const asking = atMost(mostQuestions)
    const troubled = (error: RequestError) => Effect.zipRight(onTrouble(error), Effect.fail(asDenied(error)))
    const answers: Answers = Effect.fnUntraced(function* (request) {
      const route = yield* decide(pinned, request.head)
      yield* Effect.forEach(route.workspaces, assertWorkspace, { discard: true })
      const sent = yield* receiving(outgoing(session, route, request))
      const relay = yield* Effect.catchAll(relays(route.family), troubled)
      const relayed = yield* asking(Effect.catchAll(relay(sent), troubled))
      if (hasNoBody(relayed.response)) yield* discard(relayed.response)
      return relayedAnswer(relayed, hidden(relayed.secrets))
    })
    return answers
  })

const relaysOf = (client: MixpanelHttpClient["Type"], session: Session) => {
  const found = new Map<ApiFamily, Relay>()
  return (family: ApiFamily): Effect.Effect<Relay, ConfigError | StorageError> => {
    const known = found.get(family)
    return known === undefined
      ? Effect.tap(client.relay(session, family), (relay) => found.set(family, relay))
      : Effect.succeed(known)
  }
}

type Relay = Effect.Effect.Success<ReturnType<MixpanelHttpClient["Type"]["relay"]>>

const outgoing = (session: Session, route: GuestRoute, { body, head }: GuestRequest) => {
  const bare = HttpClientRequest.make(route.method)(route.target)
  const finish = (request: HttpClientRequest.HttpClientRequest) =>
    HttpClientRequest.setHeaders(request, fromGuest(head, session.headers))
  if (!hasBody(head)) return Effect.succeed(finish(bare))
  if (!route.bodyIsExamined && lengthOf(head) > maxExaminedBytes) {
    return Effect.succeed(finish(HttpClientRequest.bodyStream(bare, streamed(body))))
  }
  return Effect.gen(function* () {
    const bytes = yield* gathered(body, maxExaminedBytes)
    if (route.bodyIsExamined) yield* examineBody(session.projectId, head.headers, bytes)
    return finish(bytes.length === 0 ? bare : HttpClientRequest.bodyUint8Array(bare, bytes))
  })
}

const hasBody = ({ headers }: GuestHead): boolean =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? []).some((length) => length !== "0")

/** What does not say how long it is may be of any length. */
const lengthOf = ({ headers }: GuestHead): number => Number(headers["content-length"]?.[0] ?? Number.POSITIVE_INFINITY)

/** A guest is told what is the matter, and nothing of the user's machine. */
const asDenied = (error: RequestError): Denied => {
  switch (error._tag) {
    case "CredentialNotAccepted":
    case "InvalidArgument":
      return new Denied(403, "path", error.message)
    case "NetworkFailed":
      return new Denied(502, "upstream", "The broker got no answer from Mixpanel.")
    default:
      return new Denied(502, "upstream", `The broker has no credential to send (${error.code}).`)
  }
}

/** The spellings of the last secrets, which are those of most answers. */
const remembering = () => {
  let key: string | undefined
  let spellings: ReadonlyArray<string> = []
  return (secrets: ReadonlyArray<Redacted.Redacted>): ReadonlyArray<string> => {
    const texts = secrets.map(Redacted.value)
    const wanted = texts.join("\0")
    if (wanted !== key) spellings = hiddenSpellings(texts)
    key = wanted
    return spellings
  }
}
