/** A small program of a user of the library: the bearer of the active account, on stdout. The storms bundle it. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { OAuthBrowserAccount, SessionResolver, TokenResolver } from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"

const program = Effect.gen(function* () {
  const { account } = yield* (yield* SessionResolver).session()
  if (!(account instanceof OAuthBrowserAccount)) return "another kind of account"
  const { token } = yield* (yield* TokenResolver).bearer(account, "config")
  return Redacted.value(token)
})

void Effect.runPromise(Effect.provide(program, layer)).then((access) => process.stdout.write(`${access}\n`))
