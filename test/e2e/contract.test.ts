/** The command contract, walked: each command's success, each exit code of its row, each record's fields. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, describe } from "vitest"
import type { Facts } from "#src/cli/app/facts.ts"
import { facts } from "#src/cli/commands/mp.ts"
import { type SandboxFault, type SandboxServer, start } from "#src/layers/sandbox/Sandbox.ts"
import { configPath, type FullOutcome, home, runHere } from "../support/inProcess.ts"
import { startMp } from "../support/liveMp.ts"
import { makeHome, runMp } from "../support/mp.ts"
import { redirectOf } from "../support/redirectOf.ts"

const username = "team.292e7c.mp-service-account"
const secret = "sandbox-secret-team"
const service = `type = "service_account"\nregion = "us"\nusername = "${username}"\nsecret = "${secret}"\n`
const bearer = `type = "oauth_token"\nregion = "us"\ndefault_project = "3018488"\n`
const browser = `type = "oauth_browser"\nregion = "us"\ndefault_project = "3018488"\n`

const config = `[accounts.team]
${service}default_project = "3018488"

[accounts.bare]
${service}
[accounts.wrong]
${service.replace(secret, "wrong")}default_project = "3018488"

[accounts.ci]
${bearer}token_env = "CI_TOKEN"

[accounts.inline]
${bearer}token = "sandbox-bearer-jo"

[accounts.me]
${browser}
[accounts.away]
${browser}
[targets.ecom]
account = "team"
project = "3018488"
workspace = 3448414

[targets.plain]
account = "inline"
project = "3713224"

[active]
account = "team"
workspace = 3448415
`
const tokens = JSON.stringify({
  access_token: "sandbox-bearer-jo",
  expires_at: "2036-01-01T12:00:00.000000+00:00",
  token_type: "Bearer",
  scope: "",
  refresh_token: "r"
})
const bridgePath = `${home}/.claude/mixpanel/auth.json`
const bridge = JSON.stringify({
  version: 2,
  account: { name: "jo", type: "oauth_token", region: "us", token: "sandbox-bearer-jo" },
  project: "3018488"
})

const usual = { [configPath]: config, [`${home}/.mp/accounts/me/tokens.json`]: tokens }
const bridged = { ...usual, [bridgePath]: bridge }
const recorded = {
  ...usual,
  "~/.mp/audit.jsonl": '{"at":"2026-01-01T00:00:00Z","event":"login","account":"me","program":"mp","pid":7}\n'
}
const noProject = { [configPath]: `[accounts.bare]\n${service}\n[active]\naccount = "bare"\n` }
const orphan = { [configPath]: `[targets.gone]\naccount = "nobody"\nproject = "1"\n` }
const broken = { [configPath]: `[accounts.team]\ntype = "service_account"\ncolour = 1\n` }
const legacy = {
  [configPath]: `default = "old"\n\n[accounts.old]\nusername = "u"\nsecret = "s"\nproject_id = "1"\nregion = "us"\n`
}

/** One command line, and what the contract says of it. */
interface Row {
  readonly words: string
  readonly code?: number
  /** The names of the fields of the record, or of each record, that `--format json` gives. */
  readonly fields?: string
  /** More fields than these are no breach: the contract names only some. */
  readonly open?: boolean
  /** On stdout as it is without `--format`; of a failure: in its error object. */
  readonly says?: string | RegExp
  readonly error?: string
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly faults?: ReadonlyArray<SandboxFault>
  /** On a failure, stdout all the same. */
  readonly result?: boolean
  /** The result says it all: there is no error object. */
  readonly silent?: boolean
}

const always = { times: Number.POSITIVE_INFINITY }
const status = (code: number): ReadonlyArray<SandboxFault> => [
  { path: "/", status: code, headers: { "retry-after": "0" }, ...always }
]
const limited = { faults: status(429), code: 5, error: "RATE_LIMITED" }
const unreachable = { env: { MP_API_BASE_URL: "http://127.0.0.1:9" }, code: 75, error: "NETWORK_ERROR" }
const refused = { code: 2, error: "AUTH_FAILED" }
const wrong = { code: 3, error: "INVALID_ARGUMENT" }
const unknown = { code: 4, error: "ACCOUNT_NOT_FOUND" }
const noProjectAt = { files: noProject, code: 4, error: "NO_PROJECT" }
const noAccount = { files: {}, code: 4, error: "NO_ACCOUNT" }
const noTokens = { code: 2, error: "OAUTH_TOKEN_ERROR" }

