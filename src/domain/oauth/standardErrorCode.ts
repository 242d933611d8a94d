/** The error codes of the OAuth standards; any other text of a server is not repeated. */
const codes: ReadonlySet<string> = new Set([
  "access_denied",
  "interaction_required",
  "invalid_client",
  "invalid_client_metadata",
  "invalid_grant",
  "invalid_redirect_uri",
  "invalid_request",
  "invalid_scope",
  "invalid_target",
  "login_required",
  "server_error",
  "temporarily_unavailable",
  "unauthorized_client",
  "unsupported_grant_type",
  "unsupported_response_type"
])

/** The code if a standard knows it (RFC 6749, 7591, 8707; OpenID Connect Core), else a phrase in its place. */
export const standardErrorCode = (text: string): string => (codes.has(text) ? text : "a nonstandard error")
