import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AccountName } from "../../domain/account/identifiers.ts"
import type { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import { neverLoggedIn } from "./neverLoggedIn.ts"
import type { StoredTokens } from "./tokenEntry.ts"
import type { TokenStore } from "./TokenStore.ts"

export const ownTokens = (
  store: Pick<TokenStore["Type"], "stored" | "describe">,
  account: AccountName
): Effect.Effect<StoredTokens, OAuthTokenError | StorageError> =>
  Effect.flatMap(
    store.stored(account),
    Option.match({ onNone: () => neverLoggedIn(store, account), onSome: Effect.succeed })
  )
