/** Where tokens are read, for a process that never refreshes or moves any. */
import * as Effect from "effect/Effect"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { Crypto } from "../platform/Crypto.ts"
import { Locations } from "../platform/Locations.ts"
import { ownTokens } from "../tokens/ownTokens.ts"
import { TokenStore } from "../tokens/TokenStore.ts"
import { bridgeTokensNow, tokensFor } from "./bridgeTokensNow.ts"

export const readableTokens = Effect.gen(function* () {
  const reading = { files: yield* CredentialFiles, locations: yield* Locations, crypto: yield* Crypto }
  const store = yield* TokenStore
  return {
    ofAccount: ({ name }: OAuthBrowserAccount) => ({
      read: Effect.map(ownTokens(store, name), ({ tokens }) => tokens)
    }),
    ofBridge: (account: OAuthBrowserAccount, path: string) => ({
      read: tokensFor(account, { path, now: bridgeTokensNow(reading, path) })
    })
  }
})
