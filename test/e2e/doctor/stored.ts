/** Faults of the configuration and of the stored files. */
import { chmod, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import {
  append,
  client,
  deadMark,
  type Fault,
  leftover,
  linked,
  lockNamed,
  me,
  refusedAt,
  replace,
  tokens,
  tokenOf,
  wide,
  write
} from "./seeds.ts"

const moved = "https://gateway.example.org"

/** A registration of a port that no other login on this machine takes: mp's own may be busy, and then it uses the next. */
const ownRedirect = `http://localhost:${20_000 + (process.pid % 10_000)}/callback`

export const stored: ReadonlyArray<Fault> = [
  {
    says: "config 0644",
    finds: ["config-not-private"],
    fix: /^chmod 600 /,
    mended: true,
    prepare: wide(".mp/config.toml")
  },
  { says: "config is a link", finds: ["config-link"], fix: /config\.toml/, prepare: linked, alone: true },
  {
    says: "config is no UTF-8",
    finds: ["config-unreadable"],
    fix: /^mv /,
    alone: true,
    prepare: (home) => writeFile(join(home, ".mp/config.toml"), Uint8Array.of(0x61, 0xff))
  },
  {
    says: "config is nearly as large as one may be",
    finds: ["config-nearly-full"],
    fix: /^cp -p \S*config\.toml \S*config\.toml\.aside && mp account remove big$/,
    // Whatever writes the file besides says so, too.
    alone: true,
    config: append(`\n[accounts.big]\ntype = "oauth_token"\nregion = "us"\ntoken = "${"x".repeat(1_000_000)}"\n`)
  },
  {
    says: "config is no TOML",
    finds: ["config-not-toml"],
    fix: /EDITOR.*\+3 /,
    config: replace("type =", "type ="),
    prepare: (home) => writeFile(join(home, ".mp/config.toml"), "a = 1\n\nb = = 2\n"),
    alone: true
  },
  {
    says: "byte-order mark",
    finds: ["config-byte-order-mark"],
    fix: /^mp doctor --fix$/,
    mended: true,
    config: (text) => `\uFEFF${text}`
  },
  {
    says: "version 0.3",
    finds: ["config-old-format"],
    fix: /^mp config migrate$/,
    alone: true,
    config: () => 'default = "a"\n[accounts.a]\nusername = "u"\nsecret = "s"\nproject_id = "1"\nregion = "us"\n',
    prepare: (home) => rm(join(home, ".mp/accounts"), { recursive: true })
  },
  {
    says: "accounts is no table",
    finds: ["section-broken"],
    fix: /EDITOR/,
    alone: true,
    config: () => "accounts = 3\n",
    prepare: (home) => rm(join(home, ".mp/accounts"), { recursive: true })
  },
  {
    says: "broken account block",
    finds: ["account-broken"],
    fix: /EDITOR.*\+\d+/,
    config: append('[accounts.brokenacct]\ntype = "oauth_browser"\nregion = "mars"')
  },
  {
    says: "broken target block",
    finds: ["target-broken"],
    fix: /^mp target remove brokentgt/,
    config: append('[targets.brokentgt]\naccount = "teamacct"\nproject = 5')
  },
  {
    says: "unknown key in [active]",
    finds: ["active-broken"],
    fix: /EDITOR.*\+\d+/,
    config: replace("workspace = 3448414", 'project = "1"')
  },
  {
    says: "broken header",
    finds: ["header-broken"],
    fix: /EDITOR/,
    config: append('[settings.custom_header]\nname = "X-Private-Header"')
  },
  {
    says: "an audit that is neither on nor off",
    finds: ["audit-broken"],
    fix: /config unset audit/,
    config: append('[settings]\naudit = "sometimes"')
  },
  {
    says: "a budget of queries that is neither on nor off",
    finds: ["budget-broken"],
    fix: /^mp config set query_budget false/,
    config: append('[settings]\nquery_budget = "no"'),
    alone: true
  },
  {
    says: "a project's secret that is no text",
    finds: ["project-credential-broken"],
    fix: /EDITOR.*\+\d+/,
    config: append("[settings.projects.3018488]\nsecret = 5")
  },
  {
    says: "commands that are no table",
    finds: ["credential-commands-broken"],
    fix: /EDITOR.*\+\d+/,
    config: append("[settings]\ncredential_commands = 5"),
    alone: true
  },
  {
    says: "a command of an account that is gone",
    finds: ["credential-command-unused"],
    fix: /EDITOR.*\+\d+/,
    config: append('[settings.credential_commands.goneacct]\nsecret = ["true"]')
  },
  {
    says: "a command that is not there",
    finds: ["credential-source-missing"],
    fix: /EDITOR.*\+\d+/,
    config: append('[settings.credential_commands.teamacct]\nsecret = ["private-no-such-program"]')
  },
  {
    says: "dangling active account",
    finds: ["active-account-dangling"],
    fix: /^mp account use meacct$/,
    mended: true,
    alone: true,
    config: replace('[active]\naccount = "teamacct"', '[active]\naccount = "goneacct"')
  },
  {
    says: "dangling target",
    finds: ["target-account-dangling"],
    fix: /^mp target remove ecomtgt$/,
    config: replace('[targets.ecomtgt]\naccount = "teamacct"', '[targets.ecomtgt]\naccount = "goneacct"')
  },
  ...[
    { says: "a rule with an unknown key", id: "directory-rule-broken", rules: [["~", 'targt = "ecomtgt"']] },
    { says: "a rule without a path", id: "directory-rule-broken", rules: [["ecom", 'target = "ecomtgt"']] },
    {
      says: "two rules for one directory",
      id: "directory-rule-twice",
      rules: [
        ["~/.mp", 'target = "ecomtgt"'],
        ["~/.mp/", 'account = "meacct"']
      ]
    },
    { says: "a rule for a target that is gone", id: "directory-rule-dangling", rules: [["/", 'target = "goneacct"']] },
    { says: "a rule for no directory", id: "directory-missing", rules: [["~/private-none", 'target = "ecomtgt"']] }
  ].map(({ id, rules, says }) => ({
    says,
    finds: [id],
    fix: /EDITOR.*\+2\d /,
    config: append(rules.map(([path, said]) => `\n[[directories]]\npath = "${path}"\n${said}\n`).join(""))
  })),
  {
    says: "workspace without account",
    finds: ["workspace-never-counts"],
    fix: /--fix/,
    mended: true,
    alone: true,
    config: replace('[active]\naccount = "teamacct"\n', "[active]\n")
  },
  {
    says: "workspace without default project",
    finds: ["workspace-never-counts"],
    fix: /--fix/,
    mended: true,
    alone: true,
    config: (text) =>
      text
        .replace('region = "eu"\ndefault_project = "3018488"', 'region = "eu"')
        .replace('[active]\naccount = "teamacct"', '[active]\naccount = "meacct"')
  },
  {
    says: "open storage directory",
    finds: ["directory-not-private"],
    fix: /^chmod 700 .*\.mp$/,
    mended: true,
    prepare: wide(".mp", 0o755)
  },
  {
    says: "open account directory",
    finds: ["directory-not-private"],
    fix: /^chmod 700 .*meacct$/,
    mended: true,
    prepare: wide(".mp/accounts/meacct", 0o750),
    alone: true
  },
  {
    says: "open directory of the broker's socket",
    finds: ["directory-not-private"],
    fix: /^chmod 700 .*\.mp\/run$/,
    mended: true,
    prepare: (home) => mkdir(join(home, ".mp/run"), { mode: 0o755 }),
    alone: true
  },
  {
    says: "tokens 0640",
    finds: ["tokens-not-private"],
    fix: /^chmod 600 .*tokens\.json$/,
    mended: true,
    prepare: wide(".mp/accounts/meacct/tokens.json", 0o640)
  },
  {
    says: "cache 0644",
    finds: ["file-not-private"],
    fix: /^chmod 600 .*me\.json$/,
    mended: true,
    prepare: write(".mp/accounts/teamacct/me.json", me, 0o644)
  },
  {
    says: "tokens are a link",
    finds: ["file-unusable"],
    fix: /^cp -RL (\S+tokens\.json) \1\.real && chmod -R go= \1\.real && mv \1 \1\.link && mv \1\.real \1$/,
    alone: true,
    prepare: async (home) => {
      await rm(join(home, ".mp/accounts/meacct/tokens.json"))
      await symlink("/etc/hostname", join(home, ".mp/accounts/meacct/tokens.json"))
    }
  },
  {
    says: "account directory is a link",
    finds: ["file-unusable"],
    fix: /^cp -RL (\S+meacct) \1\.real && chmod -R go= \1\.real && mv \1 \1\.link && mv \1\.real \1$/,
    alone: true,
    prepare: async (home) => {
      await rename(join(home, ".mp/accounts/meacct"), join(home, "elsewhere"))
      await symlink(join(home, "elsewhere"), join(home, ".mp/accounts/meacct"))
    }
  },
  {
    says: "tokens are no UTF-8",
    finds: ["tokens-malformed"],
    fix: /^mp account login meacct$/,
    alone: true,
    prepare: (home) => writeFile(join(home, ".mp/accounts/meacct/tokens.json"), Uint8Array.of(0x22, 0xff))
  },
  {
    says: "malformed tokens",
    finds: ["tokens-malformed"],
    fix: /^mp account login meacct$/,
    alone: true,
    prepare: write(".mp/accounts/meacct/tokens.json", '{"access_token": 5')
  },
  {
    says: "expired for good",
    finds: ["tokens-expired"],
    fix: /^mp account login meacct$/,
    alone: true,
    prepare: write(
      ".mp/accounts/meacct/tokens.json",
      tokens({ expires_at: "2020-01-01T00:00:00Z", refresh_token: null })
    )
  },
  {
    says: "dead refresh token",
    finds: ["refresh-token-dead"],
    fix: /^mp account login meacct$/,
    alone: true,
    prepare: write(".mp/accounts/meacct/dead-refresh-token", deadMark)
  },
  {
    says: "a secret that was refused when it was last tested",
    finds: ["credential-refused", "address-moved"],
    // Another fault's address is another server, about which nothing was learned.
    alone: true,
    fix: /^printf %s "\$SECRET" \| mp account update --secret-stdin teamacct$/,
    env: { MP_APP_BASE_URL: moved },
    prepare: (home) => write(".mp/accounts/teamacct/last-test.json", refusedAt(moved))(home)
  },
  {
    says: "never logged in",
    finds: ["not-logged-in"],
    fix: /^mp account login newacct$/,
    config: append('[accounts.newacct]\ntype = "oauth_browser"\nregion = "in"')
  },
  {
    says: "registration missing",
    finds: ["registration-missing"],
    fix: /^mp account login regacct$/,
    config: append('[accounts.regacct]\ntype = "oauth_browser"\nregion = "eu"'),
    prepare: write(".mp/accounts/regacct/tokens.json", tokens({ client_id: null }))
  },
  {
    says: "a registration with a secret",
    finds: ["registration-unusable"],
    fix: /^mp account login meacct$/,
    prepare: write(".mp/oauth/client_eu.json", client({ client_secret: "s" })),
    alone: true
  },
  {
    says: "a login that did not come back from the browser",
    finds: ["login-unfinished"],
    fix: /^mp account login meacct$/,
    prepare: write(
      ".mp/oauth/client_eu.json",
      client({ redirect_uri: ownRedirect, unfinished_at: "2026-01-01T00:00:00Z" })
    ),
    healthy: true,
    alone: true
  },
  {
    says: "token variable unset",
    finds: ["token-variable-unset"],
    fix: /^export CI_PRIVATE_TOKEN=/,
    config: append('[accounts.ciacct]\ntype = "oauth_token"\nregion = "us"\ntoken_env = "CI_PRIVATE_TOKEN"')
  },
  {
    says: "region mismatch",
    finds: ["region-mismatch"],
    fix: /^mp account update --region us meacct$/,
    prepare: write(".mp/accounts/meacct/me.json", me)
  },
  { says: "leftover of a killed writer", finds: ["leftover"], fix: /^rm .*\.tmp$/, mended: true, prepare: leftover },
  {
    says: "old lock file",
    finds: ["leftover"],
    fix: /^rm /,
    mended: true,
    prepare: write(".mp/.config.toml.lock", "")
  },
  {
    says: "lock directory that was not finished",
    finds: ["leftover"],
    fix: /^rm -r /,
    mended: true,
    prepare: write(".mp/accounts/meacct/.tokens.json.lock.d.0123456789ab.tmp/free", "")
  },
  {
    says: "lock of a dead holder",
    finds: ["stale-lock"],
    fix: /--fix/,
    mended: true,
    prepare: lockNamed(tokenOf(2_000_000_000))
  },
  {
    says: "lock with junk alone",
    finds: ["stale-lock"],
    fix: /--fix/,
    mended: true,
    prepare: write(".mp/accounts/teamacct/.tokens.json.lock.d/.DS_Store", "")
  },
  {
    says: "lock of a process elsewhere",
    finds: ["lock-held"],
    fix: /--fix/,
    mended: true,
    prepare: write(".mp/oauth/.client_us.json.lock.d/0123456789ab.3.0123456789ab.7.1", "")
  },
  {
    says: "link for a lock",
    finds: ["lock-blocked"],
    fix: /^mv .*lock\.d/,
    prepare: (home) => symlink(join(home, ".mp"), join(home, ".mp/accounts/meacct/.me.json.lock.d"))
  },
  {
    says: "read-only audit file",
    finds: ["audit-stopped"],
    fix: /^chmod 600 /,
    mended: true,
    prepare: async (home) => {
      await writeFile(join(home, ".mp/audit.jsonl"), "")
      await chmod(join(home, ".mp/audit.jsonl"), 0o400)
    }
  },
  {
    says: "audit file that only grew",
    finds: ["audit-stopped"],
    fix: /^mv /,
    prepare: write(".mp/audit.jsonl", "x".repeat(2_100_000))
  },
  {
    says: "tokens of nobody",
    finds: ["orphaned-directory"],
    fix: /^rm -r /,
    healthy: true,
    prepare: write(".mp/accounts/orphanacct/tokens.json", tokens())
  }
]
