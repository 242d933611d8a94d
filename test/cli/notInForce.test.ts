/** `project use` and `workspace use` say when something else stands above what was just set. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { configPath, runHere } from "../support/inProcess.ts"

const files = {
  [configPath]: `[active]
account = "team"

[accounts.team]
type = "service_account"
region = "us"
default_project = "3018488"
username = "u"
secret = "s"

[accounts.ci]
type = "oauth_token"
region = "eu"
default_project = "1"
token_env = "CI_TOKEN"

[targets.shop]
account = "team"
project = "42"
`,
  "~/.mp/accounts/team/me.json": JSON.stringify({
    user_id: 1,
    organizations: { 5: { id: 5, name: "Shop" } },
    projects: { 12: { id: 12, name: "Shop", organization_id: 5 } },
    workspaces: {},
    cached_at: 1
  })
}

const cases: ReadonlyArray<{
  readonly words: string
  readonly env?: Readonly<Record<string, string>>
  readonly note: string
}> = [
  { words: "project use 12", note: "" },
  { words: "project use 13", note: "Account 'team' does not see project 13 (mp project list --refresh asks again)." },
  { words: "project use 12 -a ci", note: "" },
  { words: "project use 12", env: { MP_PROJECT_ID: "12" }, note: "" },
  { words: "project use 12", env: { MP_PROJECT_ID: "7" }, note: "MP_PROJECT_ID overrides it: project 7 is used." },
  { words: "project use 12", env: { MP_ACCOUNT: "ci" }, note: "MP_ACCOUNT overrides it: account ci is used." },
  {
    words: "project use 12",
    env: { MP_TARGET: "shop" },
    note: `[targets.shop].project in ${configPath} overrides it: project 42 is used.`
  },
  { words: "project use 12", env: { MP_ACCOUNT: "ci", MP_TARGET: "shop" }, note: "" },
  { words: "workspace use 4", note: "" },
  {
    words: "workspace use 4",
    env: { MP_WORKSPACE_ID: "9" },
    note: "MP_WORKSPACE_ID overrides it: workspace 9 is used."
  },
  { words: "workspace use 4", env: { MP_PROJECT_ID: "7" }, note: "workspace 4 is not used now: " },
  { words: "workspace use 4", env: { MP_ACCOUNT: "ci" }, note: "workspace 4 is not used now: " }
]

describe("what was set and is not used", () => {
  it.effect.each(cases)("mp $words with $env: $note", ({ env = {}, note, words }) =>
    Effect.gen(function* () {
      const { code, stderr } = yield* runHere(words.split(" "), { files, env })
      expect({ code, told: stderr.split("\n")[0] }).toEqual({
        code: 0,
        told: note === "" ? "" : expect.stringContaining(`note: ${note}`)
      })
    })
  )
})