const summary = "name type region status is_active referenced_by_targets user_email project_id project_name origin"
const details = `${summary} default_project username token_source token_expires_at tokens_path last_test`
/** Says what is wrong on stdout, as its result, and nothing on stderr. */
const reported = { result: true, silent: true }
const tested = { fields: "account_name ok user accessible_project_count error error_code error_details", ...reported }
const sessionFields = "account project workspace user headers me_cached"
const statusFields = "account project workspace verified expires_at overrides"
const targetFields = "name account project workspace"
const adding = "account add new --region us -p 1 --type"

const account: ReadonlyArray<Row> = [
  { words: "account list", fields: summary, says: /^NAME .*\n[^]*team .*service_account .*us .*\*/ },
  {
    words: "account list",
    env: { MP_OAUTH_TOKEN: "t", MP_REGION: "us", MP_PROJECT_ID: "1" },
    fields: summary,
    says: /\nenv-oauth-token .* environment\n/
  },
  { words: "account list", files: bridged, fields: summary, says: /\njo .* bridge\n/ },
  { words: "account list", files: {}, says: /\n {2}mp login(\n {2}mp account add [^\n]+){2}/ },
  { words: `${adding} oauth_browser`, says: "Added account 'new' (oauth_browser, us)." },
  { words: `${adding} oauth_browser`, fields: "name", open: true },
  { words: `${adding} oauth_browser`, files: {}, says: "Added account 'new' (oauth_browser, us). Set as active." },
  { words: `${adding} service_account --username u --secret-stdin`, stdin: "s\n", says: "Added account 'new'" },
  { words: `${adding} service_account`, env: { MP_USERNAME: "u", MP_SECRET: "s" }, says: "Added account 'new'" },
  { words: `${adding} oauth_token`, env: { MP_OAUTH_TOKEN: "t" }, says: "Added account 'new'" },
  { words: "account add new --region us --type oauth_token --token-env V", env: { MP_PROJECT_ID: "1" }, says: "Added" },
  { words: "account add team --region us --type oauth_browser", code: 1, error: "ACCOUNT_EXISTS", says: "team" },
  { words: "account add", ...wrong },
  { words: "account add new --region us", ...wrong, says: "--type" },
  { words: "account add new --type oauth_browser", says: /^Added account 'new' \(oauth_browser, us\)\.\n$/ },
  {
    words: "account add new --type oauth_token --token-env V",
    env: { V: "sandbox-bearer-jo" },
    says: "Added account 'new' (oauth_token, us)."
  },
  { words: "account add new --type oauth_token --token-env V", ...wrong, says: "--region us" },
  {
    ...unreachable,
    words: "account add new --type oauth_token --token-stdin",
    stdin: "t",
    error: "OAUTH_NETWORK_UNREACHABLE",
    says: "--region us"
  },
  { words: `${adding} service_account --secret-stdin`, stdin: "s", ...wrong, says: "--username" },
  { words: `${adding} service_account --username u`, ...wrong, says: "--secret-stdin" },
  {
    words: "account add new --region us --type service_account --username u --secret-stdin",
    stdin: "s",
    says: "Added account 'new' (service_account, us)."
  },
  { words: `${adding} oauth_token`, ...wrong, says: "--token-env" },
  { words: `${adding} oauth_token --token-env V --token-stdin`, stdin: "t", ...wrong, says: "--token-stdin" },
  { words: "account update team --region eu", fields: "name changed", says: "region" },
  { words: "account update team -p 5", says: "default_project" },
  { words: "account update team --token-env V", ...wrong, says: "token_env" },
  { words: "account update team", ...wrong },
  { words: "account update nobody --region eu", ...unknown },
  { words: "account remove away", fields: "name", open: true, says: "Removed account 'away'." },
  { words: "account remove team --force", says: /Removed account 'team'[^]*ecom/ },
  { words: "account remove team", code: 1, error: "ACCOUNT_IN_USE", says: "ecom" },
  { words: "account remove nobody", ...unknown },
  { words: "account use inline", fields: "name", open: true, says: "Active account: inline" },
  { words: "account use nobody", ...unknown },
  { words: "account rename team acme", fields: "name renamed_from targets directories", says: /'acme'[^]*ecom/ },
  { words: "account rename team", ...wrong, says: "NEW" },
  { words: "account rename team me", code: 1, error: "ACCOUNT_EXISTS" },
  { words: "account rename nobody acme", ...unknown },
  { words: "account show", fields: details, says: "team" },
  { words: "account show ci", env: { CI_TOKEN: "x" }, fields: details, says: "env:CI_TOKEN" },
  { words: "account show me", says: /token_expires_at: +2036-01-01T12:00:00.000Z \(in [0-9]+ years\)/ },
  { words: "account show nobody", ...unknown },
  { words: "account test", ...tested, says: "team@example.com" },
  { words: "account test away", ...tested, ...noTokens },
  { words: "account test wrong", ...tested, ...refused },
  { words: "account test nobody", ...tested, code: 4, error: "ACCOUNT_NOT_FOUND" },
  { words: "account test", ...tested, ...limited },
  { words: "account test", ...tested, ...unreachable },
  { words: "account login team", ...wrong },
  { words: "account login nobody", ...unknown },
  { words: "account logout me", fields: "name", open: true, says: "me" },
  { words: "account logout away", says: "away" },
  { words: "account logout team", ...wrong },
  { words: "account logout nobody", ...unknown },
  { words: "logout me", fields: "name", open: true, says: "me" },
  { words: "logout", ...wrong },
  { words: "logout", files: bridged, ...wrong, says: "remove-bridge" },
  { words: "logout nobody", ...unknown },
  { words: "account token inline", fields: "account_name type token expires_at", says: /^sandbox-bearer-jo\n$/ },
  { words: "account token", says: /^N\/A\n$/ },
  { words: "account token away", ...noTokens },
  { words: "account token ci", code: 2, says: "CI_TOKEN" },
  { words: "account token nobody", ...unknown },
  { words: "account export-bridge --to b.json", says: /^Wrote bridge: .*b\.json\n.*team/ },
  {
    words: "account export-bridge --to b.json -a me -p 5 -w 6",
    fields: "path version account tokens project workspace headers",
    says: "refresh-capable"
  },
  { words: "account export-bridge --to b.json -a me --no-refresh-token", says: "included (until 2036" },
  { words: "account export-bridge --to b.json -a away", ...noTokens },
  { words: "account export-bridge", ...wrong, says: "--to" },
  { words: "account export-bridge --to b.json -a nobody", ...unknown },
  { words: "account remove-bridge", files: bridged, says: `Removed bridge: ${bridgePath}` },
  { words: "account remove-bridge --at b.json", says: "no bridge" },
  { words: "account remove-bridge", fields: "path removed handed_back_to" }
]

