/** From flags, variables and stdin to the fields of an account. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Struct from "effect/Struct"
import { type Account, accountGivenElsewhere, AccountType, hasKey } from "../../../domain/account/Account.ts"
import { parseSecret, parseUsername } from "../../../domain/account/credentialText.ts"
import { AccountName, isVariableName, parse, type Region, regions } from "../../../domain/account/identifiers.ts"
import { sourceText } from "../../../domain/account/CredentialSource.ts"
import { accountOf, type LoginCredential } from "../../../domain/login/LoginCredential.ts"
import { type AccountChanges, type NewSource, sourceWith } from "../../../domain/config/ConfigEdits.ts"
import type { InvalidArgument } from "../../../domain/errors.ts"
import type { Environment } from "../../../domain/session/Environment.ts"
import { environment, variable } from "../../../services/platform/environment.ts"
import { flag, type Given } from "../../app/facts.ts"
import { Globals } from "../../app/Globals.ts"
import { checked, invalid } from "../../app/invalid.ts"
import { maxSecretBytes, Terminal } from "../../app/Terminal.ts"
import { line } from "../../app/TerminalText.ts"
import { answerOf, givenSource, sourceFlags, together } from "./sourceFlags.ts"

export const accountFlags = {
  region: flag("region", { value: "REGION", choices: regions, description: "where the data lives [MP_REGION]" }),
  username: flag("username", { value: "USER", description: "user name of a service account [MP_USERNAME]" }),
  secretStdin: flag("secret-stdin", { description: "read the secret of a service account from stdin" }),
  tokenEnv: flag("token-env", {
    value: "VAR",
    description: "variable that holds the bearer of an oauth_token account"
  }),
  tokenStdin: flag("token-stdin", { description: "read the bearer of an oauth_token account from stdin" }),
  ...sourceFlags
}

export type AccountFlags = Given<typeof accountFlags>

/** An account, and the command or file that gives its credential where it is not in it. */
interface NewAccount {
  readonly account: Account
  readonly source: Option.Option<NewSource>
}

export const newAccount = (nameText: string, type: AccountType, flags: AccountFlags) =>
  Effect.gen(function* () {
    const name = yield* checked("NAME", parse(AccountName)(nameText), { argument: [nameText, "my-account"] })
    yield* onlyFlagsOf(type, flags)
    const env = yield* environment
    const { project } = yield* Globals
    const defaultProject = Option.orElse(project, () => env.projectId)
    const region = Option.orElse(flags.region, () => env.region)
    const source = yield* onlySource(flags)
    if (Option.isSome(source)) {
      const username = type === "service_account" ? yield* usernameOf(flags, env) : ""
      const found = Option.isSome(region) ? region.value : yield* regionOfSource(name, username, source.value)
      const account = accountGivenElsewhere(username, { name, defaultProject, region: found })
      return { account, source } satisfies NewAccount
    }
    const credential = yield* givenCredential(type, flags, env)
    const account = accountOf(credential, {
      name,
      defaultProject,
      region: Option.isSome(region) ? region.value : yield* foundRegion(credential)
    })
    return { account, source } satisfies NewAccount
  })

/** The command or file of an account, which has no other credential then. */
const onlySource = (flags: AccountFlags): Either.Either<Option.Option<NewSource>, InvalidArgument> => {
  const other = (["secretStdin", "tokenEnv", "tokenStdin"] as const).find((key) => isGiven(flags[key]))
  const named = Struct.keys(sourceFlags).find((key) => isGiven(flags[key]))
  return other === undefined || named === undefined
    ? givenSource(flags)
    : Either.left(together(sourceFlags[named].name, accountFlags[other].name))
}

const isGiven = (flag: boolean | Option.Option<string>): boolean =>
  typeof flag === "boolean" ? flag : Option.isSome(flag)

/** What a command or file gives is tried in each region, as any other credential. */
const regionOfSource = (name: AccountName, username: string, source: NewSource) =>
  Effect.gen(function* () {
    const { token } = yield* Effect.mapError(answerOf(name, sourceWith(source)), (reason) =>
      invalid(
        `Without --region, mp tries the credential in each region, and there is no credential: ${sourceText(sourceWith(source))} ${reason}.`,
        { flags: [["region", "us"]] }
      )
    )
    return yield* foundRegion(
      username === "" ? { type: "oauth_token", token } : { type: "service_account", username, secret: token }
    )
  })

const givenCredential = (type: AccountType, flags: AccountFlags, env: Environment) => {
  switch (type) {
    case "oauth_browser":
      return Effect.succeed<LoginCredential>({ type })
    case "service_account":
      return serviceCredential(flags, env)
    case "oauth_token":
      return tokenCredential(flags, env)
  }
}

/** A person may log in wherever the data is, and begins with `us`; of a credential the servers know. */
const foundRegion = (credential: LoginCredential) =>
  credential.type === "oauth_browser"
    ? Effect.succeed<Region>("us")
    : Effect.promise(() => import("./findRegion.ts")).pipe(Effect.flatMap(({ findRegion }) => findRegion(credential)))

const serviceCredential = (flags: AccountFlags, env: Environment) =>
  Effect.gen(function* () {
    const credential: LoginCredential = {
      type: "service_account",
      username: yield* usernameOf(flags, env),
      secret: yield* secretOf(flags, env, missingSecret)
    }
    return credential
  })

