/** The request that sends a person to the authorization server (RFC 6749, section 4.1.1; RFC 7636). */
import { createHash } from "node:crypto"
import * as Redacted from "effect/Redacted"

/** What binds a login together; made anew for every login. */
export interface LoginSecrets {
  /** 32 random bytes: only a redirect that brings it back belongs to this login. */
  readonly state: Redacted.Redacted
  /** 64 random bytes (86 characters): proves to the token endpoint that the code is ours (RFC 7636, section 4.1). */
  readonly codeVerifier: Redacted.Redacted
}

/** The `S256` challenge of a verifier (RFC 7636, section 4.2): 43 characters. */
export const codeChallenge = (codeVerifier: Redacted.Redacted): string =>
  createHash("sha256").update(Redacted.value(codeVerifier)).digest("base64url")

/**
 * The address to open. It has no `scope` parameter: the server then grants all that the client is
 * registered for.
 *
 * @example
 * ```ts
 * authorizationUrl("https://mixpanel.com/oauth", client, secrets)
 * // https://mixpanel.com/oauth/authorize/?response_type=code&client_id=…&redirect_uri=…&state=…&code_challenge=…
 * ```
 */
export const authorizationUrl = (
  oauthBase: string,
  client: { readonly clientId: string; readonly redirectUri: string },
  { codeVerifier, state }: LoginSecrets
): string => {
  const url = new URL(`${oauthBase}/authorize/`)
  const parameters = {
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    state: Redacted.value(state),
    code_challenge: codeChallenge(codeVerifier),
    code_challenge_method: "S256"
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
