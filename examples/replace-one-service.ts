/**
 * One service replaced, everything else as it is: bearers come from a vault instead of `tokens.json`.
 * `refused` tells the vault that the server did not take a bearer; the request is then sent once more.
 */
import { Console, Effect, Layer, Option, Redacted, Ref } from "effect"
import { AccountName, Mixpanel, OAuthBrowserAccount, Project, ProjectId, Session, TokenResolver } from "effect-mixpanel"
import { layerWith } from "effect-mixpanel/node"
import { sandbox } from "./support/sandbox.ts"

/** A vault that still holds a revoked bearer, and a good one once it is asked to renew. */
const vault = Layer.effect(
  TokenResolver,
  Effect.gen(function* () {
    const current = yield* Ref.make("revoked-bearer")
    return {
      bearer: () =>
        Effect.map(Ref.get(current), (token) => ({ token: Redacted.make(token), expiresAt: Option.none() })),
      refused: (account) =>
        Console.log(`The vault renews the bearer of '${account.name}'.`).pipe(
          Effect.zipRight(Ref.set(current, "sandbox-bearer-jo")),
          Effect.as(true)
        )
    }
  })
)

/** Every service gets its bearers from the vault; nothing of ours that reads tokens is built. */
const withVault = layerWith({ tokenResolver: vault })

const session = new Session({
  account: new OAuthBrowserAccount({ name: AccountName.make("jo"), region: "us" }),
  project: new Project({ id: ProjectId.make("3018488") })
})

const program = Effect.gen(function* () {
  const mixpanel = yield* Mixpanel
  const { userEmail } = yield* mixpanel.me(session)
  yield* Console.log(`Signed in as ${Option.getOrElse(userEmail, () => "nobody")}.`)
})

await Effect.runPromise(Effect.provide(program, Layer.provideMerge(withVault, sandbox())))
