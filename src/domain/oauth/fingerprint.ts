/** What tells one credential from another in a file that must not hold it. */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Account } from "../account/Account.ts"
import { sha256 } from "../internal/sha256.ts"

/**
 * A fingerprint (SHA-256) of the credential that an account presents, and of the address that it is presented to where an
 * override replaces Mixpanel's: what another server says of it is no knowledge about Mixpanel, nor the other way round.
 * `bearer` is the static one, where it is not in the account itself. Access and refresh tokens of a login change with every renewal, and are no
 * part of it: what a login taught is dropped by the next login and by the logout.
 */
export const fingerprintOf = (
  account: Account,
  bearer: Option.Option<Redacted.Redacted>,
  override: Option.Option<string>
): string =>
  sha256(
    JSON.stringify([
      "effect-mixpanel",
      account.type,
      account.region,
      ...secretsOf(account, bearer),
      ...Option.toArray(override)
    ]),
    "base64url"
  )

const secretsOf = (account: Account, bearer: Option.Option<Redacted.Redacted>): ReadonlyArray<string | null> => {
  switch (account.type) {
    case "service_account":
      return [account.username, Redacted.value(account.secret)]
    case "oauth_token":
      return [Option.getOrNull(Option.map(bearer, Redacted.value))]
    case "oauth_browser":
      return []
  }
}
