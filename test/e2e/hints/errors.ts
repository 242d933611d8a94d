/** For every class of error: a fault that shows it, and how what a hint leaves to the person is answered. */
import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { SandboxFault } from "#src/layers/sandbox/Sandbox.ts"

export interface Recipe {
  readonly of: string
  readonly says: string
  /** The code that is told, where that is not the one of the class: an account's tokens are told of as those. */
  readonly code?: string
  /** The command that shows the fault, and that works once it is gone. */
  readonly shows: string
  readonly config?: string
  readonly env?: Readonly<Record<string, string>>
  readonly plant?: (home: string) => unknown
  readonly faults?: ReadonlyArray<SandboxFault>
  readonly oauth?: boolean
  readonly answers?: ReadonlyArray<readonly [RegExp, string]>
  /** What works afterwards, where that is another command. */
  readonly works?: string
  /** Hints that are not run, because they answer another wish. */
  readonly leaves?: ReadonlyArray<RegExp>
  /** What the line runs in, such as a mount of its own. */
  readonly inside?: (line: string) => string
}

const events = "/api/query/events"
const configOf = (home: string) => join(home, ".mp/config.toml")
const soon: readonly [RegExp, string] = [/sleep \d+/, "sleep 0"]

const tokensFile = (home: string, changes: Readonly<Record<string, unknown>>) => {
  mkdirSync(join(home, ".mp/accounts/me"), { recursive: true, mode: 0o700 })
  chmodSync(join(home, ".mp/accounts"), 0o700)
  const text = JSON.stringify({
    access_token: "a",
    expires_at: "2020-01-01T00:00:00+00:00",
    token_type: "Bearer",
    scope: "",
    refresh_token: "r",
    client_id: "c",
    ...changes
  })
  writeFileSync(join(home, ".mp/accounts/me/tokens.json"), text, { mode: 0o600 })
}

/** Classes of which no hint is run here, and why. */
export const notMended: Readonly<Record<string, string>> = {
  BrokerNotListening: "a broker that answers until it is ended; it is run in test/e2e/broker.test.ts",
  BudgetSpent: "the command itself, which waits; it is pasted in test/e2e/queryBudget.test.ts",
  LockLost: "no hint but the command itself",
  MintedElsewhere: "mp tells of it as OAuthWrongOrigin",
  OAuthRequestFailed: "mp tells of it as OAuthRefreshError, or as the error of a login",
  StorageError: "no command stores anything on an engine yet; its hints are in test/layers/storage/badInput.test.ts",
  Superseded: "no hint but the command itself",
  Claimed: "no hint but the command itself",
  OutputWriteError: "no hint: the message says what is the matter",
  OAuthTokensLost: "its hints are those of FileError and OAuthTokenError",
  OAuthPortError: "the command itself with --no-browser, which waits for a person",
  OAuthBrowserError: "the command itself with --no-browser, which waits for a person",
  OAuthPasteError: "no hint but the command itself",
  OAuthStateMismatch: "no hint but the command itself"
}

const ruled = '[[directories]]\npath = "/"\n'

const bySource = (type: string, source: string) =>
  `[active]\naccount = "team"\n[accounts.team]\nregion = "us"\ndefault_project = "3018488"\n${type}\n[settings.credential_commands.team]\n${source}\n`

