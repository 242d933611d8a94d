/** `project list`, `workspace list` and lazy workspaces, from the command line to a Mixpanel on the loopback. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { type SandboxServer, start } from "#src/layers/sandbox/Sandbox.ts"
import { configPath, type FullOutcome, home, runHere, type World } from "../support/inProcess.ts"

const team = `[accounts.team]
type = "service_account"
region = "us"
username = "team.292e7c.mp-service-account"
secret = "sandbox-secret-team"
`
const config = `${team}default_project = "3018488"\n\n[active]\naccount = "team"\nworkspace = 3448415\n`
const noProject = `${team}\n[active]\naccount = "team"\n`
const mePath = `${home}/.mp/accounts/team/me.json`
const testPath = `${home}/.mp/accounts/team/last-test.json`

const projects = [
  { id: "3713224", name: "AI Demo", organization_id: 100, timezone: "US/Pacific", is_active: false },
  { id: "3018488", name: "E-Commerce Demo", organization_id: 100, timezone: "US/Pacific", is_active: true }
]
const workspaces = [
  { id: 3448414, name: "All Project Data", is_default: true, is_active: false },
  { id: 3448415, name: "Growth Team", is_default: false, is_active: true }
]

const sandboxed = <A, E>(test: (server: SandboxServer) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(start({ oauth: false }), test))
const at = ({ environment }: SandboxServer, files: World["files"] = { [configPath]: config }, env = {}): World => ({
  files,
  env: { ...environment, ...env }
})
const json = ({ stdout }: FullOutcome): unknown => JSON.parse(stdout)
const asked = (server: SandboxServer) => Effect.map(server.requests, (seen) => seen.map(({ path }) => path))

describe("project list", () => {
  it.live("asks once a day, and whenever it is told to", () =>
    sandboxed((server) =>
      Effect.gen(function* () {
        const first = yield* runHere(["project", "list", "--format", "json"], at(server))
        expect(first).toMatchObject({ code: 0, stderr: "" })
        expect(json(first)).toEqual(projects.map((one) => ({ ...one, timezone: expect.any(String) })))
        const again = yield* runHere(["project", "list", "-f", "json"], at(server, first.files))
        expect(again.stdout).toBe(first.stdout)
        expect(yield* asked(server)).toEqual(["/api/app/me"])
        yield* runHere(["project", "list", "--refresh"], at(server, first.files))
        expect(yield* asked(server)).toHaveLength(2)
        expect(JSON.parse(first.files[mePath] ?? "")).toMatchObject({ user_id: 9001, cached_region: null })
      })
    )
  )

  it.live("works without a project, with credentials of the environment, and with a bridge", () =>
    sandboxed((server) =>
      Effect.gen(function* () {
        const list = ["project", "list", "-f", "jsonl"]
        const active = ({ stdout }: FullOutcome) =>
          stdout
            .trimEnd()
            .split("\n")
            .map((line): { id: string; is_active: boolean } => JSON.parse(line))
            .flatMap(({ id, is_active }) => (is_active ? [id] : []))
        const bare = yield* runHere(list, at(server, { [configPath]: noProject }))
        expect([bare.code, active(bare)]).toEqual([0, []])
        expect(active(yield* runHere([...list, "-p", "3713224"], at(server, bare.files)))).toEqual(["3713224"])
        const env = {
          MP_OAUTH_TOKEN: "sandbox-bearer-sam",
          MP_PROJECT_ID: "4100077",
          MP_REGION: "us"
        }
        const fromEnvironment = yield* runHere(list, at(server, {}, env))
        expect([active(fromEnvironment), fromEnvironment.files]).toEqual([["4100077"], {}])
        const bridge = {
          version: 2,
          account: { name: "jo", type: "oauth_token", region: "us", token: "sandbox-bearer-jo" },
          project: "3018488"
        }
        const bridgePath = `${home}/.claude/mixpanel/auth.json`
        const bridged = yield* runHere(list, at(server, { [bridgePath]: JSON.stringify(bridge) }))
        expect([active(bridged), Object.keys(bridged.files)]).toEqual([["3018488"], [bridgePath]])
      })
    )
  )

  it.live("as a table, and exits 2 when refused, 4 without an account", () =>
    sandboxed((server) =>
      Effect.gen(function* () {
        const { stdout } = yield* runHere(["project", "list"], at(server))
        expect(stdout.split("\n")[0]).toMatch(/^ID +NAME +ORGANIZATION +TIMEZONE +ACTIVE$/)
        expect(stdout.split("\n")[2]).toMatch(/^3018488 +E-Commerce Demo +100 .*\*$/)
        const refused = config.replace("sandbox-secret-team", "wrong")
        expect((yield* runHere(["project", "list"], at(server, { [configPath]: refused }))).code).toBe(2)
        expect((yield* runHere(["project", "list"], at(server, {}))).code).toBe(4)
        yield* server.script({ path: "/api/app/me", status: 200, body: { results: { user_id: 1, projects: {} } } })
        const none = yield* runHere(["project", "list"], at(server))
        expect(none).toMatchObject({ code: 0, stdout: "Account 'team' sees no projects.\n" })
      })
    )
  )
})

describe("workspace list", () => {
  it.live("shows the default one and the one in use; needs a project", () =>
    sandboxed((server) =>
      Effect.gen(function* () {
        const listed = yield* runHere(["workspace", "list", "-f", "json"], at(server))
        expect(json(listed)).toEqual(workspaces)
        const other = yield* runHere(["workspace", "list", "-f", "json", "-p", "3713224"], at(server, listed.files))
        expect(json(other)).toEqual([{ id: 3448413, name: "All Project Data", is_default: true, is_active: false }])
        expect(yield* asked(server)).toEqual(["/api/app/me"])
        expect((yield* runHere(["workspace", "show"], at(server, listed.files))).stdout).toBe("Growth Team (3448415)\n")
        expect((yield* runHere(["workspace", "list"], at(server, { [configPath]: noProject }))).code).toBe(4)
      })
    )
  )

  it.live("says so when there are none", () =>
    sandboxed((server) =>
      Effect.gen(function* () {
        yield* server.script(
          { path: "/api/app/me", status: 200, body: { results: { user_id: 1 } } },
          { path: "/api/app/projects/3018488/workspaces/public", status: 200, body: { results: [] } }
        )
        expect(yield* runHere(["workspace", "list"], at(server))).toMatchObject({
          code: 0,
          stdout: "Account 'team' sees no workspaces in project 3018488.\n"
        })
      })
    )
  )
})

describe("api", () => {
  const path = "/api/app/projects/{project_id}/annotations"
  it.live("fills {workspace_id} in paths and fields, and asks nobody where it is not needed", () =>
    sandboxed((server) =>
      Effect.gen(function* () {
        const unpinned = { [configPath]: config.replace("workspace = 3448415\n", "") }
        yield* runHere(["api", path], at(server, unpinned))
        yield* runHere(["api", path, "--field", "w={workspace_id}"], at(server, unpinned))
        yield* runHere(["api", path, "--field", "w={workspace_id}"], at(server))
        const seen = yield* server.requests
        expect(seen.map(({ path, query }) => [path.split("/").at(-1), query["w"]])).toEqual([
          ["annotations", undefined],
          ["me", undefined],
          ["annotations", "3448414"],
          ["annotations", "3448415"]
        ])
      })
    )
  )

  it.live("exits 1 with NO_WORKSPACES", () =>
    sandboxed((server) =>
      Effect.gen(function* () {
        yield* server.script(
          { path: "/api/app/me", status: 200, body: { results: { user_id: 1 } } },
          { path: "/api/app/projects/3018488/workspaces/public", status: 200, body: { results: [] } }
        )
        const unpinned = { [configPath]: config.replace("workspace = 3448415\n", "") }
        const outcome = yield* runHere(["api", "/api/app/{workspace_id}", "-f", "json"], at(server, unpinned))
        expect([outcome.code, JSON.parse(outcome.stderr).error.code]).toEqual([1, "NO_WORKSPACES"])
      })
    )
  )
})

describe("account test", () => {
  it.live("is remembered by list and show until the credential changes", () =>
    sandboxed((server) =>
      Effect.gen(function* () {
        const status = (files: World["files"]) =>
          Effect.map(runHere(["account", "show", "team", "-f", "json"], at(server, files)), ({ stdout }) => {
            const shown: { status: string; last_test: unknown } = JSON.parse(stdout)
            return [shown.status, shown.last_test]
          })
        const tested = yield* runHere(["account", "test", "team"], at(server))
        expect(Object.keys(tested.files).sort()).toEqual([testPath, mePath, configPath].sort())
        expect(yield* status(tested.files)).toEqual(["ok", { at: expect.stringMatching(/Z$/), ok: true }])
        const list = yield* runHere(["account", "list", "-f", "json"], at(server, tested.files))
        expect(json(list)).toMatchObject([{ name: "team", status: "ok" }])
        const wrong = { ...tested.files, [configPath]: config.replace("sandbox-secret-team", "wrong") }
        expect(yield* status(wrong)).toEqual(["untested", null])
        const failed = yield* runHere(["account", "test", "team"], at(server, wrong))
        expect(failed.code).toBe(2)
        expect(yield* status(failed.files)).toEqual(["needs_token", { at: expect.any(String), ok: false }])
        const updated = yield* runHere(["account", "update", "team", "--secret-stdin"], {
          ...at(server, failed.files),
          stdin: "sandbox-secret-team"
        })
        expect(yield* status(updated.files)).toEqual(["untested", null])
        expect(Object.keys(updated.files)).toEqual([configPath])
      })
    )
  )
})
