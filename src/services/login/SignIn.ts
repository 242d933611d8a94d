import type * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type * as Option from "effect/Option"
import type { Account, OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { AccountName, ProjectId, Region } from "../../domain/account/identifiers.ts"
import type { RequestError } from "../../domain/api/ApiError.ts"
import type { Me } from "../../domain/api/Me.ts"
import type { EditError, FileError, LockError, ProjectNotFound } from "../../domain/errors.ts"
import type { LoginCredential } from "../../domain/login/LoginCredential.ts"
import type { Candidate } from "../../domain/login/projectChoice.ts"
import type { LoginError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { Project } from "../../domain/session/Session.ts"
import type { LoginRequest } from "../oauth/LoginRequest.ts"
import type { ProbeError, ProbeEvent } from "./RegionProbe.ts"

/**
 * How a person takes part in a login.
 * @since 0.1.0
 * @category models
 */
export type LoginOptions = Omit<LoginRequest, "region" | "keep" | "fix">

/**
 * What is decided before a login begins.
 * @since 0.1.0
 * @category models
 */
export interface SignInRequest {
  readonly credential: LoginCredential
  /** Where the credential comes from, for messages. */
  readonly source: string
  readonly name: Option.Option<AccountName>
  readonly region: Option.Option<Region>
  /** The project that has to be it. */
  readonly project: Option.Option<ProjectId>
  /** The project of the environment, for accounts that are new. */
  readonly environmentProject: Option.Option<ProjectId>
  /** How a person takes part in it, where one logs in. */
  readonly user: LoginOptions
  /** Asks a person for the project, who may choose none; without anyone to ask the first is taken. */
  readonly choose: Option.Option<(candidates: ReadonlyArray<Candidate>) => Effect.Effect<Option.Option<ProjectId>>>
  /** Is told which regions are asked, and what they say. */
  readonly report: (event: ProbeEvent) => Effect.Effect<void>
}

/** What `/me` said; for a person, why it could not be asked: the login holds all the same. */
export type MeAnswer = Either.Either<Me, RequestError>

/**
 * A finished login.
 * @since 0.1.0
 * @category models
 */
export interface SignedIn {
  readonly account: Account
  /** `false`: an account that was there was renewed. */
  readonly isNew: boolean
  readonly me: MeAnswer
  /** The default project now, with as much as is known of it. */
  readonly project: Option.Option<Project>
  /** Where the tokens of a person are kept. */
  readonly tokensPath: Option.Option<string>
}

/**
 * A finished login to an account that was there.
 * @since 0.1.0
 * @category models
 */
export interface LoggedIn {
  readonly account: OAuthBrowserAccount
  readonly tokens: OAuthTokens
  readonly tokensPath: string
  readonly clientPath: string
  readonly me: MeAnswer
  /** The project that became the default, when there was none. */
  readonly chosenProject: Option.Option<ProjectId>
}

/**
 * A finished logout.
 * @since 0.1.0
 * @category models
 */
export interface LoggedOut {
  /** Whether there were tokens to remove. */
  readonly removed: boolean
  /** Whether the server revoked them, or why not; `None` when there was nothing to revoke. */
  readonly revoked: Option.Option<Either.Either<void, string>>
}

/**
 * Why a login did not come about.
 * @since 0.1.0
 * @category errors
 */
export type SignInError = EditError | FileError | LockError | LoginError | ProbeError | ProjectNotFound
