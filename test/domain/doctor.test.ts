/** From facts to findings, and from findings to what may be published. */
import { command } from "#src/domain/hints/Command.ts"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { noBridges } from "#src/domain/session/BridgeFile.ts"
import { OAuthBrowserAccount, OAuthTokenAccount } from "#src/domain/account/Account.ts"
import { catalogue } from "#src/domain/doctor/catalogue.ts"
import { areas } from "#src/domain/doctor/Kind.ts"
import { examine, isHealthy, passedChecks } from "#src/domain/doctor/examine.ts"
import type { AccountFacts, Facts, LoginFacts } from "#src/domain/doctor/Facts.ts"
import { account, file, type Finding, finding, host, isFixable, target, variable } from "#src/domain/doctor/Finding.ts"
import { report } from "#src/domain/doctor/report.ts"
import { ConfigError, FileError } from "#src/domain/errors.ts"
import { noDirectories } from "#src/domain/session/DirectorySources.ts"
import { AccountName, ProjectId } from "#src/domain/account/identifiers.ts"
import { decodeMe } from "#src/domain/api/Me.ts"
import { OAuthTokens } from "#src/domain/oauth/OAuthTokens.ts"

const path = "/home/p/.mp/config.toml"
const now = Date.parse("2026-04-22T12:00:00Z")

const config = (text: string): Facts["config"] => ({ path, named: false, content: Either.right(Option.some(text)) })

const one = '[accounts.me]\ntype = "oauth_browser"\nregion = "eu"\ndefault_project = "1"\n'

const sound: Facts = {
  now,
  platform: "linux",
  variables: () => Option.none(),
  config: config(`${one}[active]\naccount = "me"\nworkspace = 2\n`),
  rules: noDirectories,
  accounts: [],
  directories: [],
  files: [],
  leftovers: [],
  locks: [],
  orphans: [],
  missingCertificates: Option.none(),
  audit: Option.none(),
  store: Option.none(),
  bridge: { sources: noBridges, found: Option.none(), inWorkingDirectory: false },
  network: []
}

const engine = { engine: "Redis 7.2", persistence: "appendonly yes", eviction: "noeviction", replicas: 0, entries: [] }

/** A store whose engine has another clock than this machine. */
const apart = (ahead: number): Partial<Facts> => ({
  store: Option.some({
    shown: "redis://cache",
    keys: ["k1"],
    replicas: 0,
    outcome: Either.right({ report: engine, ahead })
  })
})

const variables =
  (values: Readonly<Record<string, string>>): Facts["variables"] =>
  (name) =>
    Option.fromNullable(values[name])

const me = new OAuthBrowserAccount({
  name: AccountName.make("me"),
  region: "eu",
  defaultProject: Option.some(ProjectId.make("1"))
})

const tokens = (expiresInSeconds: number, more: Partial<Pick<OAuthTokens, "refreshToken" | "clientId">> = {}) =>
  new OAuthTokens({
    accessToken: Redacted.make("access"),
    expiresAt: Option.some(now + expiresInSeconds * 1000),
    tokenType: "Bearer",
    scope: "",
    ...more
  })

const refreshable = { refreshToken: Option.some(Redacted.make("refresh")) }

const login = (changes: Partial<LoginFacts>): Partial<Facts> => ({
  accounts: [
    {
      account: me,
      login: Option.some({
        tokens: Either.right(Option.none()),
        refused: false,
        dead: false,
        registered: true,
        clientTrouble: Option.none(),
        ...changes
      }),
      me: Option.none(),
      lastCheck: Option.none()
    }
  ]
})

const holding = (held: OAuthTokens, changes: Partial<LoginFacts> = {}) =>
  login({ tokens: Either.right(Option.some(held)), ...changes })

const seeing = (...domains: ReadonlyArray<string>): Partial<Facts> => {
  const projects = Object.fromEntries(
    domains.map((domain, index) => [String(index + 1), { name: "P", organization_id: 1, domain }])
  )
  const seen: AccountFacts = {
    account: me,
    login: Option.none(),
    lastCheck: Option.none(),
    me: Either.getRight(decodeMe({ user_id: 1, projects }))
  }
  return { accounts: [seen] }
}

const answered = (ahead: number, status = 200): Facts["network"][number] => ({
  url: "https://mixpanel.com/api/app",
  outcome: Either.right({ status, ahead: Option.some(ahead) })
})

