import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { AccountName } from "../../domain/account/identifiers.ts"
import type { ClaimError } from "../../domain/storage/StorageError.ts"
import { defaultLockWait } from "../platform/CredentialFiles.ts"
import type { StoredTokens } from "./tokenEntry.ts"
import type { TokenClaim, TokenStore } from "./TokenStore.ts"

/** Whoever is at it is waited for, and what came of that is claimed. */
export const claimCurrent = <E>(
  { claim }: Pick<TokenStore["Type"], "claim">,
  account: AccountName,
  stored: Effect.Effect<StoredTokens, E>
): Effect.Effect<StoredTokens & { readonly claim: TokenClaim }, E | ClaimError, Scope.Scope> =>
  Effect.retry(
    Effect.flatMap(stored, (found) =>
      Effect.map(claim(account, found.version, { wait: defaultLockWait }), (held) => ({ ...found, claim: held }))
    ),
    { while: (error) => typeof error === "object" && error !== null && "_tag" in error && error._tag === "Superseded" }
  )
