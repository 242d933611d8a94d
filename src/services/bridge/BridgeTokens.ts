/**
 * The tokens of logins that travel: an account's own, together with the bridges they were exported to, and a
 * bridge's. A refresh token that two files hold is spent once, and both get what came of it; tokens of
 * different logins never mix while their own still work.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { ClaimError } from "../../domain/storage/StorageError.ts"
import { Audit } from "../audit/Audit.ts"
import { ConfigStore } from "../config/ConfigStore.ts"
import { OAuthFlow } from "../oauth/OAuthFlow.ts"
import { CredentialFiles } from "../platform/CredentialFiles.ts"
import { Crypto } from "../platform/Crypto.ts"
import { Locations } from "../platform/Locations.ts"
import type { ReadError, TokenLocation } from "../tokens/TokenLocation.ts"
import { TokenStore } from "../tokens/TokenStore.ts"
import { type BridgeDeps } from "./bridgeOwner.ts"
import { type BridgeTokenFile, bridgeLocation, bridgeTokenFile } from "./BridgeTokenFile.ts"
import { sharedLogin } from "./sharedLogin.ts"

/**
 * What became of a bridge.
 * @since 0.1.0
 * @category models
 */
export interface ReplacedBridge<A> {
  readonly result: A
  /** The account whose own tokens were older than the bridge's, of the same login, and have been replaced by them. */
  readonly handedBack: Option.Option<string>
}

/**
 * Where the tokens of a login lie: in its own file, in a bridge, or in the cache of a bridge.
 *
 * @example
 * ```ts
 * const tokens = Effect.flatMap(BridgeTokens, (tokens) => tokens.ofAccount(account).read)
 * ```
 * @since 0.1.0
 * @category services
 */
export class BridgeTokens extends Context.Tag("effect-mixpanel/BridgeTokens")<
  BridgeTokens,
  {
    /** The account's own tokens; a refresh reaches the bridges that carry the same login. */
    readonly ofAccount: (account: OAuthBrowserAccount) => TokenLocation
    /** The tokens of the bridge at a path. */
    readonly ofBridge: (account: OAuthBrowserAccount, path: string) => TokenLocation
    /** Hands the account's newest tokens to whoever writes the bridge at `path`, while nobody changes either. */
    readonly exportTokens: <A, E>(
      account: OAuthBrowserAccount,
      target: { readonly path: string; readonly refreshable: boolean },
      use: (tokens: OAuthTokens) => Effect.Effect<A, E>
    ) => Effect.Effect<A, E | ReadError | ClaimError>
    /** Runs what ends the bridge at a path; newer tokens of an account's own login go back to it before. */
    readonly replaceBridge: <A, E>(
      path: string,
      end: Effect.Effect<A, E>
    ) => Effect.Effect<ReplacedBridge<A>, E | ReadError | ClaimError>
  }
>() {}

export const bridgeDeps = (flow: BridgeDeps["flow"]) =>
  Effect.all({
    flow: Effect.succeed(flow),
    audit: Audit,
    files: CredentialFiles,
    locations: Locations,
    crypto: Crypto,
    store: TokenStore,
    config: ConfigStore
  })

export const make = Effect.gen(function* () {
  const deps: BridgeDeps = yield* bridgeDeps(Option.some(yield* OAuthFlow))
  const { store } = deps
  /** The account of a bridge, where it has tokens of its own here. A bridge that cannot be read is nobody's. */
  const accountOf = ({ now }: BridgeTokenFile): Effect.Effect<Option.Option<OAuthBrowserAccount>> =>
    Effect.gen(function* () {
      const found = Option.flatten(yield* Effect.option(now))
      if (Option.isNone(found)) return Option.none()
      const { account } = found.value.bridge.file
      const own = Option.flatten(yield* Effect.option(store.get(account.name)))
      return account.type === "oauth_browser" && Option.isSome(own) ? Option.some(account) : Option.none()
    })

  return BridgeTokens.of({
    ofAccount: (account) => sharedLogin(deps, account).location,
    ofBridge: (account, path) => bridgeLocation(deps, account, path),
    exportTokens: (account, target, use) => sharedLogin(deps, account).exportTokens(target, use),
    replaceBridge: (path, end) =>
      Effect.gen(function* () {
        const tokenFile = bridgeTokenFile(deps, path)
        const account = yield* accountOf(tokenFile)
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
        const login = sharedLogin(deps, account.value)
        const unsure = yield* login.renew([tokenFile])
        return yield* Effect.flatMap(login.claimOwn, (ours) =>
          Effect.zipLeft(endAfter(login.reclaimTokens(ours, tokenFile, unsure)), login.forgetEnded(tokenFile))
        ).pipe(Effect.scoped)
      })
  })
})

/**
 * `BridgeTokens` over files.
 *
 * @example
 * ```ts
 * const bridgeTokens = Layers.bridgeTokens.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<
  BridgeTokens,
  never,
  Audit | CredentialFiles | Crypto | Locations | TokenStore | ConfigStore | OAuthFlow
> = Layer.effect(BridgeTokens, make)
