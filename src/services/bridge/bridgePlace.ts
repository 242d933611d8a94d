/** The tokens of a bridge. They stay with it: an account of the same name keeps its own. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import * as Config from "../../domain/config/ConfigDocument.ts"
import { type Command, command } from "../../domain/hints/Command.ts"
import { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { FileLock } from "../platform/CredentialFiles.ts"
import type { BridgeTokenFile } from "./BridgeTokenFile.ts"
import { exportsOf, wasExported } from "./bridgeOwner.ts"
import { type BridgeDeps, carries, tokenFileOf } from "./BridgeDeps.ts"
import { isNewer, withFamily, sameLogin } from "../tokens/tokenFamily.ts"
import type { LockedTokens, TokenLocation } from "../tokens/TokenLocation.ts"

export const bridgePlace = (deps: BridgeDeps, account: OAuthBrowserAccount, path: string): TokenLocation => {
  const tokenFile = tokenFileOf(deps, path)
  return {
    read: current(account, tokenFile),
    withLock: (use, options) => {
      const work = ({ confirm }: FileLock) => use(held(deps, account, tokenFile, confirm))
      return tokenFile.withLock(work, () => tokenFile.withCacheLock(work, options), options)
    }
  }
}

const current = (account: OAuthBrowserAccount, { now, path }: BridgeTokenFile): LockedTokens["read"] =>
  Effect.flatMap(now, (found) =>
    Option.match(
      Option.filter(found, ({ bridge }) => carries(bridge, account)),
      { onNone: () => Effect.fail(gone(account, path)), onSome: ({ tokens }) => Effect.succeed(tokens) }
    )
  )

/** Where the account is: on the machine that made the bridge. */
const exportAgain = (account: OAuthBrowserAccount, path: string): Command =>
  command`mp account export-bridge --account ${account.name} --to ${path}`

/** The bridge that a session began with is not there any more, or is about somebody else. */
export const gone = (account: OAuthBrowserAccount, path: string) =>
  new OAuthTokenError({
    account: account.name,
    reason: `the bridge ${path} does not hold it any more. It is exported again on the machine that has the account.`,
    fixes: [exportAgain(account, path)],
    details: { account: account.name, path }
  })

const held = (
  deps: BridgeDeps,
  account: OAuthBrowserAccount,
  tokenFile: BridgeTokenFile,
  confirm: FileLock["confirm"]
): LockedTokens => ({
  confirm,
  read: newest(deps, account, tokenFile),
  reserve: tokenFile.reserve,
  put: tokenFile.put,
  dead: tokenFile.dead,
  markDead: tokenFile.markDead,
  otherCopies: deps.locations.inWorkingDirectory(tokenFile.path)
    ? Effect.succeed([])
    : ofAccount(deps, account, tokenFile),
  isOwn: false,
  fix: exportAgain(account, tokenFile.path)
})

/** Where the account's own tokens were exported to this bridge, come from the same login and are newer, the bridge goes on with these. */
const newest = (deps: BridgeDeps, account: OAuthBrowserAccount, tokenFile: BridgeTokenFile): LockedTokens["read"] =>
  Effect.gen(function* () {
    const tokens = yield* current(account, tokenFile)
    const exported = yield* Effect.orElseSucceed(exportsOf(deps, account), () => [])
    const isOurs = exported.some((one) => one.path === tokenFile.path)
    const own = isOurs ? Option.flatten(yield* Effect.option(deps.store.get(account.name))) : Option.none()
    if (Option.isSome(own) && (yield* sameLogin(deps.crypto, own.value, tokens))) {
      if (yield* isNewer(deps.crypto, own.value, tokens))
        return yield* Effect.as(Effect.ignore(tokenFile.put(own.value)), own.value)
    }
    return Option.isSome(tokens.refreshToken) ? yield* withFamily(deps.crypto, tokens) : tokens
  })

/** Another login of the account, for the very bridge that was exported from here: any other one only has its name. */
const ofAccount = (
  deps: BridgeDeps,
  account: OAuthBrowserAccount,
  tokenFile: BridgeTokenFile
): Effect.Effect<ReadonlyArray<OAuthTokens>> =>
  Effect.gen(function* () {
    if (!(yield* wasExported(deps, account, tokenFile.path, yield* current(account, tokenFile)))) return []
    const own = Option.flatMap(Config.account(yield* deps.config.get, account.name), Option.getRight)
    const same = Option.exists(own, ({ region, type }) => type === "oauth_browser" && region === account.region)
    return same ? Option.toArray(yield* deps.store.get(account.name)) : []
  }).pipe(Effect.orElseSucceed(() => []))
