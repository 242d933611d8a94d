/** Marked secrets for every place that can hold one, and the search for them in any disguise. */

/** Each with characters that URL encoding changes, and none that JSON or TOML would. */
export const secrets = {
  configSecret: "LEAK+config/secret=1",
  commentedSecret: "LEAK+commented/secret=2",
  inlineToken: "LEAK+inline/token=3",
  environmentSecret: "LEAK+env/secret=4",
  environmentToken: "LEAK+env/token=5",
  variableToken: "LEAK+variable/token=6",
  accessToken: "LEAK+access/token=7",
  refreshToken: "LEAK+refresh/token=8",
  bridgeAccessToken: "LEAK+bridge/access=9",
  bridgeRefreshToken: "LEAK+bridge/refresh=10",
  settingsHeader: "LEAK+settings/header=11",
  environmentHeader: "LEAK+env/header=12",
  bridgeHeader: "LEAK+bridge/header=13",
  projectSecret: "LEAK+project/secret=14",
  projectToken: "LEAK+project/token=15",
  settingsSecret: "LEAK+settings/secret=16",
  proxyPassword: "LEAK-proxy-password-17",
  serverEcho: "LEAK+stdin/secret=18"
} as const

const base64 = (text: string): string => Buffer.from(text).toString("base64")

/** What base64 makes of a text inside a longer one, at each of the three offsets, without its edges. */
const insideBase64 = (text: string): ReadonlyArray<string> =>
  ["", "x", "xx"].map((before) => base64(`${before}${text}`).slice(4, -4))

const disguises = (secret: string): ReadonlyArray<string> => [
  secret,
  encodeURIComponent(secret),
  encodeURI(secret),
  secret.replaceAll("/", "\\/"),
  Buffer.from(secret).toString("hex"),
  ...insideBase64(secret),
  ...insideBase64(encodeURIComponent(secret))
]

const table = Object.entries(secrets).map(([name, secret]) => [name, disguises(secret)] as const)

/** The names of the secrets that a text holds. */
export const found = (text: string): ReadonlyArray<string> =>
  table.flatMap(([name, forms]) => (forms.some((form) => text.includes(form)) ? [name] : []))

export const config = `# what it was: secret = "${secrets.commentedSecret}"
[accounts.team]
type = "service_account"
region = "us"
default_project = "3018488"
username = "team-user"
secret = "${secrets.configSecret}"

[accounts.inline]
type = "oauth_token"
region = "us"
default_project = "3018488"
token = "${secrets.inlineToken}"

[accounts.ci]
type = "oauth_token"
region = "us"
default_project = "3018488"
token_env = "CI_TOKEN"

[accounts.me]
type = "oauth_browser"
region = "eu"
default_project = "3018488"

[active]
account = "team"

[targets.ecom]
account = "inline"
project = "3018488"

[settings]
project_secret = "${secrets.settingsSecret}"

[settings.custom_header]
name = "X-Cluster"
value = "${secrets.settingsHeader}"
`

export const tokens = JSON.stringify({
  access_token: secrets.accessToken,
  expires_at: "2036-01-01T12:00:00.000000+00:00",
  token_type: "Bearer",
  scope: "",
  refresh_token: secrets.refreshToken
})

export const bridge = JSON.stringify({
  version: 2,
  account: { name: "bridged", type: "oauth_browser", region: "us", default_project: "3018488" },
  tokens: {
    access_token: secrets.bridgeAccessToken,
    expires_at: "2036-01-01T12:00:00Z",
    token_type: "Bearer",
    scope: "",
    refresh_token: secrets.bridgeRefreshToken
  },
  headers: { "X-Bridge": secrets.bridgeHeader }
})

/** Variables that hold secrets without changing who is calling. */
export const environment = {
  CI_TOKEN: secrets.variableToken,
  MP_PROJECT_SECRET: secrets.projectSecret,
  MP_PROJECT_TOKEN: secrets.projectToken,
  MP_CUSTOM_HEADER_NAME: "X-Env",
  MP_CUSTOM_HEADER_VALUE: secrets.environmentHeader
}
