/** From flags, variables and stdin to the fields of an account. */
import type { Again } from "../../../domain/hints/Command.ts"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import {
  type Account,
  type AccountType,
  OAuthBrowserAccount,
  OAuthTokenAccount,
  ServiceAccount
} from "../../../domain/account/Account.ts"
import type { AccountChanges } from "../../../domain/config/ConfigEdits.ts"
import type { Environment } from "../../../domain/session/Environment.ts"
import { InvalidArgument } from "../../../domain/errors.ts"
import {
  AccountName,
  isVariableName,
  parse,
  type ProjectId,
  type Region,
  regions
} from "../../../domain/account/identifiers.ts"
import { environment, variable } from "../../../services/platform/environment.ts"
import { flag, type Given } from "../../app/facts.ts"
import { Globals } from "../../app/Globals.ts"
import { maxSecretBytes, Terminal } from "../../app/Terminal.ts"
import { line } from "../../app/TerminalText.ts"

/** The flags by which an account is described. */
export const accountFlags = {
  region: flag("region", { value: "REGION", choices: regions, description: "where the data lives [MP_REGION]" }),
  username: flag("username", { value: "USER", description: "user name of a service account [MP_USERNAME]" }),
  secretStdin: flag("secret-stdin", { description: "read the secret of a service account from stdin" }),
  tokenEnv: flag("token-env", {
    value: "VAR",
    description: "variable that holds the bearer of an oauth_token account"
  }),
  tokenStdin: flag("token-stdin", { description: "read the bearer of an oauth_token account from stdin" })
}

export type AccountFlags = Given<typeof accountFlags>

const invalid = (message: string, ...again: ReadonlyArray<Again>) => new InvalidArgument({ message, hints: [], again })

const missing = (flag: string, instead: string, ...again: ReadonlyArray<Again>) =>
  invalid(`${flag} is missing${instead}.`, ...again)

const checked = <A>(
  value: unknown,
  flag: string,
  parseValue: (value: unknown) => Either.Either<A, string>,
  again: Again
) => Either.mapLeft(parseValue(value), (message) => invalid(`${flag} ${message}.`, again))

/** The account that `account add` describes. */
export const newAccount = (nameText: string, type: AccountType, flags: AccountFlags) =>
  Effect.gen(function* () {
    const name = yield* checked(nameText, "NAME", parse(AccountName), { argument: [nameText, "my-account"] })
    yield* onlyFlagsOf(type, flags)
    const env = yield* environment
    const region = yield* newRegion(flags.region, env)
    const { project } = yield* Globals
    const defaultProject = Option.orElse(project, () => env.projectId)
    const common = { name, region, defaultProject }
    if (type === "oauth_browser") return new OAuthBrowserAccount(common) satisfies Account
    yield* requireProject(defaultProject)
    return type === "service_account"
      ? yield* newServiceAccount(common, flags, env)
      : yield* newTokenAccount(common, flags, env)
  })

interface Common {
  readonly name: AccountName
  readonly region: Region
  readonly defaultProject: Option.Option<ProjectId>
}

const newRegion = (given: Option.Option<Region>, env: Environment): Either.Either<Region, InvalidArgument> =>
  Either.fromOption(
    Option.orElse(given, () => env.region),
    () => missing("--region", " and MP_REGION is not set", { flags: [["region", "us"]] })
  )

const requireProject = (project: Option.Option<ProjectId>): Either.Either<ProjectId, InvalidArgument> =>
  Either.fromOption(project, () =>
    missing("--project", " and MP_PROJECT_ID is not set", { flags: [["project", "ID"]] })
  )

const newServiceAccount = (common: Common, flags: AccountFlags, env: Environment) =>
  Effect.gen(function* () {
    const username = yield* Either.fromOption(
      Option.orElse(flags.username, () => env.username),
      () => missing("--username", " and MP_USERNAME is not set", { flags: [["username", "USER"]] })
    )
    yield* checkUsername(username)
    const secret = flags.secretStdin ? yield* secretFromStdin("--secret-stdin") : yield* otherSecret(env)
    return new ServiceAccount({ ...common, username, secret })
  })

/** RFC 7617, section 2: a user-id with a colon cannot be told from its password. */
export const checkUsername = (username: string): Either.Either<string, InvalidArgument> =>
  username === "" || /[:\u0000-\u001f\u007f]/.test(username)
    ? Either.left(
        invalid("--username must be non-empty, without ':' and control characters.", { flags: [["username", "USER"]] })
      )
    : Either.right(username)

const otherSecret = (env: Environment) =>
  Option.match(env.secret, {
    onSome: (secret) => Effect.succeed(secret),
    onNone: () =>
      askOr("Secret of the service account", () =>
        missing("The secret", " (MP_SECRET is not set, and nobody can be asked)", {
          piped: true,
          flags: [["secret-stdin"]]
        })
      )
  })

export const askOr = (question: string, otherwise: () => InvalidArgument) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    if (!(yield* mayAsk)) return yield* otherwise()
    return yield* usableSecret("The secret", Redacted.value(yield* terminal.askSecret(line(question))))
  })

