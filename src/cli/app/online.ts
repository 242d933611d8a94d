import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { nodeCrypto } from "../../layers/node/crypto.ts"
import * as CommandHttp from "../../layers/node/http/CommandHttp.ts"
import * as UndiciHttp from "../../layers/node/http/UndiciHttp.ts"
import * as LoopbackListener from "../../layers/node/login/LoopbackListener.ts"
import * as SystemBrowser from "../../layers/node/login/SystemBrowser.ts"
import { nodeUserAgent } from "../../layers/node/http/Engine.ts"
import * as Discovery from "../../services/api/Discovery.ts"
import * as Mixpanel from "../../services/api/Mixpanel.ts"
import * as MixpanelHttpClient from "../../services/api/MixpanelHttpClient.ts"
import * as AccountCheck from "../../services/login/AccountCheck.ts"
import * as DiskBudget from "../../services/budget/DiskBudget.ts"
import { QueryBudget } from "../../services/budget/QueryBudget.ts"
import * as ClientStore from "../../services/oauth/ClientStore.ts"
import * as OAuthFlow from "../../services/oauth/flow.ts"
import { Crypto } from "../../services/platform/Crypto.ts"

const budgetOfMachine = Layer.provide(DiskBudget.layer(), Layer.succeed(Crypto, nodeCrypto))

/** That of the store, where machines share one. */
const budget = Layer.unwrapEffect(
  Effect.map(
    Effect.serviceOption(QueryBudget),
    Option.match({
      onNone: () => budgetOfMachine,
      onSome: (shared): typeof budgetOfMachine => Layer.succeed(QueryBudget, shared)
    })
  )
)

const clientsOver = (transport: Layer.Layer<HttpClient.HttpClient>) =>
  AccountCheck.layer.pipe(
    Layer.provideMerge(Mixpanel.layer),
    Layer.provide(budget),
    Layer.provideMerge(Discovery.layer),
    Layer.provideMerge(MixpanelHttpClient.layerWith(nodeUserAgent)),
    Layer.provide(transport)
  )

/** For a program that sends a request or two and ends. */
export const clients = clientsOver(CommandHttp.layer)

/** For one that sends many: twice as much to load, and half as much for each request. */
export const lastingClients = clientsOver(UndiciHttp.layer)

/** The OAuth flow with a browser and a listener, and the registrations that it keeps. */
export const oauthFlow = OAuthFlow.layer.pipe(
  Layer.provide(Layer.mergeAll(SystemBrowser.layer, LoopbackListener.layer, CommandHttp.layer)),
  Layer.provide(ClientStore.layer),
  Layer.provide(Layer.succeed(Crypto, nodeCrypto))
)
