/** A listener without a network, for tests: they deliver the redirects and see what the browser would be shown. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { OAuthPortError } from "../../domain/oauth/OAuthError.ts"
import {
  CallbackListener,
  type CallbackPage,
  type CallbackRequest,
  type CallbackVerdict
} from "../../services/oauth/CallbackListener.ts"

/** The port that a login is told. */
const port = 19284

/**
 * The browser's side of the listener.
 *
 * @example
 * ```ts
 * const page = Effect.flatMap(ScriptedCallbacks, (callbacks) => callbacks.deliver("code=approved&state=s"))
 * ```
 * @since 0.1.0
 * @category testing
 */
export class ScriptedCallbacks extends Context.Tag("effect-mixpanel/ScriptedCallbacks")<
  ScriptedCallbacks,
  {
    /**
     * Requests `/callback` with this query (without the question mark), and gives the page that is shown in
     * the end. Waits until a login is listening.
     */
    readonly deliver: (query: string) => Effect.Effect<CallbackPage>
    /** All pages that were shown, in order. */
    readonly pages: Effect.Effect<ReadonlyArray<CallbackPage>>
    /** Whether a login is listening now. */
    readonly listening: Effect.Effect<boolean>
  }
>() {}

type Judge = (request: CallbackRequest) => Effect.Effect<CallbackVerdict>

const shownFor = (verdict: CallbackVerdict): Effect.Effect<CallbackPage> =>
  verdict._tag === "Ours" ? verdict.page : Effect.succeed(verdict.page)

/** Replaces the loopback interface. One login at a time: to a second one, every port is busy. */
export const layer: Layer.Layer<CallbackListener | ScriptedCallbacks> = Layer.effectContext(
  Effect.map(SubscriptionRef.make(Option.none<Judge>()), (current) => {
    const pages: Array<CallbackPage> = []

    const take = (judge: Judge) =>
      SubscriptionRef.modifyEffect(current, (before) =>
        Option.isSome(before)
          ? Effect.fail(new OAuthPortError({ reason: "another login of this test is listening" }))
          : Effect.succeed([undefined, Option.some(judge)] as const)
      )

    const listen: Context.Tag.Service<CallbackListener>["listen"] = (_, judge) =>
      Effect.acquireRelease(take(judge), () => SubscriptionRef.set(current, Option.none())).pipe(
        Effect.as({ port, redirectUri: `http://localhost:${port}/callback` })
      )

    const waiting = current.changes.pipe(
      Stream.filterMap((judge) => judge),
      Stream.runHead,
      Effect.flatMap(Option.match({ onNone: () => Effect.never, onSome: Effect.succeed }))
    )

    const deliver = (query: string): Effect.Effect<CallbackPage> =>
      Effect.flatMap(waiting, (judge) => judge({ query })).pipe(
        Effect.flatMap(shownFor),
        Effect.tap((page) => Effect.sync(() => pages.push(page)))
      )

    return Context.make(CallbackListener, { listen }).pipe(
      Context.add(ScriptedCallbacks, {
        deliver,
        pages: Effect.sync(() => [...pages]),
        listening: Effect.map(SubscriptionRef.get(current), Option.isSome)
      })
    )
  })
)
