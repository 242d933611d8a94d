/** Logging an account in and out: tokens, the first look at `/me`, the first default project. */
import { argument, command } from "../../domain/hints/Command.ts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { RequestError } from "../../domain/api/ApiError.ts"
import {
  type ConfigError,
  type EditError,
  type FileError,
  InvalidArgument,
  type LockError
} from "../../domain/errors.ts"
import type { AccountName, ProjectId } from "../../domain/account/identifiers.ts"
import { type Me, projectsOf } from "../../domain/api/Me.ts"
import type { LoginError, OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { AccountCheck } from "./AccountCheck.ts"
import { Accounts } from "../config/Accounts.ts"
import { ClientStore } from "../oauth/ClientStore.ts"
import { OAuthFlow } from "../oauth/OAuthFlow.ts"
import type { LoginRequest } from "../oauth/LoginRequest.ts"
import { TokenStore } from "../tokens/TokenStore.ts"

/** How a person takes part in a login. */
export type LoginOptions = Omit<LoginRequest, "region" | "keep" | "fix">

/** A finished login. */
export interface LoggedIn {
  readonly account: OAuthBrowserAccount
  readonly tokens: OAuthTokens
  readonly tokensPath: string
  readonly clientPath: string
  /** What `/me` said, or why it could not be asked: the login holds all the same. */
  readonly me: Either.Either<Me, RequestError>
  /** The project that became the default, when there was none. */
  readonly chosenProject: Option.Option<ProjectId>
}

/** A finished logout. */
export interface LoggedOut {
  /** Whether there were tokens to remove. */
  readonly removed: boolean
  /** Whether the server revoked them, or why not; `None` when there was nothing to revoke. */
  readonly revoked: Option.Option<Either.Either<void, string>>
}

export class AccountLogin extends Context.Tag("effect-mixpanel/AccountLogin")<
  AccountLogin,
  {
    /**
     * Logs a browser account in. The tokens are stored before `/me` is asked; where the account has no
     * default project, the first one by numeric id becomes it.
     */
    readonly login: (
      name: string,
      options: LoginOptions
    ) => Effect.Effect<LoggedIn, EditError | FileError | LockError | LoginError>
    /** Revokes the tokens at the server as far as that works, and deletes them whatever it says. */
    readonly logout: (name: string) => Effect.Effect<LoggedOut, EditError | FileError | LockError>
  }
>() {}

const make = Effect.gen(function* () {
  const accounts = yield* Accounts
  const tokenStore = yield* TokenStore
  const clients = yield* ClientStore
  const flow = yield* OAuthFlow
  const check = yield* AccountCheck

  const browserAccount = (name: string, verb: string): Effect.Effect<OAuthBrowserAccount, EditError> =>
    Effect.flatMap(accounts.get(name), (account) =>
      account.type === "oauth_browser" ? Effect.succeed(account) : Effect.fail(notBrowser(name, account.type, verb))
    )

  const keep = (name: AccountName) => (tokens: OAuthTokens) =>
    tokenStore.withLock(name)(() => Effect.zipRight(tokenStore.put(name, tokens), tokenStore.forgetCaches(name)))

  const firstProject = (account: OAuthBrowserAccount, me: Either.Either<Me, RequestError>) =>
    Effect.gen(function* () {
      const projects = Either.match(me, { onLeft: () => [], onRight: projectsOf })
      const first = Option.map(Option.fromNullable(projects[0]), ({ id }) => id)
      const chosen = Option.isNone(account.defaultProject) ? first : Option.none<ProjectId>()
      if (Option.isSome(chosen)) yield* accounts.update(account.name, { defaultProject: chosen.value })
      return chosen
    })

  const clientPath = (account: OAuthBrowserAccount, tokens: OAuthTokens) => clients.describe(account.region, tokens)

  return AccountLogin.of({
    login: Effect.fn("AccountLogin.login")(function* (name, options) {
      const account = yield* browserAccount(name, "login")
      const fix = command`mp account login ${argument(name)}`
      const tokens = yield* flow.login({ ...options, region: account.region, keep: keep(account.name), fix })
      const me = yield* check.probe({ account, origin: "config" })
      return {
        account,
        tokens,
        tokensPath: yield* tokenStore.describe(account.name),
        clientPath: yield* clientPath(account, tokens),
        me,
        chosenProject: yield* firstProject(account, me)
      }
    }),
    logout: Effect.fn("AccountLogin.logout")(function* (name) {
      const account = yield* browserAccount(name, "logout")
      return yield* tokenStore.withLock(account.name)(() =>
        Effect.gen(function* () {
          const stored = Option.flatten(yield* Effect.option(tokenStore.get(account.name)))
          const revoked = yield* Effect.forEach(Option.toArray(stored), (tokens) =>
            Effect.either(Effect.mapError(flow.revoke(account.region, tokens), reasonOf))
          )
          const removed = yield* tokenStore.remove(account.name)
          yield* tokenStore.forgetCaches(account.name)
          return { removed, revoked: Option.fromNullable(revoked[0]) }
        })
      )
    })
  })
})

const reasonOf = (error: string | FileError | ConfigError | OAuthTokenError): string =>
  typeof error === "string" ? error : error.message

const notBrowser = (name: string, type: string, verb: string) =>
  new InvalidArgument({
    message: `Account '${name}' is of type ${type}; only oauth_browser accounts have a ${verb}.`,
    hints: [command`mp login --name ${`${name}-browser`}`],
    details: { account: name, type }
  })

export const layer: Layer.Layer<AccountLogin, never, Accounts | TokenStore | ClientStore | OAuthFlow | AccountCheck> =
  Layer.effect(AccountLogin, make)
