/** The accounts of the configuration as they are: listed and shown. */
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type Account, isGivenElsewhere } from "../../domain/account/Account.ts"
import { sourceText } from "../../domain/account/CredentialSource.ts"
import type { AccountName } from "../../domain/account/identifiers.ts"
import { deadTokenOf } from "../../domain/oauth/DeadToken.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import * as Config from "../../domain/config/ConfigDocument.ts"
import { sourceFor } from "../../domain/config/credentialSources.ts"
import { accountNamed } from "../../domain/config/named.ts"
import type { AccountNotFound, ConfigError } from "../../domain/errors.ts"
import type { LastCheck } from "../../domain/account/LastCheck.ts"
import type { CredentialOrigin } from "../../domain/session/Session.ts"
import { ConfigStore } from "./ConfigStore.ts"
import { environmentCredentials } from "../../domain/session/Environment.ts"
import { environment, variable } from "../platform/environment.ts"
import { CheckHistory } from "../login/CheckHistory.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import { hasFingerprint } from "../tokens/tokenFamily.ts"
import { TokenStore } from "../tokens/TokenStore.ts"
import { Crypto } from "../platform/Crypto.ts"

/**
 * What is known about a credential without asking the server: `needs_login` (no usable login, or one that
 * was refused), `needs_token` (its variable is unset, or it was refused), `ok` when the last test of this
 * very credential succeeded, `untested` when there was none or it ended for other reasons.
 * @since 0.1.0
 * @category models
 */
export type AccountStatus = "ok" | "needs_login" | "needs_token" | "untested"

/**
 * An account with what the rest of the configuration says about it. No secret.
 * @since 0.1.0
 * @category models
 */
export interface AccountSummary {
  readonly account: Account
  readonly status: AccountStatus
  /** The last time that the server was asked about this very credential. */
  readonly lastTest: Option.Option<LastCheck>
  readonly isActive: boolean
  readonly referencedByTargets: ReadonlyArray<string>
}

/**
 * An account block that cannot be used, and why.
 * @since 0.1.0
 * @category models
 */
export interface BrokenAccount {
  readonly name: string
  readonly problem: ConfigError
  readonly isActive: boolean
  readonly referencedByTargets: ReadonlyArray<string>
}

/** Where the credential of an account comes from, and how long it lasts; of the secret in a service account, nothing is told. */
interface TokenSummary {
  readonly source: Option.Option<"inline" | "tokens.json" | `env:${string}` | `command:${string}` | `file:${string}`>
  /** Epoch milliseconds. */
  readonly expiresAt: Option.Option<number>
  readonly path: Option.Option<string>
}

/**
 * A summary with everything else there is to show.
 * @since 0.1.0
 * @category models
 */
export interface AccountDetails extends AccountSummary {
  readonly tokens: TokenSummary
}

/** What `Accounts` tells. */
export interface AccountReading {
  /** All accounts, sorted by name; a broken block is listed as broken and harms no other. */
  readonly list: Effect.Effect<ReadonlyArray<Either.Either<AccountSummary, BrokenAccount>>, ConfigError | StorageError>
  /** One account by name. */
  readonly get: (name: string) => Effect.Effect<Account, AccountNotFound | ConfigError | StorageError>
  /** One account by name, with its tokens' state. */
  readonly show: (name: string) => Effect.Effect<AccountDetails, AccountNotFound | ConfigError | StorageError>
  /** The same for an account that need not be configured, such as one from the environment. */
  readonly describe: (
    account: Account,
    origin?: CredentialOrigin
  ) => Effect.Effect<AccountDetails, ConfigError | StorageError>
}

