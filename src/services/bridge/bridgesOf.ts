/** The bridges that were exported from here and carry the login of an account: each spends the same refresh token. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import { bridgeDeps } from "./BridgeTokens.ts"
import { sharedLogin } from "./sharedLogin.ts"

export const bridgesOf = (account: OAuthBrowserAccount) =>
  Effect.gen(function* () {
    const bridges = yield* sharedLogin(yield* bridgeDeps(Option.none()), account).shared
    return bridges.map(({ path }) => path)
  })
