/** Who is let through to the login, and how those who were let through get to see its end. */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { CallbackPage, CallbackRequest, CallbackVerdict } from "../../../services/oauth/CallbackListener.ts"
import { builtins } from "../builtins.ts"
import type { ListenerPage } from "./callbackPage.ts"
import { sendOnward, sendPage, sendRefusal } from "./responses.ts"
import { pagePath, route } from "./routing.ts"

export interface CallbackLimits {
  /** How long a browser is kept waiting for the end of the login. */
  readonly pageWait: Duration.DurationInput
  /** How long the listener stays for pages that are still on their way. */
  readonly drain: Duration.DurationInput
}

export type CallbackHandler = ReturnType<typeof makeCallbackHandler>

/** A browser that was led to a page of its own. */
interface Visit {
  readonly page: Deferred.Deferred<ListenerPage>
  readonly shown: Deferred.Deferred<void>
}

export const makeCallbackHandler = (
  judge: (request: CallbackRequest) => Effect.Effect<CallbackVerdict>,
  run: (effect: Effect.Effect<void>) => void,
  limits: CallbackLimits
) => {
  const visits = new Map<string, Visit>()
  const judging = makeActivity()
  const serving = makeActivity()
  let over = false

  /** The page is waited for from now on, whether or not the browser asks for it. */
  const registerPage = (page: Effect.Effect<CallbackPage>): string => {
    const nonce = builtins.crypto.randomBytes(16).toString("base64url")
    const visit: Visit = { page: Deferred.unsafeMake(FiberId.none), shown: Deferred.unsafeMake(FiberId.none) }
    visits.set(nonce, visit)
    run(
      Effect.catchAllCause(page, () => unknown).pipe(
        Effect.flatMap((known) => Deferred.succeed(visit.page, known)),
        Effect.asVoid
      )
    )
    return nonce
  }

  const follow = (response: ServerResponse, verdict: CallbackVerdict): Effect.Effect<boolean> =>
    verdict._tag === "Ours"
      ? sendOnward(response, pagePath(registerPage(verdict.page)))
      : sendPage(response, verdict.page)

  /** While it is being judged, a redirect is being let in, too: no moment between the two is left to `drain`. */
  const callback = (response: ServerResponse, query: string): Effect.Effect<boolean> =>
    over
      ? sendPage(response, "already_used")
      : judging
          .during(Effect.suspend(() => judge({ query })).pipe(Effect.map((verdict) => follow(response, verdict))))
          .pipe(
            Effect.catchAllCause(() => Effect.succeed(sendPage(response, "broken"))),
            Effect.flatten
          )

  const showPage = (response: ServerResponse, { page, shown }: Visit): Effect.Effect<boolean> =>
    Deferred.await(page).pipe(
      Effect.timeoutTo({ duration: limits.pageWait, onSuccess: (known) => known, onTimeout: () => "unknown" as const }),
      inRealTime,
      Effect.flatMap((known) => sendPage(response, known)),
      Effect.tap((written) => (written ? Deferred.succeed(shown, undefined) : Effect.void)),
      serving.during
    )

  const answer = (request: IncomingMessage, response: ServerResponse): Effect.Effect<boolean> => {
    const found = route({
      method: request.method ?? "",
      target: request.url ?? "",
      headers: request.headersDistinct,
      port: request.socket.localPort ?? 0
    })
    if (found._tag === "Refusal") return sendRefusal(response, found.status)
    if (found._tag === "Callback") return callback(response, found.query)
    const visit = visits.get(found.nonce)
    return visit === undefined ? sendRefusal(response, 404) : showPage(response, visit)
  }

  const awaitShown = ({ page, shown }: Visit): Effect.Effect<void> =>
    Effect.flatMap(
      Effect.timeoutOption(Deferred.await(page), "100 millis"),
      Option.match({ onNone: () => Effect.void, onSome: () => Deferred.await(shown) })
    )

  /** Judges nothing any more, and waits until the pages whose content is known have been fetched. */
  const drain = Effect.suspend(() => {
    over = true
    return judging.idle
  }).pipe(
    Effect.zipRight(Effect.suspend(() => Effect.forEach(visits.values(), awaitShown, everyone))),
    Effect.timeoutOption(limits.drain),
    inRealTime,
    Effect.asVoid
  )

  /** Sends browsers that are still waiting back to the terminal. */
  const abort = Effect.suspend(() => {
    over = true
    return Effect.forEach(visits.values(), ({ page }) => Deferred.succeed(page, "unknown"), everyone)
  }).pipe(
    Effect.zipRight(Effect.timeoutOption(Effect.interruptible(serving.idle), "100 millis")),
    inRealTime,
    Effect.asVoid
  )

  const receive = (request: IncomingMessage, response: ServerResponse): void =>
    run(
      Effect.suspend(() => answer(request, response)).pipe(
        Effect.onError(() => Effect.sync(() => response.destroy())),
        Effect.asVoid
      )
    )

  return { receive, drain, abort }
}

const everyone = { concurrency: "unbounded", discard: true } as const

const unknown: Effect.Effect<ListenerPage> = Effect.succeed("unknown")

/** Sockets live in real time, whatever clock a test has set. */
const inRealTime = Effect.withClock(Clock.make())

/** What is going on at the moment. */
const makeActivity = () => {
  const ends = new Set<Deferred.Deferred<void>>()
  const begin = Effect.tap(Deferred.make<void>(), (end) => Effect.sync(() => ends.add(end)))
  const end = (done: Deferred.Deferred<void>) =>
    Effect.suspend(() => {
      ends.delete(done)
      return Deferred.succeed(done, undefined)
    })
  return {
    during: <A>(effect: Effect.Effect<A>) => Effect.acquireUseRelease(begin, () => effect, end),
    idle: Effect.suspend(() => Effect.forEach(ends, Deferred.await, everyone))
  }
}