const places: ReadonlyArray<Row> = [
  { words: "project list", fields: "id name organization_id timezone is_active", says: "E-Commerce Demo" },
  { words: "project list --refresh -a bare", says: "3018488" },
  { words: "project list -a wrong", ...refused },
  { words: "project list -a away", ...noTokens },
  { words: "project list", ...noAccount },
  { words: "project use 5", fields: "name", open: true, says: "5" },
  { words: "project use five", ...wrong },
  { words: "project use 5", ...noAccount },
  { words: "project show", fields: "id name organization", says: "3018488" },
  { words: "project show", ...noProjectAt },
  { words: "workspace list", fields: "id name is_default is_active", says: "Growth Team" },
  { words: "workspace list -a wrong", ...refused },
  { words: "workspace list", ...noProjectAt },
  { words: "workspace use 5", fields: "name", open: true, says: "5" },
  { words: "workspace use five", ...wrong },
  { words: "workspace unset", fields: "name workspace changed", says: "no longer pinned" },
  { words: "workspace unset", files: noProject, says: "No workspace is pinned" },
  { words: "workspace show", fields: "id name", says: "3448415" },
  { words: "workspace show", files: noProject, says: "first use" },
  { words: "target list", fields: targetFields, says: /ecom[^]*plain/ },
  { words: "target add x -a team -p 1 -w 2", fields: "name", open: true, says: "x" },
  { words: "target add ecom -a team -p 1", code: 1, error: "TARGET_EXISTS" },
  { words: "target add x -p 1", ...wrong, says: "--account" },
  { words: "target add x -a team", ...wrong, says: "--project" },
  { words: "target add x -a nobody -p 1", ...unknown },
  { words: "target use ecom", fields: "name", open: true, says: /^Active: team → .*3018488.*, workspace 3448414\n$/ },
  { words: "target use plain", says: /^Active: inline → .*3713224/ },
  { words: "target use nothing", code: 4, error: "TARGET_NOT_FOUND" },
  { words: "target use gone", files: orphan, ...unknown },
  { words: "target show ecom", fields: targetFields, says: "3448414" },
  { words: "target show nothing", code: 4, error: "TARGET_NOT_FOUND" },
  { words: "target remove ecom", fields: "name", open: true, says: "ecom" },
  { words: "target remove nothing", code: 4, error: "TARGET_NOT_FOUND" },
  { words: "session", fields: sessionFields, says: "team" },
  { words: "session --explain", fields: `${sessionFields} explain`, says: /active/ },
  { words: "session --bridge", files: bridged, fields: `${sessionFields} bridge`, says: bridgePath },
  { words: "session --bridge", fields: `${sessionFields} bridge` },
  { words: "session", ...noAccount },
  { words: "session", ...noProjectAt, says: "--project ID" },
  { words: "status", fields: statusFields, says: /account +team [^]*\nVerified: [^]*\nExpires: +never/ },
  { words: "status -a me", says: /Expires: +in [0-9]+ years, and is refreshed automatically/ },
  { words: "status -a away", says: /Expires: +there is no login: mp account login away/ },
  { words: "status", files: bridged, says: /account +jo .*auth\.json[^]*Not used, or replaced:\n {2}account team/ },
  { words: "status --check", fields: statusFields, says: /Verified: +by \/me, .* \(now\)/ },
  { words: "status --check -a wrong", fields: statusFields, ...refused, result: true },
  { words: "status --check", ...unreachable, result: true },
  { words: "status", ...noAccount },
  { words: "status", ...noProjectAt },
  { words: "use ecom", fields: "name", open: true, says: /^Active: team → .*3018488.*, workspace 3448414\n$/ },
  { words: "use ecom --here", fields: "name path target account project", says: /^In ~.* and below: target ecom\n$/ },
  { words: "use --here -a team -p 42", fields: "name path target account project", says: "account team, project 42" },
  { words: "use --here", ...wrong, says: "NAME, --account or --project is missing" },
  { words: "use nothing --here", code: 4, error: "TARGET_NOT_FOUND" },
  { words: "use --unset", ...wrong, says: "--unset needs --here" },
  { words: "use ecom --unset --here", ...wrong, says: "whatever it is" },
  { words: "use ecom --here -a team", ...wrong, says: "cannot be combined with --account" },
  { words: "use --here -p 1 -w 2", ...wrong, says: "workspace" },
  { words: "use --unset --here", fields: "name removed paths", says: "Nothing was set for this directory" },
  { words: "use nothing", code: 4, error: "TARGET_NOT_FOUND" }
]

