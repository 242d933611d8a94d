/** The credential of a session for one API family: chosen once, presented anew at every attempt. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { ServiceAccount } from "../../../domain/account/Account.ts"
import { basic, bearer } from "../../../domain/api/RequestHeaders.ts"
import {
  accepted,
  type CredentialKind,
  type CredentialNotAccepted,
  choose,
  kindOf
} from "../../../domain/api/AuthMethod.ts"
import type { ApiFamily } from "../../../domain/api/Endpoints.ts"
import type { ConfigError } from "../../../domain/errors.ts"
import type { BearerError } from "../../../domain/oauth/OAuthError.ts"
import type { Session } from "../../../domain/session/Session.ts"
import type { ProjectCredentials } from "../ProjectCredentials.ts"
import type { BearerAccount, TokenResolver } from "../../tokens/TokenResolver.ts"

/** What one attempt carries: the header's value, if any, and everything in it that must never be shown. */
export interface Presented {
  readonly authorization: string | undefined
  readonly bearer: Option.Option<Redacted.Redacted>
  readonly secrets: ReadonlyArray<string>
}

type ProjectKeys = Effect.Effect.Success<ReturnType<ProjectCredentials["Type"]["forProject"]>>

/** A credential that is at hand, or one that has to be asked for (`renewable`). */
export interface Credential {
  /** Asked for at every attempt, so that a retry carries the bearer of its own moment. */
  readonly present: Effect.Effect<Presented, BearerError | CredentialNotAccepted>
  /** Whether a refused bearer can be exchanged for another one. */
  readonly renewable: boolean
  /** Says that a bearer was refused; `true` when another attempt may help. */
  readonly refused: (bearer: Redacted.Redacted) => Effect.Effect<boolean, BearerError>
}

/** Chooses the credential for a family; project keys are looked up only where the family takes them. */
export const credentialFor = (
  session: Session,
  family: ApiFamily,
  tokens: TokenResolver["Type"],
  projects: ProjectCredentials["Type"]
): Effect.Effect<Credential, ConfigError> =>
  Effect.map(projectKeys(session, family, projects), (keys) =>
    Either.match(choose(family, availableKinds(session, keys)), {
      onLeft: (error): Credential => fixed(Effect.fail(error)),
      onRight: (kind) => credentialOf(kind, session, keys, tokens)
    })
  )

const noKeys: ProjectKeys = { secret: Option.none(), token: Option.none() }

const projectKeys = (session: Session, family: ApiFamily, projects: ProjectCredentials["Type"]) =>
  accepted[family].some((kind) => kind === "project_secret" || kind === "project_token")
    ? projects.forProject(session.projectId)
    : Effect.succeed(noKeys)

const availableKinds = (session: Session, keys: ProjectKeys): ReadonlyArray<CredentialKind> => [
  kindOf(session.account),
  ...(Option.isSome(keys.secret) ? (["project_secret"] as const) : []),
  ...(Option.isSome(keys.token) ? (["project_token"] as const) : [])
]

const credentialOf = (
  kind: CredentialKind,
  { account, origin }: Session,
  keys: ProjectKeys,
  tokens: TokenResolver["Type"]
): Credential => {
  if (kind === "project_token") return fixed(Effect.succeed(inBody(keys)))
  if (kind === "project_secret") return fixed(Effect.succeed(projectBasic(keys)))
  return account.type === "service_account"
    ? fixed(Effect.succeed(accountBasic(account)))
    : renewable(account, origin, tokens)
}

const fixed = (present: Credential["present"]): Credential => ({
  present,
  renewable: false,
  refused: () => Effect.succeed(false)
})

const inBody = (keys: ProjectKeys): Presented => ({
  authorization: undefined,
  bearer: Option.none(),
  secrets: Option.toArray(Option.map(keys.token, Redacted.value))
})

const projectBasic = (keys: ProjectKeys): Presented => {
  const secret = Option.match(keys.secret, { onNone: () => "", onSome: Redacted.value })
  return presentedBasic(secret, "")
}

const accountBasic = ({ secret, username }: ServiceAccount): Presented =>
  presentedBasic(username, Redacted.value(secret))

const presentedBasic = (user: string, secret: string): Presented => ({
  authorization: basic(user, secret),
  bearer: Option.none(),
  secrets: [secret === "" ? user : secret, `${user}:${secret}`]
})

const renewable = (account: BearerAccount, origin: Session["origin"], tokens: TokenResolver["Type"]): Credential => ({
  present: Effect.map(tokens.bearer(account, origin), ({ token }) => ({
    authorization: bearer(Redacted.value(token)),
    bearer: Option.some(token),
    secrets: [Redacted.value(token)]
  })),
  renewable: true,
  refused: (token) => tokens.refused(account, origin, token)
})