const broken = (problem: FileError["problem"]): Facts["config"] => ({
  path,
  named: false,
  content: Either.left(new FileError({ path, problem, reason: "cannot be used", fix: command`ls -la` }))
})

const directory = (mode: number, more: Partial<Facts["directories"][number]> = {}): Partial<Facts> => ({
  directories: [{ path: "/home/p/.mp", kind: "directory", mode, own: true, named: false, ...more }]
})

const stored = (mode: number, more: Partial<Facts["files"][number]> = {}): Partial<Facts> => ({
  files: [{ path: "/home/p/.mp/accounts/me/tokens.json", kind: "file", mode, own: true, ...more }]
})

const lock = (state: Facts["locks"][number]["state"], stopped = false): Partial<Facts> => ({
  locks: [{ path: "/home/p/.mp/.config.toml.lock.d", state, holder: { pid: 7, here: state !== "unknown", stopped } }]
})

const bridgePath = "/home/p/.claude/mixpanel/auth.json"
const unusable = new ConfigError({ message: "The bridge cannot be used.", hints: [command`rm it`] })

const brokenBridge = Option.some({ path: bridgePath, content: Either.left(unusable) })
const bridge = (changes: Partial<Facts["bridge"]>, mode = 0o600): Partial<Facts> => ({
  bridge: {
    sources: { ...noBridges, chosen: brokenBridge },
    found: Option.some({ path: bridgePath, kind: "file", mode, own: true }),
    inWorkingDirectory: false,
    ...changes
  }
})

const token = new OAuthTokenAccount({
  name: AccountName.make("ci"),
  region: "us",
  tokenEnv: Option.some("CI_TOKEN")
})

const ci: Partial<Facts> = {
  accounts: [{ account: token, login: Option.none(), me: Option.none(), lastCheck: Option.none() }]
}

