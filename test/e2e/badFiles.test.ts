/** Files that cannot be used, through the real `mp`. */
import { it } from "@effect/vitest"
import { chmod, mkdir, rename, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe } from "vitest"
import { type BadInput, refused, sound } from "../support/badInput.ts"

const account = (...lines: ReadonlyArray<string>): string => ["# mine", "[accounts.team]", ...lines, ""].join("\n")
const service = ['type = "service_account"', 'region = "us"', 'username = "u"', 'secret = "hidden-secret"']

const file = (home: string) => join(home, ".mp/config.toml")
const edit = "${EDITOR:-vi} +"

const cases: ReadonlyArray<BadInput> = [
  {
    says: "no TOML: the line and column, and not a word of the line",
    config: `# mine\n[accounts.team]\nsecret = "hidden-secret\n`,
    args: ["account", "use", "team"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["/.mp/config.toml:3:"],
    details: { line: 3 },
    fix: `${edit}3`,
    never: "hidden-secret"
  },
  {
    says: "accounts is no table",
    config: "x = 1\naccounts = 3\n",
    args: ["account", "add", "a", "--type", "oauth_browser", "--region", "us"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["/.mp/config.toml:2: `[accounts]` must be a table"],
    details: { key: "accounts", line: 2, column: 1 },
    fix: `${edit}2`
  },
  {
    says: "a project that is a number",
    config: account(...service, "default_project = 3018488"),
    args: ["account", "use", "team"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["config.toml:7: `[accounts.team].default_project`", "string of digits"],
    details: { key: "accounts.team.default_project", line: 7 },
    fix: `${edit}7`
  },
  {
    says: "an unknown key",
    config: account(...service, 'colour = "hidden-secret"'),
    args: ["session", "-a", "team"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["config.toml:7: `[accounts.team].colour` is not a known key"],
    fix: edit,
    never: "hidden-secret"
  },
  {
    says: "an unknown type",
    config: account('type = "hidden-secret"', 'region = "us"'),
    args: ["account", "show", "team"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["config.toml:3: `[accounts.team].type` must be one of service_account, oauth_browser, oauth_token"],
    fix: `${edit}3`,
    never: "hidden-secret"
  },
  {
    says: "no type",
    config: account('username = "u"', 'region = "us"'),
    args: ["account", "show", "team"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["config.toml:2: `[accounts.team].type` is missing"],
    fix: `${edit}2`
  },
  {
    says: "a region in capitals",
    config: account('type = "oauth_browser"', 'region = "US"'),
    args: ["account", "update", "team", "--project", "5"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["config.toml:4: `[accounts.team].region` must be one of us, eu, in"],
    fix: `${edit}4`
  },
  {
    says: "a region in capitals of a bearer account",
    config: account('type = "oauth_token"', 'region = "EU"', 'token = "hidden-secret"'),
    args: ["account", "token", "team"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["config.toml:4: `[accounts.team].region` must be one of us, eu, in"],
    fix: `${edit}4`,
    never: "hidden-secret"
  },
  {
    says: "both token and token_env",
    config: account('type = "oauth_token"', 'region = "us"', 'token = "hidden-secret"', 'token_env = "X"'),
    args: ["account", "token", "team"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["config.toml:2: `[accounts.team]`", "exactly one of token, token_env"],
    fix: `${edit}2`,
    never: "hidden-secret"
  },
  {
    says: "an account name that is none",
    config: sound.replace("[accounts.team]", '[accounts."te am"]').replace('account = "team"', 'account = "te am"'),
    args: ["account", "show", "te am"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ['[accounts."te am"]', "1 to 64 letters"],
    fix: edit
  },
  {
    says: "[active] names an account that is not there",
    config: sound.replace('[active]\naccount = "team"', '[active]\naccount = "gone"'),
    args: ["session"],
    code: 4,
    error: "ACCOUNT_NOT_FOUND",
    message: ["'gone'", "[active].account in /", "/.mp/config.toml", "Configured: team"],
    fix: /mp (account use|target remove)/
  },
  {
    says: "an unknown key in [active]",
    config: sound.replace("[active]\n", '[active]\nproject = "5"\n'),
    args: ["session"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["config.toml:10: `[active].project` is not a known key"],
    fix: `${edit}10`
  },
  {
    says: "a target names an account that is not there",
    config: `${sound}\n[targets.lost]\naccount = "gone"\nproject = "1"\n`,
    args: ["target", "use", "lost"],
    code: 4,
    error: "ACCOUNT_NOT_FOUND",
    message: ["'gone' (from target 'lost' in /"],
    fix: /mp (account use|target remove)/
  },
  {
    says: "a target with a number for a project",
    config: sound.replace('"team"\nproject = "3018488"', '"team"\nproject = 3018488'),
    args: ["-t", "ecom", "session"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["config.toml:14: `[targets.ecom].project`"],
    fix: "mp target remove ecom"
  },
  {
    says: "a custom header that is no table",
    config: `${sound}\n[settings]\ncustom_header = "hidden-secret"\n`,
    args: ["session"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["config.toml:17: `[settings].custom_header` needs"],
    fix: `${edit}17`,
    never: "hidden-secret"
  },
  {
    says: "the same account twice",
    config: sound + account(...service),
    args: ["account", "list"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["/.mp/config.toml:16:"],
    fix: `${edit}16`,
    never: "hidden-secret"
  },
  {
    says: "the same target twice",
    config: `${sound}\n[targets.ecom]\naccount = "team"\nproject = "1"\n`,
    args: ["target", "list"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["/.mp/config.toml:16:"],
    fix: `${edit}16`
  },
  {
    says: "a byte-order mark",
    config: `\uFEFF${sound}`,
    args: ["account", "list"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["byte-order mark"],
    fix: "mp doctor --fix"
  },
  {
    says: "bytes that are no UTF-8",
    config: new Uint8Array([0x61, 0x3d, 0x22, 0xff, 0x22]),
    args: ["account", "list"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["/.mp/config.toml is not valid UTF-8"],
    fix: /mv .*config\.toml/
  },
  {
    says: "more than 1 MiB",
    config: `#${"x".repeat(1_048_576)}`,
    args: ["account", "list"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["/.mp/config.toml is larger than 1 MiB"],
    fix: /\$\{EDITOR:-vi\} \+1 \S*config\.toml/
  },
  {
    says: "a mode that others can read",
    config: sound,
    args: ["account", "use", "team"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["/.mp/config.toml can be read by others (mode 0644)"],
    fix: /chmod 600 \S*\/\.mp\/config\.toml/,
    prepare: (home) => chmod(file(home), 0o644)
  },
  {
    says: "a link",
    config: sound,
    args: ["account", "use", "team"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["/.mp/config.toml is a symbolic link"],
    fix: /export MP_CONFIG_PATH="\$\(readlink -f \S*config\.toml\)"/,
    prepare: async (home) => {
      await rename(file(home), join(home, "elsewhere.toml"))
      await symlink(join(home, "elsewhere.toml"), file(home))
    }
  },
  {
    says: "a directory that is a link",
    args: ["account", "list"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["/.mp is a symbolic link"],
    fix: /export MP_CONFIG_PATH=.*MP_STORAGE_DIR=/,
    prepare: async (home) => {
      await mkdir(join(home, "real"), { mode: 0o700 })
      await symlink(join(home, "real"), join(home, ".mp"))
    }
  },
  {
    says: "a directory in the place of the file",
    args: ["account", "list"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["/.mp/config.toml is a directory"],
    fix: /mv .*config\.toml/,
    prepare: async (home) => void (await mkdir(file(home), { recursive: true, mode: 0o700 }))
  },
  {
    says: "a file in the place of the directory",
    args: ["account", "add", "a", "--type", "oauth_browser", "--region", "us"],
    code: 1,
    error: "CONFIG_ERROR",
    message: ["/.mp", "not a directory"],
    fix: /\.mp/,
    prepare: (home) => writeFile(join(home, ".mp"), "", { mode: 0o600 })
  },
  {
    says: "a bridge that is no JSON",
    config: sound,
    args: ["session"],
    env: { MP_AUTH_FILE: "~/bridge.json" },
    code: 1,
    error: "CONFIG_ERROR",
    message: ["The bridge /", "/bridge.json cannot be used: it is not valid JSON"],
    fix: /mv \S*bridge\.json/,
    never: "hidden-secret",
    prepare: (home) => writeFile(join(home, "bridge.json"), '{"token": "hidden-secret', { mode: 0o600 })
  },
  {
    says: "tokens.json that is no JSON",
    config: account('type = "oauth_browser"', 'region = "us"'),
    args: ["account", "token", "team"],
    code: 2,
    error: "OAUTH_TOKEN_ERROR",
    message: ["/.mp/accounts/team/tokens.json cannot be used: it is not valid JSON"],
    fix: "mp account login team",
    never: "hidden-secret",
    prepare: async (home) => {
      await mkdir(join(home, ".mp/accounts/team"), { recursive: true, mode: 0o700 })
      await writeFile(join(home, ".mp/accounts/team/tokens.json"), '{"access_token": "hidden-secret', { mode: 0o600 })
    }
  }
]

describe("files that cannot be used", () => {
  it.live.each([...cases])("$says", refused)
})
