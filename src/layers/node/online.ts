/** Everything that talks to Mixpanel, over the offline services. */
import * as Layer from "effect/Layer"
import * as AccountCheck from "../../services/login/AccountCheck.ts"
import * as Discovery from "../../services/api/Discovery.ts"
import * as Mixpanel from "../../services/api/Mixpanel.ts"
import * as MixpanelHttpClient from "../../services/api/MixpanelHttpClient.ts"
import * as CommandHttp from "./http/CommandHttp.ts"

/** The typed calls and the client under them, over any `HttpClient`. */
export const clients = AccountCheck.layer.pipe(
  Layer.provideMerge(Mixpanel.layer),
  Layer.provideMerge(Discovery.layer),
  Layer.provideMerge(MixpanelHttpClient.layer)
)

/** The same for a program that sends a request or two and ends. */
export const layer = Layer.provide(clients, CommandHttp.layer)
