/** Command lines, variables and stdin that make no sense, through the real `mp`. */
import { it } from "@effect/vitest"
import { describe } from "vitest"
import { type BadInput, refused, sound } from "../support/badInput.ts"

type Short = Omit<BadInput, "error" | "code" | "says"> & { readonly says?: string }

const badArgument = (bad: Short): BadInput => ({
  config: sound,
  ...bad,
  says: bad.says ?? `mp ${bad.args.join(" ")}`,
  code: 3,
  error: "INVALID_ARGUMENT"
})

const badVariable = (bad: Short): BadInput => ({
  config: sound,
  ...bad,
  says: bad.says ?? Object.entries(bad.env ?? {}).join(" "),
  code: 1,
  error: "CONFIG_ERROR"
})

const add = (...words: ReadonlyArray<string>) => ["account", "add", ...words]
const service = ["--type", "service_account", "--region", "us", "--project", "1", "--username", "u", "--secret-stdin"]
const bearer = ["--type", "oauth_token", "--region", "us", "--project", "1"]
const name = "NAME must be 1 to 64 letters"
const digits = "must be a string of digits"

const cases: ReadonlyArray<BadInput> = [
  badArgument({ args: add("x".repeat(65), ...service), says: "a name of 65", message: [name], fix: "mp account add" }),
  badArgument({ args: add("te am", ...service), message: [name], fix: "mp account add" }),
  badArgument({ args: add("tëam", ...service), message: [name], fix: "mp account add" }),
  badArgument({ args: add("", ...service), says: "an empty name", message: [name], fix: "mp account add" }),
  badArgument({
    args: ["target", "add", "a b", "-a", "team", "-p", "1"],
    message: ["NAME must be 1 to 64"],
    fix: "mp target add"
  }),
  ...["abc", "-1", "1e3", "١٢٣", "", "1 ", "1\n"].map((id) =>
    badArgument({
      says: `project use ${JSON.stringify(id)}`,
      args: id.startsWith("-") ? ["-p", id, "session"] : ["project", "use", id],
      message: [digits],
      fix: "ID"
    })
  ),
  ...["abc", "0", "1.5", "٣", "", "+1", "99999999999999999999"].map((id) =>
    badArgument({
      says: `--workspace ${JSON.stringify(id)}`,
      args: ["--workspace", id, "session"],
      message: ["--workspace must be a positive integer"],
      fix: "--workspace ID"
    })
  ),
  badArgument({
    args: add("a", "--type", "oauth_browser", "--region", "US"),
    message: ["Unknown value 'US' of flag '--region' (one of us, eu, in)."],
    fix: "mp account add --help"
  }),
  badArgument({
    args: add("a", "--type", "service", "--region", "us"),
    message: ["Unknown value 'service'", "Did you mean 'service_account'?"],
    fix: "mp account add --help"
  }),
  badArgument({ args: ["acount", "list"], message: ["command 'acount'", "Did you mean 'account'?"], fix: "mp --help" }),
  badArgument({
    args: ["account", "lst"],
    message: ["command 'lst'", "Did you mean 'list'?"],
    details: { usage: "mp account COMMAND [flags]" },
    fix: "mp account --help"
  }),
  badArgument({
    args: ["account", "list", "--forse"],
    message: ["Unknown flag '--forse'."],
    details: { usage: "mp account list [flags]" },
    fix: "mp account list --help"
  }),
  badArgument({
    args: ["account", "remove", "team", "--forse"],
    message: ["Unknown flag '--forse'. Did you mean '--force'?"],
    details: { usage: "mp account remove NAME [flags]" },
    fix: "mp account remove --help"
  }),
  badArgument({ args: ["session", "extra"], message: ["Unexpected argument 'extra'"], fix: "mp session --help" }),
  badArgument({ args: ["account", "show", "team", "two"], message: ["Unexpected argument 'two'"], fix: "show --help" }),
  badArgument({ args: ["account", "use"], message: ["NAME is missing"], fix: "mp account use --help" }),
  badArgument({
    args: ["session", "-p"],
    formatFirst: true,
    message: ["'--project' needs a value (ID)"],
    fix: "session --help"
  }),
  badArgument({ args: ["session", "--project="], message: [`--project ${digits}`], fix: "--project ID" }),
  badArgument({ args: ["session", "--explain=yes"], message: ["'--explain' takes no value"], fix: "session --help" }),
  badArgument({
    args: ["session", "-p", "1", "--project", "2"],
    message: ["'--project' is given twice"],
    fix: "--help"
  }),
  badArgument({
    args: ["--", "account", "list"],
    formatFirst: true,
    message: ["Unexpected argument 'account'"],
    fix: "mp --help"
  }),
  badArgument({
    args: ["account", "show", "--", "--quiet", "x"],
    formatFirst: true,
    message: ["Unexpected argument 'x'"],
    fix: "show --help"
  }),
  badArgument({
    args: ["-t", "ecom", "-a", "team", "session"],
    message: ["--target", "cannot be combined with --account"],
    details: { conflicting: ["--target", "--account"] },
    fix: "mp session --account team\n"
  }),
  badArgument({
    args: ["session"],
    says: "MP_ACCOUNT with MP_TARGET",
    env: { MP_ACCOUNT: "team", MP_TARGET: "ecom" },
    message: ["MP_ACCOUNT and MP_TARGET are both set"],
    fix: "unset MP_TARGET"
  }),
  badArgument({
    args: ["-a", "team", "account", "show", "two"],
    message: ["name different accounts"],
    fix: "mp account show two\n"
  }),
  badArgument({
    says: "a token for --token-env",
    args: add("a", ...bearer, "--token-env", "tok-hidden.secret"),
    message: ["--token-env must be the name of a variable, not a token"],
    fix: "--token-env MP_CI_TOKEN",
    never: "hidden.secret"
  }),
  badArgument({
    says: "a token for --token-env=",
    args: ["account", "update", "team", "--token-env=tok-hidden.secret"],
    message: ["--token-env must be the name"],
    fix: "--token-env",
    never: "hidden.secret"
  }),
  badArgument({
    args: add("a", ...bearer, "--token-env", "VAR", "--token-stdin"),
    stdin: "hidden-secret",
    message: ["--token-env and --token-stdin cannot be used together"],
    fix: "--token-env VAR",
    never: "hidden-secret"
  }),
  badArgument({
    args: add("a", ...bearer),
    message: ["The token is missing", "MP_OAUTH_TOKEN"],
    fix: "--token-env VAR"
  }),
  badArgument({
    says: "no secret and nobody to ask",
    args: add("a", ...service.slice(0, -1)),
    message: ["The secret is missing", "MP_SECRET is not set"],
    fix: "--secret-stdin"
  }),
  badArgument({
    says: "a secret as a value",
    args: add("a", ...service.slice(0, -1), "--secret=hidden-secret"),
    message: ["Unknown flag '--secret'", "--secret-stdin"],
    fix: "mp account add --help",
    never: "hidden-secret"
  }),
  badArgument({
    says: "a secret as an argument",
    args: add("a", ...service, "hidden-secret"),
    message: ["Unexpected argument"],
    fix: "mp account add --help",
    never: "hidden-secret"
  }),
  badArgument({
    says: "empty stdin",
    args: add("a", ...service),
    stdin: "",
    message: ["stdin (--secret-stdin) is empty"],
    fix: "printf"
  }),
  badArgument({
    says: "a line end as stdin",
    args: add("a", ...service),
    stdin: "\n",
    message: ["is empty"],
    fix: "printf"
  }),
  badArgument({
    says: "two lines as stdin",
    args: add("a", ...service),
    stdin: "hidden-secret\nmore\n",
    message: ["stdin (--secret-stdin) contains more than one line"],
    fix: "printf",
    never: "hidden-secret"
  }),
  badArgument({
    says: "more than 64 KiB as stdin",
    args: add("a", ...bearer, "--token-stdin"),
    stdin: "x".repeat(65_537),
    message: ["stdin holds more than 64 KiB"],
    fix: "printf"
  }),
  badArgument({
    says: "bytes that are no UTF-8 as stdin",
    args: add("a", ...bearer, "--token-stdin"),
    stdin: new Uint8Array([0x61, 0xff, 0x62]),
    message: ["UTF-8"],
    fix: "printf"
  }),
  badArgument({
    args: add("a", "--type", "oauth_browser", "--region", "us", "--username", "u"),
    message: ["--username cannot be used with --type oauth_browser"],
    fix: "service_account"
  }),
  badArgument({
    args: add("a", "--type", "oauth_token", "--token-env", "NOT_SET"),
    message: ["Without --region", "NOT_SET"],
    fix: "--region us"
  }),
  badArgument({ args: add("a", "--region", "us"), message: ["--type is missing"], fix: "mp account add --help" }),
  badArgument({
    says: "a user name with a colon",
    args: add("a", ...service.map((word) => (word === "u" ? "a:b" : word))),
    stdin: "s",
    message: ["--username must be non-empty, without ':'"],
    fix: "--username USER"
  }),
  badArgument({
    args: ["account", "update", "team"],
    message: ["Nothing to change"],
    fix: "mp account update --project ID team"
  }),
  badArgument({
    args: ["account", "update", "team", "--token-env", "X"],
    message: ["service_account, which has no token_env"],
    fix: "mp account update --project ID team"
  }),
  badArgument({
    args: ["target", "add", "t"],
    message: ["--account and --project are missing"],
    fix: "mp target add t"
  }),
  badArgument({
    args: ["api", "me"],
    message: ["The API family cannot be told from the path 'me'"],
    fix: "--family app"
  }),
  badArgument({ args: ["api", "/nowhere"], message: ["The API family cannot be told"], fix: "--family" }),
  badArgument({
    args: ["api", "https://evil.example/api/app/me"],
    message: ["https://evil.example is not one of", "nothing was sent"],
    fix: "/api/app/me"
  }),
  badVariable({
    args: ["session"],
    env: { MP_REGION: "US" },
    message: ["MP_REGION must be one of us, eu, in"],
    fix: "export MP_REGION=us"
  }),
  badVariable({
    args: ["session"],
    env: { MP_PROJECT_ID: "abc" },
    message: [`MP_PROJECT_ID ${digits}`],
    fix: "unset MP_PROJECT_ID"
  }),
  badVariable({
    args: ["session"],
    env: { MP_WORKSPACE_ID: "x" },
    message: ["MP_WORKSPACE_ID must be a positive"],
    fix: "unset MP_WORKSPACE_ID"
  }),
  ...["http://example.com", "ftp://127.0.0.1", "example.com", "https://u:hidden-secret@example.com"].map((url) =>
    badVariable({
      args: ["api", "/api/app/me"],
      env: { MP_API_BASE_URL: url },
      message: ["MP_API_BASE_URL", "no credential is sent there"],
      fix: "unset MP_API_BASE_URL",
      never: "hidden-secret"
    })
  )
]

describe("what makes no sense", () => {
  it.live.each([...cases])("$says", refused)
})
