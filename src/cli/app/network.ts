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

export type Online = AccountCheck | Discovery | Mixpanel | MixpanelHttpClient

const orLoaded = <A, E, R>(
  ofApp: Effect.Effect<Option.Option<Context.Context<A>>>,
  load: () => Promise<{ readonly layer: Layer.Layer<A, E, R> }>
) =>
  Layer.unwrapEffect(
    Effect.flatMap(
      ofApp,
      Option.match({
        onSome: (context) => Effect.succeed<Layer.Layer<A, E, R>>(Layer.succeedContext(context)),
        onNone: () => Effect.map(Effect.promise(load), ({ layer }) => layer)
      })
    )
  )

const clientsOfApp = Effect.contextWith((context: Context.Context<never>) =>
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

export const online = orLoaded(clientsOfApp, async () => ({ layer: (await import("./online.ts")).clients }))

/** For a command that sends requests until it is ended. */
export const lastingOnline = orLoaded(clientsOfApp, async () => ({
  layer: (await import("./online.ts")).lastingClients
}))

export const transport = orLoaded(
  Effect.map(
    Effect.serviceOption(HttpClient.HttpClient),
    Option.map((client) => Context.make(HttpClient.HttpClient, client))
  ),
  () => import("../../layers/node/http/CommandHttp.ts")
)
