/** Asks the server whether a credential works: the one question that only the server can answer. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { RequestError } from "../domain/ApiError.ts"
import { ProjectId } from "../domain/identifiers.ts"
import { Project } from "../domain/Project.ts"
import type { Identity } from "../domain/Resolution.ts"
import { Session, type SessionHeaders } from "../domain/Session.ts"
import { Mixpanel } from "./Mixpanel.ts"

/** The person or service account behind a credential. */
export interface VerifiedUser {
  readonly id: number
  readonly email: string
}

/** The outcome of a check; a failure is an outcome, not an error. */
export interface AccountCheckResult {
  readonly account: string
  readonly outcome: Either.Either<VerifiedAccount, RequestError>
}

/** What `/me` said about a credential that works. */
export interface VerifiedAccount {
  readonly user: Option.Option<VerifiedUser>
  readonly accessibleProjects: number
}

export class AccountCheck extends Context.Tag("effect-mixpanel/AccountCheck")<
  AccountCheck,
  {
    /** Calls `/me` with the account's credential, whatever its project. Never fails. */
    readonly run: (identity: Identity, headers?: SessionHeaders) => Effect.Effect<AccountCheckResult>
  }
>() {}

const make = Effect.map(Mixpanel, (mixpanel) =>
  AccountCheck.of({
    run: ({ account, origin }, headers = {}) => {
      const id = Option.getOrElse(account.defaultProject, () => unknownProject)
      const session = new Session({ account, origin, headers, project: new Project({ id }) })
      return mixpanel.me(session).pipe(
        Effect.map((me) => ({
          user: Option.all({ id: me.userId, email: me.userEmail }),
          accessibleProjects: Object.keys(me.projects).length
        })),
        Effect.either,
        Effect.map((outcome) => ({ account: account.name, outcome }))
      )
    }
  })
)

/** `/me` knows no project, but every session has one. */
export const unknownProject = ProjectId.make("0")

export const layer: Layer.Layer<AccountCheck, never, Mixpanel> = Layer.effect(AccountCheck, make)