const probing = { MP_USERNAME: username, MP_SECRET: secret }
const segmentation = "query segmentation -e Login --from 2026-04-01 --to 2026-04-02"

const calls: ReadonlyArray<Row> = [
  {
    words: "login",
    files: {},
    env: probing,
    fields: "account_name type region user project is_new tokens_path",
    says: "Logged in as team@example.com → acme-corp · E-Commerce Demo (3018488)"
  },
  { words: "login --name x -p 3713224 --region us", files: {}, env: probing, says: "→ x · AI Demo (3713224)" },
  { words: "login --token-env V", files: {}, env: { V: "sandbox-bearer-jo" }, says: "jo@example.com → acme-corp" },
  { words: "login", files: {}, env: { ...probing, MP_SECRET: "wrong" }, code: 2, error: "OAUTH_REGION_PROBE_FAILED" },
  { words: "login --service-account", files: {}, ...wrong, says: "MP_USERNAME" },
  { words: "api /api/app/me", fields: "status results", says: "team@example.com" },
  { words: "api /api/app/projects/{project_id}/annotations --paginate", says: /^\{.*\}\n\{.*\}\n/ },
  { words: "api /api/app/me -a wrong", ...refused, result: true },
  { words: "api /api/app/me", faults: status(403), ...refused, result: true },
  { words: "api https://evil.example/api/app/me", ...wrong },
  { words: "api /nowhere", ...wrong, says: "--family" },
  { words: "api /api/app/me", faults: status(404), code: 4, error: "QUERY_FAILED", result: true },
  { words: "api /api/app/me", ...limited, result: true },
  { words: "api /api/app/me", ...unreachable },
  { words: "api /api/app/me", faults: status(400), code: 1, error: "QUERY_FAILED", result: true },
  { words: segmentation, fields: "data legend_size", says: "series" },
  { words: "query segmentation -e Login", ...wrong, says: "--from" },
  { words: `${segmentation} -a wrong`, ...refused },
  { words: segmentation, ...limited },
  { words: segmentation, ...noAccount },
  { words: "inspect events", says: "Login" },
  { words: "inspect events -a wrong", ...refused },
  { words: "config path", fields: "path", says: `${configPath}\n` },
  { words: "config show", says: /secret = "\*+/ },
  { words: "config set custom_header.name X-Cluster", fields: "name value", says: "Set custom_header.name.\n" },
  { words: "config set custom_header.name X:Y", ...wrong, says: "HTTP header name" },
  { words: "config set custom_header.value v", ...wrong, says: "--secret-stdin" },
  { words: "config set custom_header.value --secret-stdin", stdin: "v\n", ...wrong, says: "custom_header.name NAME" },
  { words: "config set project_secret --secret-stdin", stdin: "s\n", fields: "name value", says: "project_secret" },
  { words: "config set projects.5.token --secret-stdin", stdin: "s\n", says: "Set projects.5.token" },
  { words: "config set custom_header.name", ...wrong, says: "VALUE" },
  { words: "config set accounts.team.secret s", ...wrong, says: "--secret-stdin team" },
  { words: "config set accounts.team.default_project 1", ...wrong, says: "mp project use" },
  { words: "config set active.workspace 1", ...wrong, says: "mp workspace use ID" },
  { words: "config set colour red", ...wrong, says: "custom_header.name" },
  { words: "config unset custom_header.name", fields: "name changed", says: "is not set" },
  { words: "config unset colour", ...wrong },
  { words: "config check", says: "no problems" },
  { words: "config check", files: broken, code: 1, fields: "line column key problem fix", ...reported },
  { words: "account list", files: { [configPath]: "[accounts" }, code: 1, error: "CONFIG_ERROR", says: "config.toml" },
  { words: "config migrate", files: legacy, says: ".legacy" },
  {
    words: "config migrate --dry-run",
    files: legacy,
    fields: "path from migrated dry_run legacy steps not_taken_over tokens tokens_left notes accounts targets config"
  },
  { words: "help environment", fields: "name meaning", says: /MP_PROJECT_ID +project; overrides --project/ },
  { words: "help exit-codes", fields: "code meaning errors", says: /\n75 +temporary, .*NETWORK_ERROR/ },
  { words: "help files", fields: "what path moved_by", says: /config\.toml +MP_CONFIG_PATH/ },
  { words: "help formatting", fields: "name meaning", says: /\ncsv / },
  { words: "help precedence", fields: "name meaning", says: /environment [^]*flag [^]*target [^]*bridge [^]*active / },
  { words: "help", says: "LEARN MORE" },
  { words: "help account rename", says: "USAGE\n  mp account rename OLD NEW" },
  { words: "help enviroment", ...wrong, says: "Did you mean 'environment'?" },
  { words: "completions bash", says: "complete" },
  { words: "completions zsh", says: "compdef" },
  { words: "completions fish", says: "complete" },
  { words: "completions tcsh", ...wrong },
  { words: "account lits", ...wrong, says: "Did you mean 'list'?" },
  { words: "session extra", ...wrong },
  { words: "-t ecom -p 5 session", ...wrong, says: "--target" },
  { words: "session", env: { MP_ACCOUNT: "team", MP_TARGET: "ecom" }, ...wrong, says: /MP_ACCOUNT[^]*MP_TARGET/ },
  { words: "session", env: { MP_REGION: "mars" }, code: 1, error: "CONFIG_ERROR", says: "MP_REGION" }
]

/** Commands that the page of the contract does not have. */
const beyond: ReadonlyArray<Row> = [
  { words: "doctor --offline", files: noProject, fields: "healthy findings sound" },
  { words: "doctor --offline", files: broken, code: 1, fields: "healthy findings sound", ...reported },
  { words: "doctor --offline --report", files: noProject, fields: "report" },
  { words: "credential get --protocol headers", says: "Authorization" },
  { words: "audit", files: recorded, fields: "at event account program pid fingerprint rule" },
  { words: "env", says: "MP_PROJECT_ID" },
  { words: "env --shell zsh", says: "export MP_PROJECT_ID='3018488'" },
  { words: "env --shell sh", says: "export MP_PROJECT_ID='3018488'" },
  { words: "env", ...noAccount }
]

const sections = { account, places, calls, beyond }

/** Those of a store are played by storeCommands.test.ts on real engines. */
const ofStore = ["store status", "store import", "store export", "store reseal"]

/** Commands that only processes can run, each below. */
const elsewhere = ["account login", "broker run", "broker serve", "cache warm", "exec", ...ofStore]

let sandbox: SandboxServer
let close = Effect.void

beforeAll(() =>
  Effect.runPromise(
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      sandbox = yield* Scope.extend(start({ oauth: false }), scope)
      close = Scope.close(scope, Exit.void)
    })
  )
)
afterAll(() => Effect.runPromise(close))

