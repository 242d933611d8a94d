/** Replacing or removing a bridge without losing what only the bridge holds. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { FileError, LockError } from "../../domain/errors.ts"
import { reclaimTokens, renewBefore } from "./bridgeAccount.ts"
import { forgetExport } from "./bridgeOwner.ts"
import type { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { BridgeTokenFile } from "./BridgeTokenFile.ts"
import { type BridgeDeps, carries, tokenFileOf } from "./BridgeDeps.ts"

/** What became of a bridge. */
export interface SettledBridge<A> {
  readonly result: A
  /** The account whose own tokens were older than the bridge's, of the same login, and have been replaced by them. */
  readonly handedBack: Option.Option<string>
}

/** Runs an effect that ends the bridge at a path; newer tokens of an account's own login go back to it before. */
export const replaceBridge = <A, E>(
  deps: BridgeDeps,
  path: string,
  end: Effect.Effect<A, E>
): Effect.Effect<SettledBridge<A>, E | OAuthTokenError | FileError | LockError> =>
  Effect.gen(function* () {
    const tokenFile = tokenFileOf(deps, path)
    const account = yield* accountOf(deps, tokenFile)
    const endAfter = <E2>(before: Effect.Effect<Option.Option<string>, E2>) => {
      const work = Effect.zipWith(before, Effect.zipLeft(end, tokenFile.forget), (handedBack, result) => ({
        result,
        handedBack
      }))
      return tokenFile.withLock(
        () => work,
        () => work
      )
    }
    if (Option.isNone(account)) return yield* endAfter(Effect.succeedNone)
    const { name } = account.value
    const unsure = yield* renewBefore(deps, account.value, tokenFile)
    const giveBack = Effect.map(reclaimTokens(deps, account.value, tokenFile, unsure), (done) =>
      done ? Option.some<string>(name) : Option.none()
    )
    return yield* deps.store.withLock(name)(() =>
      Effect.zipLeft(endAfter(giveBack), forgetEnded(deps, account.value, tokenFile))
    )
  })

/** Where the bridge has ended, and not only been brought up to date. */
const forgetEnded = (deps: BridgeDeps, account: OAuthBrowserAccount, tokenFile: BridgeTokenFile): Effect.Effect<void> =>
  Effect.gen(function* () {
    const left = yield* tokenFile.now
    if (!Option.exists(left, ({ bridge }) => carries(bridge, account)))
      yield* forgetExport(deps, account, tokenFile.path)
  }).pipe(Effect.ignore)

/** The account of the bridge, where it has tokens of its own here. A bridge that cannot be read is nobody's. */
const accountOf = (
  { store }: BridgeDeps,
  { now }: BridgeTokenFile
): Effect.Effect<Option.Option<OAuthBrowserAccount>> =>
  Effect.gen(function* () {
    const found = Option.flatten(yield* Effect.option(now))
    if (Option.isNone(found)) return Option.none()
    const { account } = found.value.bridge.file
    const own = Option.flatten(yield* Effect.option(store.get(account.name)))
    return account.type === "oauth_browser" && Option.isSome(own) ? Option.some(account) : Option.none()
  })
