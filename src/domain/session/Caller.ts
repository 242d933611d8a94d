/** Who asks, where it does not matter what about: `/me` knows no project. */
import type { Account } from "../account/Account.ts"
import type { ProjectId, Region } from "../account/identifiers.ts"
import type { BareCredential } from "../login/LoginCredential.ts"
import type { CredentialOrigin } from "./Session.ts"
import type { SessionHeaders } from "./SessionHeaders.ts"

/**
 * An account, and where its credential comes from.
 * @since 0.1.0
 * @category models
 */
export interface Identity {
  readonly account: Account
  readonly origin: CredentialOrigin
}

/**
 * An account with the headers that go along. A session is one.
 * @since 0.1.0
 * @category models
 */
export interface AccountCaller extends Identity {
  readonly headers?: SessionHeaders
  readonly projectId?: ProjectId
}

/**
 * A credential that has no account yet, in a region.
 * @since 0.1.0
 * @category models
 */
export interface CredentialCaller {
  readonly credential: BareCredential
  readonly region: Region
}

/**
 * Whom a request is made for: an account, or a credential that has none yet.
 * @since 0.1.0
 * @category models
 */
export type Caller = AccountCaller | CredentialCaller

export interface CallerFacts {
  readonly account: string | null
  readonly accountType: Account["type"]
  readonly region: Region
  readonly project: ProjectId | null
  readonly headers: SessionHeaders
}

export const factsOf = (caller: Caller): CallerFacts => {
  if ("credential" in caller) {
    const { credential, region } = caller
    return { account: null, accountType: credential.type, region, project: null, headers: {} }
  }
  const { account, headers = {}, projectId = null } = caller
  return { account: account.name, accountType: account.type, region: account.region, project: projectId, headers }
}