const played = (row: Row, ...more: ReadonlyArray<string>): Effect.Effect<FullOutcome> =>
  Effect.gen(function* () {
    yield* sandbox.clearScript
    yield* sandbox.script(...(row.faults ?? []))
    return yield* runHere([...row.words.split(" "), ...more], {
      files: row.files ?? usual,
      env: { ...sandbox.environment, ...row.env },
      ...(row.stdin === undefined ? {} : { stdin: row.stdin })
    })
  })

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const recordsOf = (stdout: string): ReadonlyArray<unknown> => {
  const value: unknown = JSON.parse(stdout)
  return Array.isArray(value) ? value : [value]
}

const checkFields = ({ fields = "", open = false }: Row, stdout: string) => {
  const expected = fields.split(" ")
  const records = recordsOf(stdout)
  expect(records).not.toEqual([])
  for (const one of records) {
    const names = isRecord(one) ? Object.keys(one) : [`no record: ${JSON.stringify(one)}`]
    expect((open ? names.filter((name) => expected.includes(name)) : names).sort()).toEqual(expected.sort())
  }
}

const checkSays = (text: string, says: Row["says"] = "") =>
  typeof says === "string" ? expect(text).toContain(says) : expect(text).toMatch(says)

/** The last line of stderr, which is one object and nothing else. */
const errorOf = (stderr: string): Readonly<Record<string, unknown>> => {
  const value: unknown = JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "")
  if (!isRecord(value) || !isRecord(value["error"])) throw new Error(stderr)
  expect(Object.keys(value)).toEqual(["error"])
  return value["error"]
}