/** For whoever only looks at them: what changes them need not be loaded. */
export const makeForReading = Effect.gen(function* () {
  const store = yield* ConfigStore
  const tokens = yield* TokenStore
  const checkHistory = yield* CheckHistory
  const crypto = yield* Crypto

  /** Nobody has to have a home who works with credentials from the environment: there are no accounts beside them then. */
  const listable = Effect.flatMap(store.known, ({ document, homeless }) =>
    Option.match(homeless, {
      onNone: () => Effect.succeed(document),
      onSome: (error) =>
        Effect.flatMap(environment, (read) =>
          environmentCredentials(read).length > 0 ? Effect.succeed(document) : Effect.fail(error)
        )
    })
  )

  const deadAmong = (logins: ReadonlyMap<AccountName, OAuthTokens>) =>
    Effect.map(
      Effect.filter(logins, ([name, { refreshToken }]) =>
        Effect.flatMap(Effect.orElseSucceed(tokens.dead(name), Option.none<string>), (mark) =>
          Option.isSome(mark)
            ? hasFingerprint(crypto, refreshToken, deadTokenOf(mark.value).fingerprint)
            : Effect.succeed(false)
        )
      ),
      (dead) => new Set(dead.map(([name]) => name))
    )

  /** What is stored for accounts and set for them, asked for at once: there may be thousands. */
  const statesOf = Effect.fnUntraced(function* (accounts: ReadonlyArray<Account>, origin: CredentialOrigin = "config") {
    const checks = yield* checkHistory.ofAccounts(origin === "config" ? accounts : [])
    const logins = yield* tokens.ofAccounts(accounts.filter(({ type }) => type === "oauth_browser"))
    const variables = yield* presentVariables(accounts)
    const dead = yield* deadAmong(logins)
    const now = yield* Clock.currentTimeMillis
    const isPresent = (account: Account): boolean => {
      // What comes with a bridge comes with its tokens.
      if (account.type === "service_account" || (origin !== "config" && account.type === "oauth_browser")) return true
      // Nobody runs a command to see whether it would answer.
      if (origin === "config" && isGivenElsewhere(account)) return true
      if (account.type === "oauth_token")
        return Option.match(account.tokenEnv, { onNone: () => true, onSome: (name) => variables.has(name) })
      const login = logins.get(account.name)
      return (
        login !== undefined && !dead.has(account.name) && (!login.isExpiredAt(now) || Option.isSome(login.refreshToken))
      )
    }
    return (account: Account): State => {
      const lastTest = Option.fromNullable(checks.get(account.name))
      return { status: statusOf(account, isPresent(account), lastTest), lastTest }
    }
  })

  const tokensOf = Effect.fnUntraced(function* (config: Config.ConfigDocument, account: Account) {
    if (isGivenElsewhere(account)) return { ...noTokens, source: givenSource(config, account) }
    if (account.type === "service_account") return noTokens
    if (account.type === "oauth_token") return { ...noTokens, source: Option.some(staticSource(account.tokenEnv)) }
    const path = Option.some(yield* tokens.describe(account.name))
    const stored = Option.flatten(yield* Effect.option(tokens.get(account.name)))
    const source = Option.map(stored, () => "tokens.json" as const)
    return { source, path, expiresAt: Option.flatMap(stored, ({ expiresAt }) => expiresAt) }
  })

  const details = Effect.fnUntraced(function* (
    config: Config.ConfigDocument,
    account: Account,
    origin?: CredentialOrigin
  ) {
    const stateOf = yield* statesOf([account], origin)
    return {
      account,
      ...stateOf(account),
      isActive: Option.contains(Config.activeAccountName(config), account.name),
      referencedByTargets: Config.targetsOf(config, account.name),
      tokens: yield* tokensOf(config, account)
    }
  })

  const reading: AccountReading = {
    list: Effect.gen(function* () {
      const config = yield* listable
      yield* Config.section(config, "accounts")
      const active = Option.getOrUndefined(Config.activeAccountName(config))
      const targets = Config.targetsByAccount(config)
      const blocks = Config.accounts(config)
      const stateOf = yield* statesOf(Arr.getRights(blocks.map(({ value }) => value)))
      // Field by field: of thousands of accounts, what is spread into another object takes a tenth of the time.
      return blocks.map(({ name, value }) => {
        const isActive = name === active
        const referencedByTargets = targets.get(name) ?? noTargets
        if (Either.isLeft(value)) return Either.left({ name, problem: value.left, isActive, referencedByTargets })
        const { lastTest, status } = stateOf(value.right)
        return Either.right({ account: value.right, status, lastTest, isActive, referencedByTargets })
      })
    }),
    get: (name) => Effect.flatMap(store.get, (config) => accountNamed(config, name)),
    show: (name) =>
      Effect.flatMap(store.get, (config) =>
        Effect.flatMap(accountNamed(config, name), (account) => details(config, account))
      ),
    describe: (account, origin) => Effect.flatMap(store.known, ({ document }) => details(document, account, origin))
  }
  return reading
})

const statusOf = (account: Account, present: boolean, lastTest: Option.Option<LastCheck>): AccountStatus => {
  const needed = account.type === "oauth_browser" ? "needs_login" : "needs_token"
  if (!present || Option.exists(lastTest, ({ refused }) => refused)) return needed
  return Option.exists(lastTest, ({ ok }) => ok) ? "ok" : "untested"
}

const noTokens: TokenSummary = { source: Option.none(), expiresAt: Option.none(), path: Option.none() }

const givenSource = (config: Config.ConfigDocument, account: Account): TokenSummary["source"] =>
  Option.map(Option.flatten(Either.getRight(sourceFor(config, account))), ({ source }) =>
    source.kind === "command" ? (`command:${sourceText(source)}` as const) : (`file:${sourceText(source)}` as const)
  )

const staticSource = (tokenEnv: Option.Option<string>): "inline" | `env:${string}` =>
  Option.isNone(tokenEnv) ? "inline" : `env:${tokenEnv.value}`

const presentVariables = (accounts: ReadonlyArray<Account>): Effect.Effect<ReadonlySet<string>> => {
  const named = accounts.flatMap((account) => (account.type === "oauth_token" ? Option.toArray(account.tokenEnv) : []))
  return Effect.map(
    Effect.filter(new Set(named), (name) => Effect.map(variable(name), Option.isSome)),
    (names) => new Set(names)
  )
}

type State = Pick<AccountSummary, "status" | "lastTest">

const noTargets: ReadonlyArray<string> = []
