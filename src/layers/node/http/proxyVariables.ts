import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { variable } from "../../../services/platform/environment.ts"
import type { ProxyVariable, ProxyVariables } from "./proxyFor.ts"

/**
 * What `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` (or their lower-case forms, which come first)
 * say at this moment.
 */
export const proxyVariables: Effect.Effect<ProxyVariables> = Effect.gen(function* () {
  const all = yield* either("all_proxy", "ALL_PROXY")
  return {
    https: Option.orElse(yield* either("https_proxy", "HTTPS_PROXY"), () => all),
    http: Option.orElse(yield* either("http_proxy", "HTTP_PROXY"), () => all),
    except: Option.match(yield* either("no_proxy", "NO_PROXY"), { onNone: () => "", onSome: ({ value }) => value })
  }
})

const either = (first: string, second: string): Effect.Effect<Option.Option<ProxyVariable>> =>
  Effect.flatMap(named(first), (found) => (Option.isSome(found) ? Effect.succeed(found) : named(second)))

const named = (name: string): Effect.Effect<Option.Option<ProxyVariable>> =>
  Effect.map(variable(name), (found) =>
    Option.filter(found, (value) => value.trim() !== "").pipe(Option.map((value) => ({ name, value })))
  )