const checkError = (row: Row, error: Readonly<Record<string, unknown>>) => {
  expect(Object.keys(error).sort()).toEqual(["code", "details", "hints", "message"])
  if (row.error !== undefined) expect(error["code"]).toBe(row.error)
  checkSays(JSON.stringify(error), row.says)
}

const checkFailure = (row: Row) =>
  Effect.gen(function* () {
    const { code, stderr, stdout } = yield* played(row, "--format", "json")
    expect({ code, stderr }).toEqual({ code: row.code, stderr })
    if (row.silent === true) expect(stderr).toBe("")
    else checkError(row, errorOf(stderr))
    if (row.result === true) expect(stdout).not.toBe("")
    else expect(stdout).toBe("")
    if (row.fields !== undefined) checkFields(row, stdout)
  })

const checkSuccess = (row: Row) =>
  Effect.gen(function* () {
    if (row.fields !== undefined) {
      const asked = yield* played(row, "--format", "json")
      expect(asked).toMatchObject({ code: 0 })
      checkFields(row, asked.stdout)
    }
    if (row.says === undefined) return
    const { code, stderr, stdout } = yield* played(row)
    expect({ code, stderr }).toEqual({ code: 0, stderr })
    checkSays(stdout, row.says)
  })

const titled = (rows: ReadonlyArray<Row>) =>
  rows.map((row, index) => ({ title: `${index + 1}. mp ${row.words} → ${row.code ?? 0}`, row }))