const table: ReadonlyArray<readonly [says: string, facts: Partial<Facts>, finds: ReadonlyArray<string>]> = [
  ["a sound home", {}, []],
  [
    "no configuration",
    { config: { path, named: false, content: Either.right(Option.none()) } },
    ["nothing-configured"]
  ],
  ["an open configuration", { config: broken("wide_mode") }, ["config-not-private +"]],
  ["a linked one", { config: broken("symlink") }, ["config-link"]],
  ["a directory in its place", { config: broken("not_a_file") }, ["config-unreadable"]],
  ["no TOML", { config: config("a = = 1") }, ["config-not-toml"]],
  ["a byte-order mark", { config: config("\uFEFF") }, ["config-byte-order-mark +"]],
  ["version 2", { config: config("config_version = 2") }, ["config-old-format"]],
  [
    "a named one that is not there",
    { config: { path, named: true, content: Either.right(Option.none()) } },
    ["config-missing", "nothing-configured"]
  ],
  ["a project's secret", { config: config(`${one}[settings]\nproject_secret = 5`) }, ["project-credential-broken"]],
  ["a broken section", { config: config("targets = 1") }, ["section-broken"]],
  ["an unknown active key", { config: config(`${one}[active]\nproject = "1"`) }, ["active-broken"]],
  ["a dangling account", { config: config('[active]\naccount = "me"') }, ["active-account-dangling +"]],
  ["a dangling target", { config: config('[targets.t]\naccount = "me"\nproject = "1"') }, ["target-account-dangling"]],
  ["a workspace alone", { config: config("[active]\nworkspace = 5") }, ["workspace-never-counts +"]],
  ["never logged in", login({}), ["not-logged-in"]],
  ["refused tokens are told as files", login({ tokens: Either.left(unusable), refused: true }), []],
  ["malformed tokens", login({ tokens: Either.left(unusable) }), ["tokens-malformed"]],
  ["fresh tokens", holding(tokens(3600)), []],
  ["tokens in their last seconds", holding(tokens(29)), ["tokens-expired"]],
  ["expired, refreshable", holding(tokens(-10, refreshable)), []],
  ["dead", holding(tokens(-10, refreshable), { dead: true }), ["refresh-token-dead"]],
  ["no registration", holding(tokens(-10, refreshable), { registered: false }), ["registration-missing"]],
  [
    "no registration, client known",
    holding(tokens(-10, { ...refreshable, clientId: Option.some("c") }), { registered: false }),
    []
  ],
  ["an unset variable", ci, ["token-variable-unset"]],
  ["a set variable", { ...ci, variables: variables({ CI_TOKEN: "t" }) }, []],
  ["the right region", seeing("eu.mixpanel.com"), []],
  ["another region", seeing("in.mixpanel.com"), ["region-mismatch"]],
  ["its own project decides", seeing("mixpanel.com", "eu.mixpanel.com"), ["region-mismatch"]],
  ["an unknown domain", seeing("example.com"), []],
  ["a private directory", directory(0o700), []],
  ["an open directory", directory(0o750), ["directory-not-private +"]],
  ["an open directory that was named", directory(0o755, { named: true }), ["directory-not-private"]],
  ["an open directory of another user", directory(0o755, { own: false }), ["directory-not-private"]],
  ["private tokens", stored(0o600), []],
  ["open tokens", stored(0o604), ["tokens-not-private +"]],
  ["an open cache", stored(0o640, { path: "/home/p/.mp/accounts/me/me.json" }), ["file-not-private +"]],
  ["somebody else's tokens", stored(0o600, { own: false }), ["file-unusable"]],
  ["a linked directory", directory(0o777, { kind: "link" }), ["file-unusable"]],
  ["a linked directory that was named", directory(0o777, { kind: "link", named: true }), []],
  ["linked tokens", stored(0o777, { kind: "link" }), ["file-unusable"]],
  [
    "leftovers",
    { leftovers: ["/a"], locks: [{ path: "/b", state: "dead", holder: null }], orphans: ["/c"] },
    ["leftover +", "stale-lock +", "orphaned-directory"]
  ],
  ["a lock that is held", lock("alive"), ["lock-held"]],
  ["a lock that a stopped process holds", lock("alive", true), ["lock-held +"]],
  ["a lock held elsewhere", lock("unknown"), ["lock-held +"]],
  ["a lock without a token", lock("empty"), ["stale-lock +"]],
  ["a link for a lock", lock("blocked"), ["lock-blocked"]],
  [
    "malformed variables",
    { variables: variables({ MP_REGION: "EU", MP_WORKSPACE_ID: "0" }) },
    ["variable-malformed", "variable-malformed"]
  ],
  [
    "a malformed header",
    { variables: variables({ MP_CUSTOM_HEADER_NAME: "a b", MP_CUSTOM_HEADER_VALUE: "v" }) },
    ["variable-malformed"]
  ],
  ["half a credential", { variables: variables({ MP_USERNAME: "u" }) }, ["credential-partial"]],
  [
    "half a credential below a whole one",
    { variables: variables({ MP_USERNAME: "u", MP_OAUTH_TOKEN: "t", MP_REGION: "us", MP_PROJECT_ID: "9" }) },
    ["credential-partial", "account-shadowed"]
  ],
  ["the same project", { variables: variables({ MP_PROJECT_ID: "1" }) }, []],
  ["another project", { variables: variables({ MP_PROJECT_ID: "9" }) }, ["project-shadowed"]],
  ["another workspace", { variables: variables({ MP_WORKSPACE_ID: "9" }) }, ["workspace-shadowed"]],
  [
    "both names",
    { variables: variables({ MP_ACCOUNT: "me", MP_TARGET: "t" }) },
    ["account-and-target-set", "name-unknown"]
  ],
  [
    "an address with a password",
    { variables: variables({ MP_API_BASE_URL: "https://u:p@h.example" }) },
    ["address-unsafe"]
  ],
  ["a loopback address", { variables: variables({ MP_API_BASE_URL: "http://localhost:1" }) }, ["address-moved"]],
  ["proxies", { variables: variables({ http_proxy: "proxy:3128", ALL_PROXY: "ftp://proxy" }) }, ["proxy-unusable"]],
  ["no certificates", { missingCertificates: Option.some("/ca.pem") }, ["certificates-missing"]],
  [
    "no bridge where one is named",
    { bridge: { ...sound.bridge, sources: { ...noBridges, missing: Option.some("/b") } } },
    ["bridge-missing"]
  ],
  ["an open bridge", bridge({}, 0o644), ["bridge-not-private +"]],
  [
    "an open bridge in the working directory, named by the variable",
    bridge({ inWorkingDirectory: true }, 0o644),
    ["bridge-here-not-private"]
  ],
  [
    "a broken bridge in the working directory, passed over",
    { bridge: { ...sound.bridge, sources: { ...noBridges, here: brokenBridge } } },
    ["bridge-here"]
  ],
  ["a broken bridge", bridge({}), ["bridge-broken"]],
  ["30 s", { network: [answered(30_000), answered(-30_000)] }, []],
  ["31 s", { network: [answered(31_000)] }, ["clock-skewed"]],
  ["5 min", { network: [answered(-300_000)] }, ["clock-skewed"]],
  ["more", { network: [answered(-301_000)] }, ["clock-far-off"]],
  ["a stale cache on the way", { network: [answered(900_000), answered(100)] }, []],
  ["503", { network: [answered(0, 503)] }, ["server-trouble"]],
  ["an engine with the same clock", apart(29_000), []],
  ["an engine with another clock", apart(-31_000), ["store-clock-differs"]],
  ["401 is an answer", { network: [answered(0, 401)] }, []],
  ["no network", { network: [{ url: "https://mixpanel.com/api/app", outcome: Either.left("why") }] }, ["unreachable"]]
]

