import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { OAuthPortError } from "../../domain/oauth/OAuthError.ts"

/** The ports that are tried first, in this order; mixpanel_headless registers its clients for the first of them. */
export const preferredPorts: ReadonlyArray<number> = [19284, 19285, 19286, 19287]

/**
 * A request to `/callback`, before anything is known about it.
 * @since 0.1.0
 * @category models
 */
export interface CallbackRequest {
  /** The query string as it was sent, without the question mark. */
  readonly query: string
}

/**
 * What the browser is shown in the end. None of these repeats anything that the request said.
 * @since 0.1.0
 * @category models
 */
export type CallbackPage = "success" | "denied" | "failed" | "already_used" | "not_ours"

/**
 * How a request to `/callback` is judged.
 * @since 0.1.0
 * @category models
 */
export type CallbackVerdict =
  /** Not this login's: it is answered, and the wait goes on. */
  | { readonly _tag: "Stray"; readonly page: "already_used" | "not_ours" }
  /** This login's: the browser is led to a page of its own (a URL without the code), shown when `page` is known. */
  | { readonly _tag: "Ours"; readonly page: Effect.Effect<CallbackPage> }

export interface Listening {
  readonly port: number
  readonly redirectUri: string
}

/**
 * Waits on the loopback interface for the redirect of a login (RFC 8252).
 *
 * @example
 * ```ts
 * const listening = Effect.flatMap(CallbackListener, (listener) => listener.listen([19284], judge))
 * ```
 * @since 0.1.0
 * @category services
 */
export class CallbackListener extends Context.Tag("effect-mixpanel/CallbackListener")<
  CallbackListener,
  {
    /**
     * Listens on 127.0.0.1, on the first of these ports that is free, else on any free one, until the scope
     * closes: then port and sockets are released at once, except that a page which is being shown is
     * finished (at most one second).
     *
     * `judge` is asked about every well-formed GET of `/callback`. Everything else (other paths, methods and
     * hosts, prefetches, oversized or slow requests) is answered by the listener itself and never ends a login.
     */
    readonly listen: (
      ports: ReadonlyArray<number>,
      judge: (request: CallbackRequest) => Effect.Effect<CallbackVerdict>
    ) => Effect.Effect<Listening, OAuthPortError, Scope.Scope>
  }
>() {}
