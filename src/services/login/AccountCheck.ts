import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Me } from "../../domain/api/Me.ts"
import type { AccountCaller, Identity } from "../../domain/session/Caller.ts"
import type { SessionHeaders } from "../../domain/session/SessionHeaders.ts"
import { Discovery } from "../api/Discovery.ts"
import { CheckHistory } from "./CheckHistory.ts"
import type { RequestError } from "../../domain/api/ApiError.ts"

/**
 * The person or service account behind a credential.
 * @since 0.1.0
 * @category models
 */
export interface VerifiedUser {
  readonly id: number
  readonly email: string
}

/**
 * The outcome of a check; a failure is an outcome, not an error.
 * @since 0.1.0
 * @category models
 */
export interface AccountCheckResult {
  readonly account: string
  readonly outcome: Either.Either<VerifiedAccount, RequestError>
}

/**
 * What `/me` said about a credential that works.
 * @since 0.1.0
 * @category models
 */
export interface VerifiedAccount {
  readonly user: Option.Option<VerifiedUser>
  readonly accessibleProjects: number
}

/**
 * Tests an account against `/me`, and remembers the outcome.
 *
 * @example
 * ```ts
 * const answer = Effect.flatMap(AccountCheck, (check) => check.probe({ account, origin: "config" }))
 * ```
 * @since 0.1.0
 * @category services
 */
export class AccountCheck extends Context.Tag("effect-mixpanel/AccountCheck")<
  AccountCheck,
  {
    /**
     * Calls `/me` with the account's credential, whatever its project. Never fails. For an account of the
     * configuration the outcome is remembered: `Accounts` shows it as the account's status.
     */
    readonly run: (identity: Identity, headers?: SessionHeaders) => Effect.Effect<AccountCheckResult>
    /** The same, with all that `/me` said. */
    readonly probe: (caller: AccountCaller) => Effect.Effect<Either.Either<Me, RequestError>>
  }
>() {}

const make = Effect.gen(function* () {
  const discovery = yield* Discovery
  const checkHistory = yield* CheckHistory

  const probe = Effect.fn("AccountCheck.probe")(function* (caller: AccountCaller) {
    const answer = yield* Effect.either(discovery.me(caller, { refresh: true }))
    yield* checkHistory.put(caller, answer)
    return answer
  })

  return AccountCheck.of({
    probe,
    run: ({ account, origin }, headers = {}) =>
      Effect.map(probe({ account, origin, headers }), (answer) => ({
        account: account.name,
        outcome: Either.map(answer, verified)
      }))
  })
})

const verified = (me: Me): VerifiedAccount => ({
  user: Option.all({ id: me.userId, email: me.userEmail }),
  accessibleProjects: Object.keys(me.projects).length
})

/**
 * `AccountCheck` over `/me` and the history of checks.
 *
 * @example
 * ```ts
 * const accountCheck = Layers.accountCheck.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<AccountCheck, never, Discovery | CheckHistory> = Layer.effect(AccountCheck, make)
