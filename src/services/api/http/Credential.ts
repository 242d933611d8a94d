import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { isGivenElsewhere, type ServiceAccount } from "../../../domain/account/Account.ts"
import { basic, bearer } from "../../../domain/api/RequestHeaders.ts"
import {
  accepted,
  type CredentialKind,
  type CredentialNotAccepted,
  choose,
  kindOf,
  placements
} from "../../../domain/api/AuthMethod.ts"
import type { ApiFamily } from "../../../domain/api/Endpoints.ts"
import type { ConfigError } from "../../../domain/errors.ts"
import type { BearerError } from "../../../domain/oauth/OAuthError.ts"
import type { BareCredential } from "../../../domain/login/LoginCredential.ts"
import { type Caller, factsOf } from "../../../domain/session/Caller.ts"
import type { CredentialOrigin } from "../../../domain/session/Session.ts"
import type { ProjectCredentials } from "../ProjectCredentials.ts"
import type { StaticCredentialsShape } from "../../tokens/StaticCredentials.ts"
import type { BearerAccount, TokenResolver } from "../../tokens/TokenResolver.ts"
import type { StorageError } from "../../../domain/storage/StorageError.ts"

export interface Presented {
  readonly authorization: string | undefined
  /** What is told to be refused, where another one may be had. */
  readonly bearer: Option.Option<Redacted.Redacted>
  readonly secrets: ReadonlyArray<string>
}

type ProjectKeys = Effect.Effect.Success<ReturnType<ProjectCredentials["Type"]["forProject"]>>

export interface Credential {
  /** Asked for at every attempt, so that a retry carries the bearer of its own moment. */
  readonly present: Effect.Effect<Presented, BearerError | CredentialNotAccepted>
  readonly renewable: boolean
  /** Says that a bearer was refused; `true` when another attempt may help. */
  readonly refused: (bearer: Redacted.Redacted) => Effect.Effect<boolean, BearerError>
}

interface Asked {
  readonly caller: Caller
  readonly family: ApiFamily
  readonly projectSecret?: Redacted.Redacted | undefined
}

interface CredentialSources {
  readonly tokens: TokenResolver["Type"]
  readonly statics: StaticCredentialsShape
  readonly projects: ProjectCredentials["Type"]
}

export const credentialFor = (
  asked: Asked,
  { projects, statics, tokens }: CredentialSources
): Effect.Effect<Credential, ConfigError | StorageError> =>
  Effect.map(projectKeys(asked, projects), (keys) =>
    Either.match(choose(asked.family, availableKinds(asked.caller, keys)), {
      onLeft: (error): Credential => fixed(isInBody(asked.family) ? Effect.succeed(nothing) : Effect.fail(error)),
      onRight: (kind) => credentialOf(kind, asked.caller, keys, { statics, tokens })
    })
  )

/** Whoever makes the body puts the credential into it. */
const isInBody = (family: ApiFamily): boolean => accepted[family].some((kind) => placements[kind] === "body")

const nothing: Presented = { authorization: undefined, bearer: Option.none(), secrets: [] }

const noKeys: ProjectKeys = { secret: Option.none(), token: Option.none() }

/**
 * The secret of the request, else the keys that this machine holds for the project. An account that was made by hand is no
 * account of this machine: keys of its environment or configuration are another's.
 */
export const projectKeys = ({ caller, family, projectSecret }: Asked, projects: ProjectCredentials["Type"]) => {
  if (!accepted[family].some((kind) => kind === "project_secret" || kind === "project_token"))
    return Effect.succeed(noKeys)
  const { project } = factsOf(caller)
  const isOfMachine = "account" in caller && caller.origin !== "given"
  const stored = project !== null && isOfMachine ? projects.forProject(project) : Effect.succeed(noKeys)
  return projectSecret === undefined
    ? stored
    : Effect.map(stored, (keys): ProjectKeys => ({ ...keys, secret: Option.some(projectSecret) }))
}

const availableKinds = (caller: Caller, keys: ProjectKeys): ReadonlyArray<CredentialKind> => [
  kindOf("credential" in caller ? caller.credential : caller.account),
  ...(Option.isSome(keys.secret) ? (["project_secret"] as const) : []),
  ...(Option.isSome(keys.token) ? (["project_token"] as const) : [])
]

const credentialOf = (
  kind: CredentialKind,
  caller: Caller,
  keys: ProjectKeys,
  { statics, tokens }: Pick<CredentialSources, "statics" | "tokens">
): Credential => {
  if (kind === "project_token") return fixed(Effect.succeed(inBody(keys)))
  if (kind === "project_secret") return fixed(Effect.succeed(projectBasic(keys)))
  if ("credential" in caller) return fixed(Effect.succeed(presented(caller.credential)))
  const { account, origin } = caller
  if (account.type !== "service_account") return renewable(account, origin, tokens)
  return isGivenElsewhere(account)
    ? renewableSecret(account, origin, statics)
    : fixed(Effect.succeed(presented(account)))
}

const fixed = (present: Credential["present"]): Credential => ({
  present,
  renewable: false,
  refused: () => Effect.succeed(false)
})

const inBody = (keys: ProjectKeys): Presented => ({
  ...nothing,
  secrets: Option.toArray(Option.map(keys.token, Redacted.value))
})

const projectBasic = (keys: ProjectKeys): Presented => {
  const secret = Option.match(keys.secret, { onNone: () => "", onSome: Redacted.value })
  return presentedBasic(secret, "")
}

const presented = (credential: BareCredential): Presented =>
  credential.type === "service_account"
    ? presentedBasic(credential.username, Redacted.value(credential.secret))
    : presentedBearer(credential.token)

const presentedBasic = (user: string, secret: string): Presented => ({
  authorization: basic(user, secret),
  bearer: Option.none(),
  secrets: [secret === "" ? user : secret, `${user}:${secret}`]
})

const presentedBearer = (token: Redacted.Redacted): Presented => ({
  authorization: bearer(Redacted.value(token)),
  bearer: Option.some(token),
  secrets: [Redacted.value(token)]
})

const renewableSecret = (
  account: ServiceAccount,
  origin: CredentialOrigin,
  statics: StaticCredentialsShape
): Credential => ({
  present: Effect.map(statics.current(account, origin), ({ token }) => ({
    ...presentedBasic(account.username, Redacted.value(token)),
    bearer: Option.some(token)
  })),
  renewable: true,
  refused: (secret) => statics.refused(account, origin, secret)
})

const renewable = (account: BearerAccount, origin: CredentialOrigin, tokens: TokenResolver["Type"]): Credential => ({
  present: Effect.map(tokens.bearer(account, origin), ({ token }) => presentedBearer(token)),
  renewable: true,
  refused: (token) => tokens.refused(account, origin, token)
})