const shown = (found: Finding): string => `${found.id}${isFixable(found) ? " +" : ""}`

describe("examine", () => {
  it.each(table)("%s", (_, facts, finds) => {
    expect(examine({ ...sound, ...facts }).map(shown)).toEqual(finds)
  })

  it("every finding says what, why and how, and its severity is the catalogue's", () => {
    for (const [, facts] of table) {
      for (const found of examine({ ...sound, ...facts })) {
        expect(found.problem).toMatch(/^\S.*\.$/)
        expect(found.cause).toMatch(/^[A-Z].*\.$/)
        expect(found.fix).not.toBe("")
        expect(found.severity).toBe(catalogue[found.id].severity)
      }
    }
  })

  it("the clock is set with a command of the system", () => {
    const fixes = ["linux", "darwin", "win32", "plan9"].flatMap((platform) =>
      examine({ ...sound, platform, network: [answered(60_000)] }).map(({ fix }) => fix)
    )
    const linux = "sudo timedatectl set-ntp true"
    expect(fixes).toEqual([linux, "sudo sntp -sS time.apple.com", "w32tm /resync", linux])
  })

  it("well is what needs nobody", () => {
    expect(isHealthy(examine({ ...sound, orphans: ["/c"] }))).toBe(true)
    expect(isHealthy(examine({ ...sound, leftovers: ["/c"] }))).toBe(false)
    expect(passedChecks(sound, [])).toHaveLength(areas.length - 2)
    expect(passedChecks({ ...sound, network: [answered(0)] }, []).at(-1)).toContain("mixpanel.com reachable")
    const unread = { ...sound, config: broken("wide_mode") }
    expect(passedChecks(unread, examine(unread)).join()).not.toMatch(/configuration|accounts/)
  })
})

describe("report", () => {
  const system = { version: "1.2.3", node: "20.0.0", platform: "linux", home: "/home/jane.doe" }
  const say = (subject: Finding["subject"]): Finding =>
    finding("leftover", subject, "SECRET problem", command`SECRET fix`)

  it("names nothing that the user has named, and the same thing always in the same way", () => {
    const text = report(
      [
        say(account("acme-prod")),
        say(account("acme-dev")),
        say(file("/home/jane.doe/.mp/accounts/acme-prod/tokens.json")),
        say(file("/home/jane.doe/.mp/accounts/acme-prod/.tokens.json.12.0123456789abcdef.tmp")),
        say(file("/home/jane.doe/Kunden/acme.toml")),
        say(file("/srv/acme/config.toml")),
        say(target("acme-prod")),
        say(variable("MP_USERNAME, ACME_TOKEN")),
        say(host("eu.mixpanel.com")),
        say(host("gateway.acme.example"))
      ],
      system
    )
    expect(text).not.toMatch(/acme|jane|SECRET|Kunden|srv/i)
    expect([...text.matchAll(/^\[warning\] leftover: (.*)$/gm)].map(([, subject]) => subject)).toEqual([
      "account-1",
      "account-2",
      "~/.mp/accounts/account-1/tokens.json",
      "~/.mp/accounts/account-1/LEFTOVER",
      "~/file-1/file-2",
      "file-3",
      "target-1",
      "MP_USERNAME, variable-1",
      "eu.mixpanel.com",
      "host-1"
    ])
  })

  it("says so when there is nothing to say", () => {
    expect(report([], system)).toBe("mp doctor --report\nmp 1.2.3, node 20.0.0, linux\nno findings\n")
  })
})
