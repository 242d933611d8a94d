// What is run at build time, so that what V8 compiles for it ships with the package: the commands that need no network
// and are asked often, in a home of their own. Each start pays for what is shipped: what is asked once a month is not.

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

/** The files of that home, by their paths below it. */
export const files = {
  ".mp/config.toml": config,
  ".mp/accounts/me/tokens.json": JSON.stringify(tokens)
}

/** A command by its name, with the rest of its command lines; those that are asked most often also in other formats. */
export const commands = [
  { name: "account token", lines: ["", "me", "ci"] },
  { name: "account list", lines: ["", "--format json"] },
  { name: "session", lines: ["", "--format json", "--account me", "--explain"] },
  { name: "account show", lines: ["", "me --format json"] },
  { name: "account use", lines: ["me", "ci"] },
  { name: "project show", lines: ["", "--format json"] },
  { name: "project use", lines: ["3018488"] },
  { name: "workspace show", lines: [""] },
  { name: "workspace use", lines: ["3448414"] },
  { name: "target list", lines: ["", "--format json"] },
  { name: "target show", lines: ["shop"] },
  { name: "target use", lines: ["shop"] },
  { name: "config path", lines: [""] },
  { name: "config show", lines: ["", "--format json"] },
  { name: "config check", lines: [""] },
  { name: "env", lines: ["--show-secrets", "--format json"] },
  { name: "exec", lines: ["-- true"] },
  { name: "completions", lines: ["bash", "zsh", "fish"] }
]
