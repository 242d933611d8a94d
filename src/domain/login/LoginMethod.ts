/** How a login is to go: what the flags say, else what the environment holds, else a browser. */
import { type Again, command } from "../hints/Command.ts"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { AccountType } from "../account/Account.ts"
import type { Environment } from "../session/Environment.ts"
import { InvalidArgument } from "../errors.ts"

export interface LoginFlags {
  readonly serviceAccount: boolean
  readonly tokenEnv: Option.Option<string>
  readonly noBrowser: boolean
  readonly secretStdin: boolean
}

export interface LoginMethod {
  readonly type: AccountType
  readonly because: string
}

export const selectMethod = (
  flags: LoginFlags,
  environment: Environment
): Either.Either<LoginMethod, InvalidArgument> => {
  if (flags.serviceAccount && Option.isSome(flags.tokenEnv)) return Either.left(bothFlags)
  const way = detect(flags, environment)
  if (flags.noBrowser && way.type !== "oauth_browser") return Either.left(unfit("--no-browser", way, "oauth_browser"))
  if (flags.secretStdin && way.type !== "service_account") {
    return Either.left(unfit("--secret-stdin", way, "service_account"))
  }
  return Either.right(way)
}

const detect = (flags: LoginFlags, environment: Environment): LoginMethod => {
  if (flags.serviceAccount) return { type: "service_account", because: "--service-account" }
  if (Option.isSome(flags.tokenEnv)) return { type: "oauth_token", because: "--token-env" }
  if (Option.isSome(environment.username) && Option.isSome(environment.secret)) {
    return { type: "service_account", because: "MP_USERNAME and MP_SECRET" }
  }
  if (Option.isSome(environment.oauthToken)) return { type: "oauth_token", because: "MP_OAUTH_TOKEN" }
  return { type: "oauth_browser", because: "nothing says otherwise" }
}

const bothFlags = new InvalidArgument({
  message: "--service-account and --token-env cannot be used together.",
  hints: [],
  again: [{ without: ["service-account"] }, { without: ["token-env"] }],
  details: { conflicting: ["--service-account", "--token-env"] }
})

const unfit = (flag: string, { because, type }: LoginMethod, needed: AccountType) =>
  new InvalidArgument({
    message: `${flag} is for logins of type ${needed}; this one is of type ${type} (${because}).`,
    ...otherWay(flag, because, needed),
    details: { flag, detected: type, because }
  })

const otherWay = (flag: string, because: string, needed: AccountType): Pick<InvalidArgument, "hints" | "again"> => {
  const without: Again = { without: [flag.slice(2)] }
  if (needed === "service_account") return { hints: [], again: [{ flags: [["service-account"]] }, without] }
  return because.startsWith("--")
    ? { hints: [], again: [{ without: [because.slice(2)] }, without] }
    : { hints: [command`unset ${because.split(" and ")}`], again: [without] }
}
