/** With `--format json` stderr is one JSON object a line, whatever the command; `--verbose` speaks there alone. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Facts } from "#src/cli/app/facts.ts"
import { facts } from "#src/cli/commands/mp.ts"
import * as Sandbox from "#src/layers/sandbox/Sandbox.ts"
import { configPath, runHere, type World } from "../support/inProcess.ts"

/** One command line, or several, for each command. */
const lines = [
  "login --token-env MP_CI_TOKEN --region us --name other",
  "login --no-input",
  "logout me",
  "status",
  "status --check",
  "use ecom",
  "account list",
  "account add other --type oauth_token --token-env MP_CI_TOKEN",
  "account update ci --project 3018488",
  "account rename me mine",
  "account remove me",
  "account remove nobody",
  "account use ci",
  "account show team",
  "account test team",
  "account test nobody",
  "account login team",
  "account logout me",
  "account token team",
  "account export-bridge --to ~/bridge.json",
  "account remove-bridge --at ~/none.json",
  "project list",
  "project use 7",
  "project show",
  "workspace list",
  "workspace use 5",
  "workspace unset",
  "workspace show",
  "target list",
  "target add other --account team --project 3018488",
  "target use ecom",
  "target show nope",
  "target remove ecom",
  "session --explain",
  "api /api/app/me",
  "api /api/app/nowhere",
  "query segmentation --event Signup --from 2026-01-01 --to 2026-01-02",
  "inspect events",
  "config path",
  "config show",
  "config check",
  "config set custom_header.name X-Team",
  "config set custom_header.value v",
  "config unset custom_header.name",
  "config migrate",
  "doctor --offline",
  "exec -- true",
  "env",
  "credential get --protocol json",
  "audit",
  "broker run -a absent -- true",
  "broker serve -a absent",
  "cache warm",
  "store status",
  "store import",
  "store export",
  "store reseal",
  "completions bash",
  "help environment",
  "help exit-codes",
  "help files",
  "help formatting",
  "help precedence"
]

const pathsOf = (found: Facts, above: ReadonlyArray<string> = []): ReadonlyArray<string> =>
  found.kind === "group" ? found.children.flatMap((child) => pathsOf(child, [...above, child.name])) : [above.join(" ")]

const [robot] = Sandbox.defaultData.serviceAccounts
const [bearer] = Sandbox.defaultData.bearers

const config = `[accounts.team]
type = "service_account"
region = "us"
default_project = "3018488"
username = "${robot.username}"
secret = "${robot.secret}"

[accounts.ci]
type = "oauth_token"
region = "us"
token_env = "MP_CI_TOKEN"

[accounts.me]
type = "oauth_browser"
region = "us"

[active]
account = "team"

[targets.ecom]
account = "team"
project = "3018488"
`

const tokens = JSON.stringify({
  access_token: "a",
  expires_at: "2099-01-01T00:00:00Z",
  token_type: "Bearer",
  scope: "",
  refresh_token: "r"
})

/** A home in which there is something to note: a variable above the flags, a bridge that is passed over. */
const world = (env: Readonly<Record<string, string>>): World => ({
  files: {
    [configPath]: config,
    "~/.mp/accounts/me/tokens.json": tokens,
    "~/work/mixpanel_auth.json": '{"version": 2}'
  },
  env: { ...env, MP_CI_TOKEN: bearer.token, MP_PROJECT_ID: "3018488", MP_USERNAME: "nobody" }
})

interface Spoken {
  readonly kinds: ReadonlyArray<string>
  readonly levels: ReadonlyArray<string>
}

/** Every line of stderr as an object with one key; anything else fails here. */
const spoken = (words: string, stderr: string): Spoken => {
  const objects = stderr
    .split("\n")
    .filter((line) => line !== "")
    .map((line): object => {
      expect({ words, line }).toEqual({ words, line: expect.stringMatching(/^\{"(note|error)":\{.*\}\}$/) })
      return Object(JSON.parse(line))
    })
  return {
    kinds: objects.flatMap((object) => Object.keys(object)),
    levels: objects.flatMap((object) => String(Object(Object(object).note).level ?? "") || [])
  }
}

/** What differs between two runs: the hour. */
const timeless = (text: string): string =>
  text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z|\d+ (?:ms|seconds?)|"at":\s*\d+/g, "T")

describe("stderr", () => {
  it("is tried for every command", () => {
    const missing = pathsOf(facts).filter((path) => !lines.some((line) => `${line} `.startsWith(`${path} `)))
    expect(missing).toEqual([])
  })

  it.scopedLive.each(lines)(
    "mp %s",
    (words) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.start({ oauth: false })
        const run = (...flags: ReadonlyArray<string>) =>
          runHere([...flags, ...words.split(" ")], world({ ...sandbox.environment }))
        const json = yield* run("-f", "json")
        const { kinds, levels } = spoken(words, json.stderr)
        expect({ words, early: kinds.slice(0, -1).filter((kind) => kind === "error"), levels }).toEqual({
          words,
          early: [],
          levels: []
        })
        const isTold = kinds.at(-1) === "error" || /account test|^doctor|status --check/.test(words)
        expect({ words, code: json.code, isTold: json.code === 0 || isTold }).toMatchObject({ isTold: true })

        const verbose = yield* run("-f", "json", "-v")
        expect({ words, levels: spoken(words, verbose.stderr).levels.length > 0 }).toEqual({ words, levels: true })
        expect({ words, code: verbose.code, out: timeless(verbose.stdout) }).toEqual({
          words,
          code: json.code,
          out: timeless(json.stdout)
        })

        const people = yield* run()
        const aloud = yield* run("-v")
        expect({ words, out: timeless(aloud.stdout) }).toEqual({ words, out: timeless(people.stdout) })
        expect(aloud.stderr).toMatch(/^(debug|info|warn): /m)
        const quiet = yield* run("-q")
        expect({ words, notes: quiet.stderr.match(/^note: .*/m)?.[0] ?? null }).toEqual({ words, notes: null })
      }),
    30_000
  )
})
