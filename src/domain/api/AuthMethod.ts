/**
 * Which API family accepts which kind of credential, as data.
 *
 * @see https://developer.mixpanel.com/reference/authentication
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Account } from "../account/Account.ts"
import type { ApiFamily } from "./Endpoints.ts"
import { type Command, command } from "../hints/Command.ts"
import { errorClass } from "../internal/errorClass.ts"

/**
 * The four kinds of credential that Mixpanel knows. Both OAuth account types present an `oauth_token`.
 * @since 0.1.0
 * @category models
 */
export type CredentialKind = "service_account" | "project_secret" | "project_token" | "oauth_token"

/**
 * How a kind is presented: in the `Authorization` header, or as a value in the body.
 * @since 0.1.0
 * @category models
 */
export type Placement = "basic" | "bearer" | "body"

/**
 * How each kind of credential is presented (RFC 7617 Basic, RFC 6750 Bearer, or inside the body).
 * @since 0.1.0
 * @category utilities
 */
export const placements: Record<CredentialKind, Placement> = {
  service_account: "basic",
  project_secret: "basic",
  oauth_token: "bearer",
  project_token: "body"
}

/**
 * What each family accepts, the preferred kind first.
 * @since 0.1.0
 * @category utilities
 */
export const accepted: Record<ApiFamily, ReadonlyArray<CredentialKind>> = {
  query: ["service_account", "oauth_token"],
  engage: ["service_account", "oauth_token"],
  app: ["service_account", "oauth_token"],
  export: ["project_secret", "service_account", "oauth_token"],
  pipelines: ["project_secret", "service_account"],
  import: ["service_account", "project_secret"],
  gdpr: ["oauth_token"],
  track: ["project_token"],
  profiles: ["project_token"],
  oauth: []
}

/**
 * The kind of credential that an account presents.
 * @since 0.1.0
 * @category utilities
 */
export const kindOf = ({ type }: Pick<Account, "type">): CredentialKind =>
  type === "service_account" ? "service_account" : "oauth_token"

interface Unaccepted {
  readonly family: ApiFamily
  readonly available: ReadonlyArray<CredentialKind>
  readonly needed: ReadonlyArray<CredentialKind>
}

/**
 * The API family does not take any credential that is at hand.
 * @since 0.1.0
 * @category errors
 */
export class CredentialNotAccepted extends errorClass(
  "CredentialNotAccepted",
  "INVALID_ARGUMENT",
  ({ available, family, needed }: Unaccepted) => ({
    message: `The ${family} API takes ${needed.length === 0 ? "no credential at all" : words(needed)}; at hand: ${available.length === 0 ? "nothing" : words(available)}.`,
    hints: needed.map((kind) => howToGive[kind]),
    details: { family, needed, available }
  })
) {}

/**
 * The credential to use for a family, of those at hand.
 *
 * @example
 * ```ts
 * AuthMethod.choose("track", ["service_account"]) // Left(CredentialNotAccepted: takes project_token)
 * ```
 * @since 0.1.0
 * @category utilities
 */
export const choose = (
  family: ApiFamily,
  available: ReadonlyArray<CredentialKind>
): Either.Either<CredentialKind, CredentialNotAccepted> =>
  Either.fromOption(
    Option.fromNullable(accepted[family].find((kind) => available.includes(kind))),
    () => new CredentialNotAccepted({ family, available, needed: accepted[family] })
  )

const words = (kinds: ReadonlyArray<CredentialKind>): string => kinds.map((kind) => names[kind]).join(" or ")

const names: Record<CredentialKind, string> = {
  service_account: "a service account",
  project_secret: "a project secret",
  project_token: "a project token",
  oauth_token: "an OAuth token"
}

const howToGive: Record<CredentialKind, Command> = {
  service_account: command`mp account add team --type service_account --username USER --region us`,
  project_secret: command`export MP_PROJECT_SECRET="$SECRET"`,
  project_token: command`export MP_PROJECT_TOKEN="$TOKEN"`,
  oauth_token: command`mp login`
}
