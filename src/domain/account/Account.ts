import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import {
  literalField,
  type DecodeIssue,
  decodeWith,
  isNonEmptyText,
  knownKeysOnly,
  optionalKey,
  withMessage,
  NonEmptyText
} from "../internal/decode.ts"
import { onDemand, whole } from "../internal/onDemand.ts"
import { parseSecret, parseUsername, secretLine, usernameLine } from "./credentialText.ts"
import { AccountName, isAccountName, isProjectId, isRegion, ProjectId, Region } from "./identifiers.ts"

const common = () => ({
  name: AccountName,
  region: Region,
  defaultProject: optionalKey(ProjectId, "default_project")
})

/**
 * A service account: HTTP Basic with a username and a secret that do not expire by themselves.
 *
 * @see https://developer.mixpanel.com/reference/service-accounts
 * @example
 * ```ts
 * new ServiceAccount({
 *   name: AccountName.make("team"),
 *   region: "us",
 *   defaultProject: Option.some(ProjectId.make("3018488")),
 *   username: "team.292e7c.mp-service-account",
 *   secret: Redacted.make("…")
 * })
 * ```
 * @since 0.1.0
 * @category models
 */
export class ServiceAccount extends onDemand(() =>
  Schema.Class<ServiceAccount>("ServiceAccount")(
    {
      type: literalField("service_account"),
      ...common(),
      username: usernameLine(),
      secret: secretLine()
    },
    knownKeysOnly
  )
) {}

/**
 * A person who logs in through the browser; its tokens live in a token store, not in the account.
 *
 * @example
 * ```ts
 * new OAuthBrowserAccount({ name: AccountName.make("personal"), region: "eu" })
 * ```
 * @since 0.1.0
 * @category models
 */
export class OAuthBrowserAccount extends onDemand(() =>
  Schema.Class<OAuthBrowserAccount>("OAuthBrowserAccount")(
    {
      type: literalField("oauth_browser"),
      ...common()
    },
    knownKeysOnly
  )
) {}

/**
 * A ready-made bearer: either the token itself or the name of the environment variable that holds it.
 *
 * @example
 * ```ts
 * new OAuthTokenAccount({ name: AccountName.make("ci"), region: "us", tokenEnv: Option.some("MP_CI_TOKEN") })
 * ```
 * @since 0.1.0
 * @category models
 */
export class OAuthTokenAccount extends onDemand(() =>
  Schema.Class<OAuthTokenAccount>("OAuthTokenAccount")(
    Schema.Struct({
      type: literalField("oauth_token"),
      ...common(),
      token: optionalKey(secretLine(), "token"),
      tokenEnv: optionalKey(NonEmptyText, "token_env")
    }).pipe(
      Schema.filter(
        ({ token, tokenEnv }) =>
          (token._tag === "Some") !== (tokenEnv._tag === "Some") || "needs exactly one of token, token_env"
      )
    ),
    knownKeysOnly
  )
) {}

/**
 * Any account, decoded by its `type`.
 * @since 0.1.0
 * @category models
 */
export const Account = onDemand(() => Schema.Union(ServiceAccount, OAuthBrowserAccount, OAuthTokenAccount))
export type Account = typeof Account.Type

const typeMessage = "must be one of service_account, oauth_browser, oauth_token"

/**
 * The three account types as written in files and flags.
 * @since 0.1.0
 * @category models
 */
export const AccountType = Schema.Literal("service_account", "oauth_browser", "oauth_token").annotations(
  withMessage(typeMessage)
)
export type AccountType = typeof AccountType.Type

const decoders = {
  service_account: decodeWith(ServiceAccount),
  oauth_browser: decodeWith(OAuthBrowserAccount),
  oauth_token: decodeWith(OAuthTokenAccount)
} satisfies Record<AccountType, (input: unknown) => Either.Either<Account, ReadonlyArray<DecodeIssue>>>

const commonKeys = ["type", "name", "region", "default_project"]

export const credentialKeys: Readonly<Record<AccountType, ReadonlyArray<string>>> = {
  service_account: ["username", "secret"],
  oauth_browser: [],
  oauth_token: ["token", "token_env"]
}

export const hasKey = (type: AccountType, key: string): boolean =>
  commonKeys.includes(key) || credentialKeys[type].includes(key)

/**
 * The account of a sound block, as its decoder makes it, at a twentieth of the cost: a file may hold thousands. `null`
 * for any other block: the decoder says what is wrong with it.
 */
