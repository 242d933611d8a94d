/** The request that sends a person to the authorization server (RFC 6749, section 4.1.1; RFC 7636). */
import * as Redacted from "effect/Redacted"

interface AuthorizationParameters {
  readonly state: Redacted.Redacted
  /** The SHA-256 digest of the code verifier as base64url (`S256`; RFC 7636, section 4.2). */
  readonly codeChallenge: string
  readonly scope?: string | undefined
}

/** The address to open. Without a `scope` the server grants all that the client is registered for. */
export const authorizationUrl = (
  oauthBase: string,
  client: { readonly clientId: string; readonly redirectUri: string },
  { codeChallenge, scope, state }: AuthorizationParameters
): string => {
  const url = new URL(`${oauthBase}/authorize/`)
  const parameters = {
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    state: Redacted.value(state),
    code_challenge: codeChallenge,
    code_challenge_method: "S256",
    ...(scope === undefined ? {} : { scope })
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
