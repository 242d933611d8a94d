/** Replacing or removing a bridge without losing what only the bridge holds. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { FileError, LockError } from "../../domain/errors.ts"
import { handBack, renewBefore } from "./bridgeAccount.ts"
import { forgetExport } from "./bridgeOwner.ts"
import type { OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { BridgeSlot } from "./bridgeSlot.ts"
import { type BridgeWorld, carries, slotOf } from "./bridgeWorld.ts"

/** What became of a bridge. */
export interface SettledBridge<A> {
  readonly result: A
  /** The account whose own tokens were older than the bridge's, of the same login, and have been replaced by them. */
  readonly handedBack: Option.Option<string>
}

/** Runs an effect that ends the bridge at a path; newer tokens of an account's own login go back to it before. */
export const settling = <A, E>(
  world: BridgeWorld,
  path: string,
  end: Effect.Effect<A, E>
): Effect.Effect<SettledBridge<A>, E | OAuthTokenError | FileError | LockError> =>
  Effect.gen(function* () {
    const slot = slotOf(world, path)
    const account = yield* accountOf(world, slot)
    const endAfter = <E2>(before: Effect.Effect<Option.Option<string>, E2>) => {
      const work = Effect.zipWith(before, Effect.zipLeft(end, slot.forget), (handedBack, result) => ({
        result,
        handedBack
      }))
      return slot.withLock(
        () => work,
        () => work
      )
    }
    if (Option.isNone(account)) return yield* endAfter(Effect.succeedNone)
    const { name } = account.value
    const unsure = yield* renewBefore(world, account.value, slot)
    const giveBack = Effect.map(handBack(world, account.value, slot, unsure), (done) =>
      done ? Option.some<string>(name) : Option.none()
    )
    return yield* world.store.withLock(name)(() =>
      Effect.zipLeft(endAfter(giveBack), forgetEnded(world, account.value, slot))
    )
  })

/** Where the bridge has ended, and not only been brought up to date. */
const forgetEnded = (world: BridgeWorld, account: OAuthBrowserAccount, slot: BridgeSlot): Effect.Effect<void> =>
  Effect.gen(function* () {
    const left = yield* slot.now
    if (!Option.exists(left, ({ bridge }) => carries(bridge, account))) yield* forgetExport(world, account, slot.path)
  }).pipe(Effect.ignore)

/** The account of the bridge, where it has tokens of its own here. A bridge that cannot be read is nobody's. */
const accountOf = ({ store }: BridgeWorld, { now }: BridgeSlot): Effect.Effect<Option.Option<OAuthBrowserAccount>> =>
  Effect.gen(function* () {
    const found = Option.flatten(yield* Effect.option(now))
    if (Option.isNone(found)) return Option.none()
    const { account } = found.value.bridge.file
    const own = Option.flatten(yield* Effect.option(store.get(account.name)))
    return account.type === "oauth_browser" && Option.isSome(own) ? Option.some(account) : Option.none()
  })