const fromSoundBlock = (name: unknown, block: Readonly<Record<string, unknown>>): Account | null => {
  const { default_project: project = null, region, type } = block
  if (!isAccountType(type)) return null
  for (const key in block) if (!hasKey(type, key)) return null
  if (!isAccountName(name) || !isRegion(region) || (project !== null && !isProjectId(project))) return null
  const common = { name, region, defaultProject: Option.fromNullable(project) }
  if (type === "oauth_browser") return new OAuthBrowserAccount({ type, ...common }, whole)
  if (type === "service_account") {
    const [username, secret] = [text(block["username"], parseUsername), text(block["secret"], parseSecret)]
    return username === null || secret === null
      ? null
      : new ServiceAccount({ type, ...common, username, secret }, whole)
  }
  const { token = null, token_env: tokenEnv = null } = block
  if (tokenEnv === null) {
    const bearer = text(token, parseSecret)
    return bearer === null
      ? null
      : new OAuthTokenAccount({ type, ...common, token: Option.some(bearer), tokenEnv: Option.none() }, whole)
  }
  return token === null && isNonEmptyText(tokenEnv)
    ? new OAuthTokenAccount({ type, ...common, token: Option.none(), tokenEnv: Option.some(tokenEnv) }, whole)
    : null
}

const text = <A>(value: unknown, parse: (text: string) => Either.Either<A, string>): A | null =>
  typeof value === "string" ? Either.getOrNull(parse(value)) : null

/**
 * Decodes the body of an account block under its name. Unknown keys are refused by name; the issues never
 * quote a value.
 */
export const decodeAccount = (
  name: string,
  body: Readonly<Record<string, unknown>>
): Either.Either<Account, ReadonlyArray<DecodeIssue>> => {
  if ("name" in body) return Either.left([{ path: ["name"], message: "is not a known key" }])
  const sound = fromSoundBlock(name, body)
  return sound === null ? decodeWithIssues({ ...body, name }) : Either.right(sound)
}

/**
 * The same for an account whose credential is given from elsewhere. Its block has what mixpanel_headless asks for, an
 * empty `secret` or the name of a variable; whatever stands there is not in the account.
 */
export const decodeAccountGivenElsewhere = (
  name: string,
  body: Readonly<Record<string, unknown>>
): Either.Either<Account, ReadonlyArray<DecodeIssue>> =>
  Either.map(decodeAccount(name, body["secret"] === "" ? { ...body, secret: "-" } : body), (account) => {
    switch (account.type) {
      case "service_account":
        return new ServiceAccount({ ...account, secret: noSecret }, whole)
      case "oauth_browser":
        return account
      case "oauth_token":
        return new OAuthTokenAccount(
          { ...account, token: Option.none(), tokenEnv: Option.some(variableOfSources) },
          whole
        )
    }
  })

const noSecret = Redacted.make("")

interface Common {
  readonly name: AccountName
  readonly region: Region
  readonly defaultProject: Option.Option<ProjectId>
}

/** A new one of that kind: a service account where there is a user name, else one with a bearer. */
export const accountGivenElsewhere = (username: string, common: Common): Account =>
  username === ""
    ? new OAuthTokenAccount(
        { ...common, type: "oauth_token", token: Option.none(), tokenEnv: Option.some(variableOfSources) },
        whole
      )
    : new ServiceAccount({ ...common, type: "service_account", username, secret: noSecret }, whole)

/** The variable that the block of such an account names. Nobody sets it. */
export const variableOfSources = "MP_TOKEN_BY_COMMAND"

/** Whether the credential of an account is neither in it nor in a variable of the user's choice. */
export const isGivenElsewhere = (account: Account): boolean =>
  account.type === "service_account"
    ? Redacted.value(account.secret) === ""
    : account.type === "oauth_token" && Option.contains(account.tokenEnv, variableOfSources)

export const decodeNamedAccount = (
  body: Readonly<Record<string, unknown>>
): Either.Either<Account, ReadonlyArray<DecodeIssue>> => {
  const sound = fromSoundBlock(body["name"], body)
  return sound === null ? decodeWithIssues(body) : Either.right(sound)
}

const decodeWithIssues = (
  body: Readonly<Record<string, unknown>>
): Either.Either<Account, ReadonlyArray<DecodeIssue>> => {
  const { type } = body
  if (type === undefined) return Either.left([{ path: ["type"], message: "is missing" }])
  return isAccountType(type) ? decoders[type](body) : Either.left([{ path: ["type"], message: typeMessage }])
}

const isAccountType = (type: unknown): type is AccountType => typeof type === "string" && Object.hasOwn(decoders, type)

/** The keys of an account block in mixpanel_headless's order, secrets in clear: for the file writer only. */
export const encodeAccount = (account: Account): ReadonlyArray<readonly [string, string]> => {
  const { defaultProject, region, type } = account
  const values = { type, region, default_project: Option.getOrUndefined(defaultProject), ...credentialOf(account) }
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))
}

const credentialOf = (account: Account): Readonly<Record<string, string | undefined>> => {
  switch (account.type) {
    case "service_account":
      return { username: account.username, secret: Redacted.value(account.secret) }
    case "oauth_browser":
      return {}
    case "oauth_token":
      return {
        token: Option.getOrUndefined(Option.map(account.token, Redacted.value)),
        token_env: Option.getOrUndefined(account.tokenEnv)
      }
  }
}

/**
 * Whether the credential can produce authorizations without a person for as long as it is not revoked.
 * @since 0.1.0
 * @category utilities
 */
export const isLongLived = (account: Account): boolean => account.type !== "oauth_token"
