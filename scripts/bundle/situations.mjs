// The situations in which a frequent command is to take the short way: what they call is in its bundle, and what none
// of them calls is not.

import { createHash } from "node:crypto"

const team = `[accounts.team]
type = "service_account"
region = "eu"
username = "team.mp-service-account"
secret = "a \\"quoted\\" \\\\ value \\u00e9" # and a remark
`
const ci = `[accounts.ci]
type = "oauth_token"
region = "us"
default_project = "3713224"
token = 'not-a-real-token'
`
const me = `[accounts.me]
type = "oauth_browser"
region = "in"
default_project = "3713224"
`
const variable = `[accounts.variable]
type = "oauth_token"
region = "us"
token_env = "CI_TOKEN"
default_project = "1"
`
const targets = `[targets.shop]
account = "ci"
project = "3018488"
workspace = 3448414

[targets.plain]
account = "team"
project = "42"
`
const header = `[settings.custom_header]
name = "X-Mixpanel-Cluster"
value = "internal-1"
`

const active = (account, workspace = "") => `[active]\naccount = "${account}"\n${workspace}\n`

const tokens = (values = {}) => ({
  access_token: "not-a-real-token",
  refresh_token: "not-a-real-token",
  expires_at: "2100-01-01T00:00:00.123456+00:00",
  scope: "projects",
  token_type: "Bearer",
  ...values
})

const places = {
  user_id: 1,
  user_email: "ann@example.com",
  organizations: { 1: { id: 1, name: "Ünïcode 公司" } },
  projects: { 3713224: { name: "Demo", organization_id: 1 } },
  workspaces: { 7: { id: 7, name: "Main", project_id: 3713224, is_default: true } },
  cached_at: 1
}

const config = (...blocks) => ({ ".mp/config.toml": blocks.join("\n") })

/** The marks of the credentials above, as `mp account test` leaves them. */
const tested = (values) => JSON.stringify({ at: "2026-01-01T00:00:00.000Z", ok: true, refused: false, ...values })
const mark = (...credential) =>
  createHash("sha256")
    .update(JSON.stringify(["effect-mixpanel", ...credential]))
    .digest("base64url")

const tests = {
  ".mp/accounts/me/last-test.json": tested({ credential: mark("oauth_browser", "in") }),
  ".mp/accounts/ci/last-test.json": tested({
    credential: mark("oauth_token", "us", "not-a-real-token"),
    ok: false,
    code: "AUTH_FAILED",
    refused: true
  }),
  ".mp/accounts/team/last-test.json": tested({ credential: "of another secret" })
}

const freshTokens = { ".mp/accounts/me/tokens.json": JSON.stringify(tokens()) }
const login = { ...freshTokens, ...tests, ".mp/accounts/me/me.json": JSON.stringify(places) }

const bridge = (account, values = {}) => ({
  ".claude/mixpanel/auth.json": JSON.stringify({ version: 2, account, project: "5", ...values })
})

const list = { name: "account list" }
const token = { name: "account token" }
const session = { name: "session" }
const all = [list, token, session]
const formats = ["table", "json", "jsonl", "csv", "plain"]
const inEveryFormat = (command) => formats.map((format) => ({ ...command, format }))

/** A home's files, the variables besides `HOME`, and the commands that are run there. */
export const situations = [
  {
    files: { ...config(active("ci"), ci, team, me, variable, targets, header), ...login },
    commands: [
      ...all.flatMap(inEveryFormat),
      ...["ci", "me", "team", "variable", "gone"].flatMap((argument) => [
        { ...token, argument },
        { ...token, argument, format: "json" },
        { ...session, account: argument },
        { ...session, account: argument, project: "5", workspace: "7" }
      ]),
      ...["shop", "plain", "gone"].flatMap((target) => [
        { ...token, target },
        { ...session, target },
        { ...session, target, format: "json" }
      ]),
      { ...session, account: "ci", target: "shop" },
      { ...session, account: "bad name" },
      { ...session, project: "x" },
      { ...session, workspace: "0" },
      { ...session, account: "gone", format: "json" }
    ]
  },
  {
    files: { ...config(me, active("me", "workspace = 7")), ...login },
    commands: [...all, { ...session, format: "json" }]
  },
  { files: { ...config(active("me"), me), ...freshTokens }, commands: all },
  {
    files: {
      ...config(active("me"), me),
      ".mp/accounts/me/tokens.json": JSON.stringify(tokens({ expires_at: "2020-01-01T00:00:00Z" }))
    },
    commands: [list, session]
  },
  { files: config(active("me"), me), commands: all },
  { files: {}, commands: [...all, ...all.map((command) => ({ ...command, format: "json" }))] },
  { files: config(""), commands: all },
  { files: config(active("team"), team), commands: all },
  { files: config(active("gone"), ci), commands: all },
  { files: config(active("team"), team, `${ci}colour = 1\n`), commands: [token, session] },
  { files: config("[active]\n", team, ci), commands: all },
  { files: config(ci, team), commands: all },
  { files: config(active("variable"), variable), variables: { CI_TOKEN: "not-a-real-token" }, commands: all },
  ...[
    { MP_ACCOUNT: "ci" },
    { MP_TARGET: "shop" },
    { MP_PROJECT_ID: "77", MP_WORKSPACE_ID: "8" },
    { MP_OAUTH_TOKEN: "t", MP_REGION: "us", MP_PROJECT_ID: "1" },
    { MP_USERNAME: "u", MP_SECRET: "s", MP_REGION: "eu", MP_PROJECT_ID: "1" },
    { MP_CUSTOM_HEADER_NAME: "X-One", MP_CUSTOM_HEADER_VALUE: "1" },
    { MP_AUTH_FILE: "/nowhere/auth.json" }
  ].flatMap((variables) => [
    { files: config(active("team"), team, ci, targets), variables, commands: all },
    { files: {}, variables, commands: all }
  ]),
  ...[
    bridge({ name: "agent", type: "oauth_token", region: "us", token: "bridged" }),
    bridge({ name: "agent", type: "service_account", region: "us", username: "u", secret: "s" }, { workspace: 7 }),
    bridge(
      { name: "agent", type: "oauth_browser", region: "us" },
      { tokens: tokens(), headers: { "X-Mixpanel-Cluster": "internal-1" } }
    )
  ].flatMap((files) => [
    { files, commands: [...all, { ...session, format: "json" }, { ...token, format: "json" }] },
    { files: { ...config(active("team"), team, ci), ...files }, commands: [...all, { ...session, account: "ci" }] }
  ])
]
