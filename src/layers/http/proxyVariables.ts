/** The variables that say which proxies to go through. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { withScheme } from "../../domain/api/ProxyAddress.ts"
import { variable } from "../../services/environment.ts"
import type { ProxySettings } from "./ProxySettings.ts"

/**
 * What `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` (or their lower-case forms, which come first)
 * say at this moment; `None` where none of them names a proxy.
 */
export const proxySettings: Effect.Effect<Option.Option<ProxySettings>> = Effect.gen(function* () {
  const all = yield* either("all_proxy", "ALL_PROXY")
  const https = Option.orElse(yield* either("https_proxy", "HTTPS_PROXY"), () => all)
  const http = Option.orElse(yield* either("http_proxy", "HTTP_PROXY"), () => all)
  const except = yield* either("no_proxy", "NO_PROXY")
  return Option.isNone(https) && Option.isNone(http)
    ? Option.none()
    : Option.some({
        https: Option.getOrElse(Option.map(https, withScheme), () => ""),
        http: Option.getOrElse(Option.map(http, withScheme), () => ""),
        except: Option.getOrElse(except, () => "")
      })
})

const either = (first: string, second: string): Effect.Effect<Option.Option<string>> =>
  Effect.flatMap(variable(first), (found) => (Option.isSome(found) ? Effect.succeed(found) : variable(second)))
