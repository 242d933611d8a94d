/**
 * An `HttpClient` of your own, with middleware: it carries every request of the library, those for tokens too. Each is
 * written down; what is safe to repeat is repeated when the network fails.
 */
import { FetchHttpClient, HttpClient } from "@effect/platform"
import { Console, Effect, Layer } from "effect"
import { AccountName, Mixpanel, OAuthBrowserAccount, Project, ProjectId, Session } from "effect-mixpanel"
import { layerWith } from "effect-mixpanel/node"
import { logIn } from "./support/person.ts"
import { sandbox } from "./support/sandbox.ts"

/** A path without its query: what stands there may be confidential, and what stands in headers and bodies is. */
const pathOf = (url: string) => new URL(url).pathname

const withMiddleware = (client: HttpClient.HttpClient) =>
  client.pipe(
    // A request for tokens is a POST that spends the refresh token: sent twice, it ends the login.
    HttpClient.transform((response, { method }) =>
      method === "GET" ? Effect.retry(response, { times: 2 }) : response
    ),
    HttpClient.transform((response, { method, url }) =>
      response.pipe(
        Effect.tap(({ status }) => Console.log(`${method} ${pathOf(url)}: ${status}`)),
        Effect.withSpan("mixpanel", { attributes: { path: pathOf(url) } })
      )
    )
  )

const httpClient = Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, withMiddleware)).pipe(
  Layer.provide(FetchHttpClient.layer)
)

const jo = new OAuthBrowserAccount({ name: AccountName.make("jo"), region: "us" })
const session = new Session({ account: jo, project: new Project({ id: ProjectId.make("3018488") }) })

const program = Effect.gen(function* () {
  const mixpanel = yield* Mixpanel
  yield* logIn(jo)
  yield* mixpanel.me(session)
})

// Tokens of this sandbox have expired when they are issued: the first request refreshes them.
const world = sandbox({ oauth: { accessTokenTtlSeconds: 1 } })

await Effect.runPromise(Effect.provide(program, Layer.provideMerge(layerWith({ httpClient }), world)))