/** Whether a person is there and may be asked. */
export const mayAsk: Effect.Effect<boolean, never, Globals | Terminal> = Effect.gen(function* () {
  const { noInput } = yield* Globals
  const { interactive } = yield* Terminal
  const ci = Option.filter(yield* variable("CI"), (value) => value !== "0" && value !== "false")
  return interactive && !noInput && Option.isNone(ci)
})

const newTokenAccount = (common: Common, flags: AccountFlags, env: Environment) =>
  Effect.gen(function* () {
    const source = yield* tokenSource(flags)
    if (source !== undefined) return new OAuthTokenAccount({ ...common, ...optionally(source) })
    const token = yield* Either.fromOption(env.oauthToken, () =>
      missing(
        "A token",
        " (MP_OAUTH_TOKEN is not set)",
        { flags: [["token-env", "VAR"]] },
        { piped: true, flags: [["token-stdin"]] }
      )
    )
    return new OAuthTokenAccount({ ...common, token: Option.some(token) })
  })

interface TokenSource {
  readonly token?: Redacted.Redacted
  readonly tokenEnv?: string
}

const optionally = (source: TokenSource) => ({
  token: Option.fromNullable(source.token),
  tokenEnv: Option.fromNullable(source.tokenEnv)
})

const tokenSource = (flags: AccountFlags) =>
  Effect.gen(function* () {
    if (flags.tokenStdin && Option.isSome(flags.tokenEnv)) {
      return yield* invalid(
        "--token-env and --token-stdin exclude each other.",
        { without: ["token-stdin"] },
        { piped: true, without: ["token-env"] }
      )
    }
    if (flags.tokenStdin) {
      const source: TokenSource = { token: yield* secretFromStdin("--token-stdin") }
      return source
    }
    if (Option.isNone(flags.tokenEnv)) return undefined
    const source: TokenSource = { tokenEnv: yield* variableName(flags.tokenEnv.value) }
    return source
  })

/** The value is not quoted in the error: it may be the token itself, given in the wrong place. */
export const variableName = (text: string): Either.Either<string, InvalidArgument> =>
  isVariableName(text)
    ? Either.right(text)
    : Either.left(
        invalid("--token-env must be the name of a variable, not a token.", { flags: [["token-env", "MP_CI_TOKEN"]] })
      )

export const secretFromStdin = (flag: string) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    return yield* usableSecret(`stdin (${flag})`, yield* terminal.readStdin(maxSecretBytes))
  })

/** A secret is one line; the line break that ends it belongs to `echo`. */
export const usableSecret = (source: string, text: string): Either.Either<Redacted.Redacted, InvalidArgument> => {
  const secret = text.replace(/\r?\n$/, "")
  if (secret === "") return Either.left(invalid(`${source} is empty.`, { piped: true }))
  return /[\u0000-\u001f\u007f]/.test(secret)
    ? Either.left(invalid(`${source} holds more than one line, or control characters.`, { piped: true }))
    : Either.right(Redacted.make(secret))
}

const flagsOfType: Record<AccountType, ReadonlyArray<string>> = {
  service_account: ["--username", "--secret-stdin"],
  oauth_browser: [],
  oauth_token: ["--token-env", "--token-stdin"]
}

const onlyFlagsOf = (type: AccountType, flags: AccountFlags): Either.Either<void, InvalidArgument> => {
  const given = [
    ...(Option.isSome(flags.username) ? ["--username"] : []),
    ...(flags.secretStdin ? ["--secret-stdin"] : []),
    ...(Option.isSome(flags.tokenEnv) ? ["--token-env"] : []),
    ...(flags.tokenStdin ? ["--token-stdin"] : [])
  ]
  const foreign = given.find((flag) => !flagsOfType[type].includes(flag))
  return foreign === undefined
    ? Either.void
    : Either.left(
        invalid(
          `${foreign} does not go with --type ${type}.`,
          { flags: [["type", typeOfFlag(foreign)]] },
          { without: [foreign.slice(2)] }
        )
      )
}

const typeOfFlag = (flag: string): AccountType =>
  flagsOfType.service_account.includes(flag) ? "service_account" : "oauth_token"

/** The changes that `account update` describes. */
export const accountChanges = (flags: AccountFlags) =>
  Effect.gen(function* () {
    if (flags.secretStdin && flags.tokenStdin) {
      return yield* invalid(
        "--secret-stdin and --token-stdin exclude each other.",
        { piped: true, without: ["token-stdin"] },
        { piped: true, without: ["secret-stdin"] }
      )
    }
    const { project } = yield* Globals
    const region = Option.isSome(flags.region) ? { region: flags.region.value } : {}
    const username = Option.isSome(flags.username) ? { username: yield* checkUsername(flags.username.value) } : {}
    const secret = flags.secretStdin ? { secret: yield* secretFromStdin("--secret-stdin") } : {}
    const defaultProject = Option.isSome(project) ? { defaultProject: project.value } : {}
    const changes: AccountChanges = {
      ...region,
      ...defaultProject,
      ...username,
      ...secret,
      ...(yield* tokenSource(flags))
    }
    return changes
  })