describe.each(Object.entries(sections))("%s", (_, rows) => {
  it.live.each(titled(rows))("$title", ({ row }) => ((row.code ?? 0) === 0 ? checkSuccess(row) : checkFailure(row)))
})

const commandsOf = (spec: Facts, path: ReadonlyArray<string> = []): ReadonlyArray<string> =>
  spec.kind === "command"
    ? [path.join(" ")]
    : spec.children.flatMap((child) => commandsOf(child, [...path, child.name]))

describe("every command of the tree", () => {
  const commands = commandsOf(facts)

  it("has a row that succeeds", () => {
    const rows = Object.values(sections).flat()
    const succeeds = (command: string) =>
      rows.some(({ code = 0, words }) => code === 0 && `${words} `.startsWith(`${command} `))
    expect(commands.filter((command) => !elsewhere.includes(command) && !succeeds(command))).toEqual([])
    expect(elsewhere.filter((command) => !commands.includes(command))).toEqual([])
  })

  it.live.each(commands)("mp %s --no-such-flag → 3, and its own usage", (words) =>
    Effect.gen(function* () {
      const row = { words: `${words} --no-such-flag`, ...wrong }
      yield* checkFailure(row)
      const { stderr } = yield* played(row, "--format", "json")
      expect(errorOf(stderr)["details"]).toMatchObject({ usage: expect.stringContaining(`mp ${words}`) })
    })
  )
})

/** A home with an account that nobody has logged in to, and a server where somebody can. */
const person = Effect.gen(function* () {
  const { environment: env } = yield* start({ oauth: true })
  const config = `[accounts.me]\ntype = "oauth_browser"\nregion = "us"\n`
  return { home: yield* makeHome({ ".mp/config.toml": config }), env }
})

describe("in processes of their own", () => {
  it.scopedLive("mp account login: → 0, and the fields of its record", () =>
    Effect.gen(function* () {
      const options = yield* person
      const login = yield* startMp(["account", "login", "me", "--no-browser", "--format", "json"], options)
      const [url] = yield* login.said(/https?:\/\/\S+\/oauth\/authorize\/[^\s"]+/)
      yield* login.type(`${yield* redirectOf(url)}\n`)
      const { code, stdout } = yield* login.ended
      expect(code).toBe(0)
      checkFields({ words: "", fields: "account_name user expires_at tokens_path client_path" }, stdout)
    })
  )

  it.scopedLive("mp account login: nobody comes → 2", () =>
    Effect.gen(function* () {
      const options = yield* person
      const words = ["account", "login", "me", "--no-browser", "--timeout", "1", "--format", "json"]
      const { code, stderr } = yield* runMp(words, options)
      expect([code, errorOf(stderr)["code"]]).toEqual([2, "OAUTH_TIMEOUT"])
    })
  )

  it.scopedLive("mp exec: the exit code of the program; without a session → 4", () =>
    Effect.gen(function* () {
      const directory = yield* makeHome({ ".mp/config.toml": config })
      const ran = yield* runMp(["exec", "--", "sh", "-c", "echo $MP_PROJECT_ID; exit 7"], { home: directory })
      expect(ran).toMatchObject({ code: 7, stdout: "3018488\n" })
      expect((yield* runMp(["exec", "--", "true"], { home: yield* makeHome() })).code).toBe(4)
    })
  )
})
