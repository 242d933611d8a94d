/** The tokens of a bridge. They stay with it: an account of the same name keeps its own. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import * as Config from "../../domain/config/ConfigDocument.ts"
import { type Command, command } from "../../domain/hints/Command.ts"
import { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { FileLock } from "../platform/CredentialFiles.ts"
import type { BridgeSlot } from "./bridgeSlot.ts"
import { exportsOf, wasExported } from "./bridgeOwner.ts"
import { type BridgeWorld, carries, slotOf } from "./bridgeWorld.ts"
import { isNewer, marked, sameLogin } from "../tokens/lineage.ts"
import type { HeldPlace, TokenPlace } from "../tokens/TokenPlace.ts"

export const bridgePlace = (world: BridgeWorld, account: OAuthBrowserAccount, path: string): TokenPlace => {
  const slot = slotOf(world, path)
  return {
    peek: current(account, slot),
    withLock: (use, options) => {
      const work = ({ confirm }: FileLock) => use(held(world, account, slot, confirm))
      return slot.withLock(work, () => slot.withCacheLock(work, options), options)
    }
  }
}

const current = (account: OAuthBrowserAccount, { now, path }: BridgeSlot): HeldPlace["read"] =>
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
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  slot: BridgeSlot,
  confirm: FileLock["confirm"]
): HeldPlace => ({
  confirm,
  read: newest(world, account, slot),
  reserve: slot.reserve,
  put: slot.put,
  dead: slot.dead,
  markDead: slot.markDead,
  elsewhere: world.locations.inWorkingDirectory(slot.path) ? Effect.succeed([]) : ofAccount(world, account, slot),
  isOwn: false,
  fix: exportAgain(account, slot.path)
})

/** Where the account's own tokens were exported to this bridge, come from the same login and are newer, the bridge goes on with these. */
const newest = (world: BridgeWorld, account: OAuthBrowserAccount, slot: BridgeSlot): HeldPlace["read"] =>
  Effect.gen(function* () {
    const tokens = yield* current(account, slot)
    const exported = yield* Effect.orElseSucceed(exportsOf(world, account), () => [])
    const isOurs = exported.some((one) => one.path === slot.path)
    const own = isOurs ? Option.flatten(yield* Effect.option(world.store.get(account.name))) : Option.none()
    const newer = Option.filter(own, (candidate) => sameLogin(candidate, tokens) && isNewer(candidate, tokens))
    if (Option.isNone(newer)) return Option.isSome(tokens.refreshToken) ? marked(tokens) : tokens
    yield* Effect.ignore(slot.put(newer.value))
    return newer.value
  })

/** Another login of the account, for the very bridge that was exported from here: any other one only has its name. */
const ofAccount = (
  world: BridgeWorld,
  account: OAuthBrowserAccount,
  slot: BridgeSlot
): Effect.Effect<ReadonlyArray<OAuthTokens>> =>
  Effect.gen(function* () {
    if (!(yield* wasExported(world, account, slot.path, yield* current(account, slot)))) return []
    const own = Option.flatMap(Config.account(yield* world.config.get, account.name), Option.getRight)
    const same = Option.exists(own, ({ region, type }) => type === "oauth_browser" && region === account.region)
    return same ? Option.toArray(yield* world.store.get(account.name)) : []
  }).pipe(Effect.orElseSucceed(() => []))
