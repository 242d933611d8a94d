import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Account } from "../../domain/account/Account.ts"
import type { Region } from "../../domain/account/identifiers.ts"
import type { Me } from "../../domain/api/Me.ts"
import * as Config from "../../domain/config/ConfigDocument.ts"
import { nameFor } from "../../domain/login/accountNames.ts"
import { isCredentialOf, type LoginCredential } from "../../domain/login/LoginCredential.ts"
import { MeCache } from "../api/MeCache.ts"
import { TokenStore } from "../tokens/TokenStore.ts"

export const make = Effect.gen(function* () {
  const cache = yield* MeCache
  const tokenStore = yield* TokenStore

  const lastMe = (account: Account) => cache.names({ account, origin: "config" })

  const isOfUser = (account: Account, { userId }: Me): Effect.Effect<boolean> =>
    Effect.map(lastMe(account), (last) =>
      Option.exists(
        Option.flatMap(last, (me) => me.userId),
        (id) => Option.contains(userId, id)
      )
    )

  /** Logged out, and so not remembered any more: whoever comes next from its organization is taken for its owner. */
  const isVacant = (account: Account, me: Me): Effect.Effect<boolean> =>
    account.type === "oauth_browser" && account.name === nameFor(me)
      ? Effect.zipWith(
          lastMe(account),
          Effect.option(tokenStore.get(account.name)),
          (last, tokens) => Option.isNone(last) && Option.isNone(Option.flatten(tokens))
        )
      : Effect.succeed(false)

  /** By the user, else by its own fields; the active account comes first among equals. */
  return (document: Config.ConfigDocument, credential: LoginCredential, region: Region, me: Option.Option<Me>) =>
    Effect.gen(function* () {
      const active = Config.activeAccountName(document)
      const candidates = Config.accounts(document)
        .flatMap(({ value }) => Option.toArray(Either.getRight(value)))
        .filter((account) => account.type === credential.type && account.region === region)
        .sort((a, b) => Number(Option.contains(active, b.name)) - Number(Option.contains(active, a.name)))
      const user = Option.filter(me, () => credential.type !== "service_account")
      const first = (test: (account: Account, user: Me) => Effect.Effect<boolean>) =>
        Option.match(user, {
          onNone: () => Effect.succeedNone,
          onSome: (said) => Effect.findFirst(candidates, (account) => test(account, said))
        })
      const known = Option.orElse(yield* first(isOfUser), () =>
        Option.fromNullable(candidates.find((account) => isCredentialOf(credential, account)))
      )
      return Option.isSome(known) ? known : yield* first(isVacant)
    })
})
