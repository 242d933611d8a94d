import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Account } from "../../domain/account/Account.ts"
import type { Crypto } from "../platform/Crypto.ts"
import { endpointOverrides, variable } from "../platform/environment.ts"

/**
 * A fingerprint (SHA-256) of the credential that an account presents at this moment, and of the address that `/me` is
 * asked of where an override replaces Mixpanel's: what another server says is no knowledge about Mixpanel, nor the other
 * way round. Access and refresh tokens of a login change with every refresh, and are no part of it: what a login taught
 * is dropped by the next login and by the logout.
 */
export const credentialFingerprint = (
  { sha256 }: Pick<Crypto["Type"], "sha256">,
  account: Account
): Effect.Effect<string> =>
  Effect.zipWith(secretsOf(account), override, (secrets, address) =>
    JSON.stringify(["effect-mixpanel", account.type, account.region, ...secrets, ...Option.toArray(address)])
  ).pipe(Effect.flatMap(sha256), Effect.map(Encoding.encodeBase64Url))

/** The address that answers `/me` in place of Mixpanel. Nothing is asked where it is malformed. */
const override: Effect.Effect<Option.Option<string>> = endpointOverrides.pipe(
  Effect.map(({ api, app }) => Option.orElse(app, () => api)),
  Effect.orElseSucceed(() => Option.none())
)

const secretsOf = (account: Account): Effect.Effect<ReadonlyArray<string | null>> => {
  switch (account.type) {
    case "service_account":
      return Effect.succeed([account.username, Redacted.value(account.secret)])
    case "oauth_token":
      return Effect.map(staticBearer(account), (bearer) => [Option.getOrNull(bearer)])
    case "oauth_browser":
      return Effect.succeed([])
  }
}

const staticBearer = ({ token, tokenEnv }: Extract<Account, { type: "oauth_token" }>) =>
  Option.match(tokenEnv, { onNone: () => Effect.succeed(Option.map(token, Redacted.value)), onSome: variable })
