// What is run at build time, so that what V8 compiles for it ships with the package: every command that needs no
// network, in a home of its own, in an order in which each of them succeeds.

const config = `[active]
account = "ci"

[accounts.ci]
type = "oauth_token"
region = "us"
default_project = "3713224"
token = "not-a-real-token"

[accounts.me]
type = "oauth_browser"
region = "us"
default_project = "3713224"

[targets.shop]
account = "ci"
project = "3713224"
`

const tokens = {
  access_token: "not-a-real-token",
  refresh_token: "not-a-real-token",
  expires_at: "2100-01-01T00:00:00+00:00",
  scope: "projects",
  token_type: "Bearer"
}

const registration = {
  client_id: "not-a-real-client",
  region: "us",
  redirect_uri: "http://localhost:19284/callback",
  scope: "projects",
  created_at: "2026-01-01T00:00:00+00:00"
}

/** The files of that home, by their paths below it. */
export const files = {
  ".mp/config.toml": config,
  ".mp/accounts/me/tokens.json": JSON.stringify(tokens),
  ".mp/oauth/client_us.json": JSON.stringify(registration)
}

/** A command by its name, with the rest of its command lines; those that are asked most often also in other formats. */
export const commands = [
  { name: "account token", lines: ["", "me", "ci"] },
  { name: "account list", lines: ["", "--format json"] },
  { name: "session", lines: ["", "--format json", "--account me", "--explain"] },
  { name: "account show", lines: ["", "me --format json"] },
  { name: "account use", lines: ["me", "ci"] },
  {
    name: "account add",
    lines: [
      "team --type service_account --region eu --project 1 --username u --secret-stdin",
      "you --type oauth_browser --region us"
    ],
    stdin: "not-a-real-secret"
  },
  { name: "account update", lines: ["team --region us"] },
  { name: "account remove", lines: ["you"] },
  { name: "account export-bridge", lines: ["--to bridge.json"] },
  { name: "account remove-bridge", lines: ["--at bridge.json"] },
  { name: "project show", lines: ["", "--format json"] },
  { name: "project use", lines: ["3018488"] },
  { name: "workspace show", lines: [""] },
  { name: "workspace use", lines: ["3448414"] },
  { name: "target add", lines: ["ecom --account team --project 3018488 --workspace 3448414"] },
  { name: "target list", lines: ["", "--format json"] },
  { name: "target show", lines: ["ecom"] },
  { name: "target use", lines: ["shop"] },
  { name: "target remove", lines: ["ecom"] },
  { name: "config path", lines: [""] },
  { name: "config show", lines: ["", "--format json"] },
  { name: "config check", lines: [""] },
  { name: "config migrate", lines: ["--dry-run"] },
  { name: "env", lines: ["--show-secrets", "--format json"] },
  { name: "exec", lines: ["-- true"] },
  { name: "doctor", lines: ["--offline"] },
  { name: "completions", lines: ["bash", "zsh", "fish"] }
]
