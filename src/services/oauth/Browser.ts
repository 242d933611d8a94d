import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { OAuthBrowserError } from "../../domain/oauth/OAuthError.ts"

/**
 * Opens a page for the person who logs in.
 *
 * @example
 * ```ts
 * const opened = Effect.flatMap(Browser, (browser) => browser.open("https://mixpanel.com"))
 * ```
 * @since 0.1.0
 * @category services
 */
export class Browser extends Context.Tag("effect-mixpanel/Browser")<
  Browser,
  {
    /**
     * Why a browser on this machine would not help (`an SSH session`, `no display`, `a container`), or
     * nothing. A reason, not an error: the address can be opened elsewhere.
     */
    readonly unavailable: Effect.Effect<string | null>
    /** Asks the system to open an address; that it was asked does not mean that a page appeared. */
    readonly open: (url: string) => Effect.Effect<void, OAuthBrowserError>
  }
>() {}