const usernameOf = (flags: AccountFlags, env: Environment) =>
  Either.flatMap(usernameFlag(flags), (given) =>
    Option.orElse(given, () => env.username).pipe(
      Either.fromOption(() =>
        invalid("--username is missing and MP_USERNAME is not set.", { flags: [["username", "USER"]] })
      )
    )
  )

const missingSecret = invalid("The secret is missing: MP_SECRET is not set, and mp cannot prompt here.", {
  piped: true,
  flags: [["secret-stdin"]]
})

/** The secret of a service account: from stdin, the environment or a person; otherwise the complaint. */
export const secretOf = (
  { secretStdin }: Pick<AccountFlags, "secretStdin">,
  env: Environment,
  missing: InvalidArgument
): Effect.Effect<Redacted.Redacted, InvalidArgument, Globals | Terminal> => {
  if (secretStdin) return secretFromStdin("--secret-stdin")
  return Option.match(env.secret, {
    onSome: Effect.succeed,
    onNone: () =>
      Effect.gen(function* () {
        const terminal = yield* Terminal
        if (!(yield* mayAsk)) return yield* missing
        const answer = yield* terminal.askSecret(line("Secret of the service account"))
        return yield* usableSecret("The secret", Redacted.value(answer))
      })
  })
}

const usernameFlag = ({ username }: AccountFlags): Either.Either<Option.Option<string>, InvalidArgument> =>
  Either.transposeMapOption(username, (text) =>
    checked("--username", parseUsername(text), { flags: [["username", "USER"]] })
  )

export const mayAsk: Effect.Effect<boolean, never, Globals | Terminal> = Effect.gen(function* () {
  const { noInput } = yield* Globals
  const { interactive } = yield* Terminal
  const ci = Option.filter(yield* variable("CI"), (value) => value !== "0" && value !== "false")
  return interactive && !noInput && Option.isNone(ci)
})

const tokenCredential = (flags: AccountFlags, env: Environment) =>
  Effect.gen(function* () {
    const { token, tokenEnv } = yield* givenToken(flags)
    if (tokenEnv !== undefined) return credentialOf({ tokenEnv })
    const bearer = yield* Either.fromOption(
      Option.orElse(Option.fromNullable(token), () => env.oauthToken),
      () =>
        invalid(
          "The token is missing: MP_OAUTH_TOKEN is not set.",
          { flags: [["token-env", "VAR"]] },
          { piped: true, flags: [["token-stdin"]] }
        )
    )
    return credentialOf({ token: bearer })
  })

const credentialOf = (
  bearer: { readonly token: Redacted.Redacted } | { readonly tokenEnv: string }
): LoginCredential => ({ type: "oauth_token", ...bearer })

const givenToken = (flags: AccountFlags): Effect.Effect<AccountChanges, InvalidArgument, Terminal> =>
  Effect.gen(function* () {
    if (flags.tokenStdin && Option.isSome(flags.tokenEnv)) {
      return yield* invalid(
        "--token-env and --token-stdin cannot be used together.",
        { without: ["token-stdin"] },
        { piped: true, without: ["token-env"] }
      )
    }
    if (flags.tokenStdin) return { token: yield* secretFromStdin("--token-stdin") }
    return Option.isSome(flags.tokenEnv) ? { tokenEnv: yield* variableName(flags.tokenEnv.value) } : {}
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

const usableSecret = (source: string, text: string): Either.Either<Redacted.Redacted, InvalidArgument> =>
  checked(source, parseSecret(text), { piped: true })

/** The keys of an account that flags of its credential give. */
const keyOfFlag = {
  username: "username",
  secretStdin: "secret",
  tokenEnv: "token_env",
  tokenStdin: "token",
  secretCommand: "secret",
  tokenCommand: "token",
  tokenFile: "token"
} as const

const onlyFlagsOf = (type: AccountType, flags: AccountFlags): Either.Either<void, InvalidArgument> => {
  const foreign = Struct.keys(keyOfFlag).find((flag) => isGiven(flags[flag]) && !hasKey(type, keyOfFlag[flag]))
  if (foreign === undefined) return Either.void
  const fitting = AccountType.literals.find((other) => hasKey(other, keyOfFlag[foreign])) ?? type
  const { name } = accountFlags[foreign]
  return Either.left(
    invalid(`--${name} cannot be used with --type ${type}.`, { flags: [["type", fitting]] }, { without: [name] })
  )
}

export const accountChanges = (flags: AccountFlags) =>
  Effect.gen(function* () {
    if (flags.secretStdin && flags.tokenStdin) {
      return yield* invalid(
        "--secret-stdin and --token-stdin cannot be used together.",
        { piped: true, without: ["token-stdin"] },
        { piped: true, without: ["secret-stdin"] }
      )
    }
    const { project } = yield* Globals
    const source = yield* onlySource(flags)
    const username = yield* usernameFlag(flags)
    const changes: AccountChanges = {
      ...(Option.isSome(flags.region) ? { region: flags.region.value } : {}),
      ...(Option.isSome(project) ? { defaultProject: project.value } : {}),
      ...(Option.isSome(username) ? { username: username.value } : {}),
      ...(flags.secretStdin ? { secret: yield* secretFromStdin("--secret-stdin") } : {}),
      ...(yield* givenToken(flags)),
      ...(Option.isSome(source) ? { source: source.value } : {})
    }
    return changes
  })