export const recipes: ReadonlyArray<Recipe> = [
  {
    of: "CredentialSourceFailed",
    says: "a command that is not there",
    shows: "mp env",
    config: bySource('type = "service_account"\nusername = "u"\nsecret = ""', 'secret = ["no-such-program"]')
  },
  {
    of: "CredentialSourceFailed",
    says: "a command that takes too long",
    shows: "mp env",
    config: bySource(
      'type = "service_account"\nusername = "u"\nsecret = ""',
      'secret = ["sleep", "60"]\ntimeout = 0.1'
    ),
    leaves: [/^mp env/]
  },
  {
    of: "CredentialSourceFailed",
    says: "a file that others can write",
    shows: "mp env",
    config: bySource('type = "oauth_token"\ntoken_env = "NOBODY"', 'token_file = "~/bearer"'),
    plant: (home) => {
      writeFileSync(join(home, "bearer"), "abc")
      chmodSync(join(home, "bearer"), 0o622)
    }
  },
  {
    of: "FileError",
    says: "an open configuration",
    shows: "mp session",
    plant: (home) => chmodSync(configOf(home), 0o644)
  },
  {
    of: "FileError",
    says: "a linked configuration",
    shows: "mp session",
    plant: (home) => {
      renameSync(configOf(home), join(home, "it's real.toml"))
      symlinkSync(join(home, "it's real.toml"), configOf(home))
    }
  },
  {
    of: "FileError",
    says: "a linked ~/.mp",
    shows: "mp session",
    plant: (home) => {
      renameSync(join(home, ".mp"), join(home, "dot files"))
      symlinkSync(join(home, "dot files"), join(home, ".mp"))
    }
  },
  {
    of: "FileError",
    says: "tokens that are open",
    code: "OAUTH_TOKEN_ERROR",
    shows: "mp account token me",
    plant: (home) => {
      tokensFile(home, { expires_at: "2036-01-01T00:00:00+00:00" })
      chmodSync(join(home, ".mp/accounts/me/tokens.json"), 0o644)
    }
  },
  {
    of: "FileError",
    says: "tokens that are a link into a mounted secret",
    code: "OAUTH_TOKEN_ERROR",
    shows: "mp account token me",
    plant: (home) => {
      tokensFile(home, { expires_at: "2036-01-01T00:00:00+00:00" })
      const path = join(home, ".mp/accounts/me/tokens.json")
      renameSync(path, join(home, "..data"))
      chmodSync(join(home, "..data"), 0o644)
      symlinkSync(join(home, "..data"), path)
    }
  },
  { of: "ConfigError", says: "no TOML", shows: "mp session", config: "a = = 1\n" },
  { of: "ConfigError", says: "a malformed variable", shows: "mp session", env: { MP_PROJECT_ID: "x" } },
  {
    of: "ConfigError",
    says: "a version of long ago",
    shows: "mp session",
    config: 'default = "a"\n[accounts.a]\nusername = "u"\nsecret = "s"\nproject_id = "1"\nregion = "us"\n'
  },
  {
    of: "InvalidArgument",
    says: "a project that is no number",
    shows: "mp project use x",
    works: "mp session",
    answers: [[/ID/, "3018488"]]
  },
  { of: "AccountNotFound", says: "a slip", shows: "mp session -a temm" },
  { of: "AccountNotFound", says: "a variable of nobody", shows: "mp session", env: { MP_ACCOUNT: "nobody" } },
  {
    of: "AccountExists",
    says: "a name that is taken",
    shows: "mp account add team --type oauth_browser --region us",
    works: "mp session"
  },
  {
    of: "AccountInUse",
    says: "a target's account",
    shows: "mp account remove team",
    works: "mp account remove team; ! mp account show team"
  },
  {
    of: "AccountInUse",
    says: "a rule's account",
    shows: "mp account remove me",
    config: `${ruled}account = "me"\n[accounts.me]\ntype = "oauth_browser"\nregion = "us"\n`,
    works: "! mp account show me"
  },
  {
    of: "TargetNotFound",
    says: "a rule that names what is gone",
    shows: "mp session",
    config: `${ruled}target = "gone"\n`
  },
  {
    of: "AccountNotFound",
    says: "a rule that names what is gone",
    shows: "mp session",
    config: `${ruled}account = "gone"\n`
  },
  { of: "ConfigError", says: "a rule that says nothing", shows: "mp session", config: ruled },
  {
    of: "ConfigError",
    says: "a rule, and a directory that was removed",
    shows: "mp session",
    config: `${ruled.replace('"/"', '"/none"')}target = "ecom"\n[active]\naccount = "team"\n[accounts.team]\ntype = "service_account"\nregion = "us"\ndefault_project = "3018488"\nusername = "u"\nsecret = "s"\n`,
    inside: (line) => `mkdir gone && cd gone && rmdir ../gone\n${line}`
  },
  { of: "TargetNotFound", says: "a slip", shows: "mp session -t ecmo" },
  {
    of: "TargetExists",
    says: "a name that is taken",
    shows: "mp target add ecom --account team --project 3018488",
    works: "mp session"
  },
  {
    of: "NoAccount",
    says: "nobody is active",
    shows: "mp session",
    config:
      '[accounts.team]\ntype = "service_account"\nregion = "us"\ndefault_project = "3018488"\nusername = "u"\nsecret = "s"\n[targets.ecom]\naccount = "team"\nproject = "3018488"\n',
    answers: [
      [/target use NAME/, "target use ecom"],
      [/use NAME/, "use team"],
      [/team --type/, "other --project 1 --secret-stdin --type"],
      [/^mp account add/, 'printf %s "$SECRET" | mp account add'],
      [/=ID/, "=3018488"]
    ],
    leaves: [/^mp login$/, /^mp account add/]
  },
  {
    of: "NoProject",
    says: "an account without one",
    shows: "mp session -a me",
    answers: [
      [/--project ID|=ID/, "--project 3018488"],
      [/MP_PROJECT_ID--project /, "MP_PROJECT_ID="],
      [/target NAME/, "target ecom"]
    ],
    leaves: [/^MP_PROJECT_ID/]
  },
  { of: "OAuthTokenError", says: "nobody is logged in", shows: "mp account token me", oauth: true },
  { of: "OAuthTokenError", says: "an unset variable", shows: "mp account token ci" },
  {
    of: "OAuthRefreshRevoked",
    says: "a dead login",
    shows: "mp account token me",
    oauth: true,
    plant: (home) => tokensFile(home, {}),
    faults: [{ path: "/oauth/token", status: 400, body: { error: "invalid_grant" } }]
  },
  {
    of: "OAuthRefreshError",
    says: "a server out of order",
    shows: "mp account token me",
    oauth: true,
    plant: (home) => tokensFile(home, {}),
    faults: [{ path: "/oauth/token", status: 400, body: { error: "invalid_client" } }]
  },
  {
    of: "OAuthWrongOrigin",
    says: "a login from elsewhere",
    shows: "mp account token me",
    oauth: true,
    plant: (home) => tokensFile(home, { origin: "https://gateway.example.org" }),
    leaves: [/^export MP_API_BASE_URL/]
  },
  {
    of: "AuthenticationFailed",
    says: "a refused secret",
    shows: "mp inspect events",
    config:
      '[accounts.team]\ntype = "service_account"\nregion = "us"\ndefault_project = "3018488"\nusername = "team.292e7c.mp-service-account"\nsecret = "wrong"\n[active]\naccount = "team"\n'
  },
  {
    of: "AuthenticationFailed",
    says: "a project of others",
    shows: "mp inspect events -p 4100077",
    answers: [[/ID/, "3018488"]]
  },
  { of: "QueryRejected", says: "a path that is not there", shows: "mp api /api/app/nope", works: "true" },
  {
    of: "RateLimited",
    says: "too often",
    shows: "mp inspect events",
    faults: [{ path: events, status: 429, headers: { "retry-after": "0" }, times: 4 }],
    answers: [soon]
  },
  {
    of: "ServerFailed",
    says: "a server out of order",
    shows: "mp inspect events",
    faults: [{ path: events, status: 503, times: 4 }],
    answers: [soon]
  },
  {
    of: "NetworkFailed",
    says: "an address where nobody is",
    shows: "mp inspect events",
    env: { MP_API_BASE_URL: "http://127.0.0.1:9" },
    works: 'test -z "$MP_API_BASE_URL"',
    leaves: [/^mp /]
  },
  {
    of: "OAuthRegionProbeFailed",
    says: "a wrong secret",
    shows: "mp login --name new",
    env: { MP_USERNAME: "team.292e7c.mp-service-account", MP_SECRET: "wrong" }
  },
  {
    of: "CommandNotStarted",
    says: "a script that may not be run",
    code: "INVALID_ARGUMENT",
    shows: "mp --format json exec ./report",
    plant: (home) => writeFileSync(join(home, "report"), "#!/bin/sh\ntrue\n", { mode: 0o644 }),
    env: {}
  }
]
