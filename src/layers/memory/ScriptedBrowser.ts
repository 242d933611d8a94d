/** A browser for tests: a function decides what the person does with the page that was opened. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Browser } from "../../services/oauth/Browser.ts"

/**
 * What was opened so far.
 *
 * @example
 * ```ts
 * const addresses = Effect.flatMap(ScriptedBrowser, (browser) => browser.opened)
 * ```
 * @since 0.1.0
 * @category testing
 */
export class ScriptedBrowser extends Context.Tag("effect-mixpanel/ScriptedBrowser")<
  ScriptedBrowser,
  {
    /** All addresses, in order. */
    readonly opened: Effect.Effect<ReadonlyArray<string>>
  }
>() {}

export interface ScriptedBrowserOptions {
  /** Why the browser would not help, such as `an SSH session`; by default it does. */
  readonly unavailable?: string
}

/**
 * Replaces the system's browser. What the person does runs on its own, as it does in the world: `open` does
 * not wait for it.
 *
 * @example
 * ```ts
 * const browser = ScriptedBrowser.layer((url) =>
 *   Effect.flatMap(ScriptedCallbacks, ({ deliver }) =>
 *     deliver(`code=approved&state=${url.searchParams.get("state")}`)
 *   )
 * )
 * ```
 */
export const layer = <R>(
  person: (url: URL) => Effect.Effect<unknown, never, R>,
  options: ScriptedBrowserOptions = {}
): Layer.Layer<Browser | ScriptedBrowser, never, R> =>
  Layer.scopedContext(
    Effect.gen(function* () {
      const world = yield* Effect.context<R>()
      const scope = yield* Effect.scope
      const opened: Array<string> = []
      const act = (url: string) =>
        Effect.suspend(() => person(new URL(url))).pipe(
          Effect.provide(world),
          Effect.tapErrorCause((cause) => Effect.logError("The scripted browser failed", cause))
        )
      const browser = Browser.of({
        unavailable: Effect.succeed(options.unavailable ?? null),
        open: (url) =>
          Effect.sync(() => opened.push(url)).pipe(Effect.zipRight(Effect.asVoid(Effect.forkIn(act(url), scope))))
      })
      return Context.make(Browser, browser).pipe(
        Context.add(ScriptedBrowser, { opened: Effect.sync(() => [...opened]) })
      )
    })
  )
