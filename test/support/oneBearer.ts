/** The configuration of a CI job: one account with a static bearer, and nothing missing. */
export const oneBearer = `[active]
account = "ci"

[accounts.ci]
type = "oauth_token"
region = "us"
default_project = "3018488"
token = "not-a-real-token"
`
