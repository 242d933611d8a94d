/** The request that sends a person to the authorization server (RFC 6749, section 4.1.1; RFC 7636). */
import * as Redacted from "effect/Redacted"

/** What binds a login together; made anew for every login. */
export interface LoginSecrets {
  /** 32 random bytes: only a redirect that brings it back belongs to this login. */
  readonly state: Redacted.Redacted
  /** 64 random bytes (86 characters): proves to the token endpoint that the code is ours (RFC 7636, section 4.1). */
  readonly codeVerifier: Redacted.Redacted
}

/**
 * The address to open. It has no `scope` parameter: the server then grants all that the client is
 * registered for.
 *
 * @example
 * ```ts
 * authorizationUrl("https://mixpanel.com/oauth", client, { codeChallenge, state })
 * // https://mixpanel.com/oauth/authorize/?response_type=code&client_id=…&redirect_uri=…&state=…&code_challenge=…
 * ```
 */
export const authorizationUrl = (
  oauthBase: string,
  client: { readonly clientId: string; readonly redirectUri: string },
  /** `codeChallenge`: the SHA-256 digest of the code verifier as base64url (`S256`; RFC 7636, section 4.2). */
  { codeChallenge, state }: { readonly codeChallenge: string; readonly state: Redacted.Redacted }
): string => {
  const url = new URL(`${oauthBase}/authorize/`)
  const parameters = {
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    state: Redacted.value(state),
    code_challenge: codeChallenge,
    code_challenge_method: "S256"
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
