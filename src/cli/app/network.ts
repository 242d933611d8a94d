/**
 * The clients of the API: those of the app that a command is mounted in, so that its requests go where all of the app's
 * go; where there are none, as in `mp`, they are loaded when a command first needs them.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Discovery } from "../../services/api/Discovery.ts"
import { Mixpanel } from "../../services/api/Mixpanel.ts"
import { MixpanelHttpClient } from "../../services/api/MixpanelHttpClient.ts"
import { AccountCheck } from "../../services/login/AccountCheck.ts"

const ofApp = Effect.contextWith((context: Context.Context<never>) =>
  Option.map(
    Option.all({
      check: Context.getOption(context, AccountCheck),
      client: Context.getOption(context, MixpanelHttpClient),
      discovery: Context.getOption(context, Discovery),
      mixpanel: Context.getOption(context, Mixpanel)
    }),
    ({ check, client, discovery, mixpanel }) =>
      Context.make(AccountCheck, check).pipe(
        Context.add(MixpanelHttpClient, client),
        Context.add(Discovery, discovery),
        Context.add(Mixpanel, mixpanel)
      )
  )
)

export const online = Layer.unwrapEffect(
  Effect.flatMap(
    ofApp,
    Option.match({
      onSome: (context) => Effect.succeed(Layer.succeedContext(context)),
      onNone: () =>
        Effect.map(
          Effect.promise(() => import("./online.ts")),
          ({ clients }) => clients
        )
    })
  )
)

/** The bare transport, likewise. */
export const transport = Layer.unwrapEffect(
  Effect.flatMap(
    Effect.serviceOption(HttpClient.HttpClient),
    Option.match({
      onSome: (client) => Effect.succeed(Layer.succeed(HttpClient.HttpClient, client)),
      onNone: () =>
        Effect.map(
          Effect.promise(() => import("../../layers/node/http/CommandHttp.ts")),
          ({ layer }) => layer
        )
    })
  )
)
