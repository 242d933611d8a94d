/** Faults of logins, locks and answers, and how their hints are answered. */
import { type ChildProcess, spawn } from "node:child_process"
import { chownSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { nodeHost } from "#src/layers/node/files/ProcessHost.ts"
import { tokenOf } from "../doctor/seeds.ts"
import type { Need } from "../../support/needs.ts"
import type { Recipe } from "./errors.ts"

const secret = { MP_USERNAME: "team.292e7c.mp-service-account", MP_SECRET: "sandbox-secret-team" }
const login = "mp account login me"

const holders = new Set<ChildProcess>()

export const endHolders = (): void => {
  for (const holder of holders) holder.kill("SIGKILL")
}

/** Ends as soon as it is continued, as a holder does who was stopped at the end of its work. */
const stoppedHolder = async (home: string): Promise<void> => {
  const holder = spawn("sh", ["-c", "kill -STOP $$"], { stdio: "ignore" })
  holders.add(holder)
  const { pid = 0 } = holder
  while (nodeHost.running(pid)?.stopped !== true) await new Promise((resume) => setTimeout(resume, 20))
  const lock = join(home, ".mp/.config.toml.lock.d")
  mkdirSync(lock, { mode: 0o700 })
  writeFileSync(join(lock, tokenOf(pid, nodeHost.running(pid)?.start ?? "")), "", { mode: 0o600 })
}

/** What the browser of `scratch` does once instead of saying yes. */
const once = (what: "deny" | "away") => (home: string) => writeFileSync(join(home, what), "")

export const aroundLogins: ReadonlyArray<Recipe> = [
  {
    of: "CredentialWithheld",
    says: "an ExecCredential of a service account",
    shows: "mp credential get --protocol exec-credential"
  },
  {
    of: "CredentialWithheld",
    says: "an address of somebody else",
    shows: `echo '{"uri":"https://evil.example/"}' | mp credential get --protocol bazel`,
    // It stays refused; the hint asks for the session's own address.
    works: "true"
  },
  {
    of: "NoWorkspaces",
    says: "a project without one, at first",
    shows: "mp api '/api/app/projects/{project_id}/annotations' --field 'w={workspace_id}'",
    faults: [
      { path: "/api/app/me", status: 200, body: { results: { user_id: 1 } } },
      { path: "/api/app/projects/3018488/workspaces/public", status: 200, body: { results: [] } }
    ],
    answers: [
      [/--workspace ID/, "--workspace 3448414"],
      [/--project ID/, "--project 3713224"]
    ]
  },
  { of: "ProjectNotFound", says: "a flag", shows: "mp login --name new --project 99", env: secret },
  { of: "ProjectNotFound", says: "a variable", shows: "mp login --name new", env: { ...secret, MP_PROJECT_ID: "99" } },
  {
    of: "UnexpectedResponse",
    says: "a page of a gateway",
    shows: "mp inspect events",
    faults: [{ path: "/api/query/events", status: 200, body: "<html>" }],
    works: 'test -z "$MP_API_BASE_URL"'
  },
  {
    of: "CredentialNotAccepted",
    says: "a service account where only a person is heard",
    shows: "mp api /api/app/data-retrievals/v3.0",
    oauth: true,
    faults: [{ path: "/api/app/data-retrievals", status: 200, body: {}, times: 9 }],
    answers: [[/^mp login$/, "script -qec 'mp login --project 3018488' /dev/null >/dev/null"]]
  },
  {
    of: "OAuthNetworkUnreachable",
    says: "a server out of order",
    shows: "mp login --name new --region us",
    env: secret,
    faults: [{ path: "/api/app/me", status: 503, times: 4 }]
  },
  {
    of: "OAuthRegistrationError",
    says: "a refusal",
    shows: login,
    oauth: true,
    faults: [{ path: "/oauth/mcp/register", status: 400, body: { error: "invalid_client_metadata" } }]
  },
  {
    of: "OAuthExchangeError",
    says: "a refusal",
    shows: login,
    oauth: true,
    faults: [{ path: "/oauth/token", status: 400, body: { error: "invalid_request" } }]
  },
  { of: "OAuthAuthDenied", says: "a no", shows: login, oauth: true, plant: once("deny") },
  {
    of: "OAuthTimeout",
    says: "nobody there",
    shows: "mp account login me --timeout 12",
    oauth: true,
    plant: once("away")
  },
  {
    of: "LockTimeout",
    says: "a holder that is stopped",
    shows: "mp account use team",
    plant: stoppedHolder,
    leaves: [/^mp account use/]
  }
]

const readOnly = (line: string) =>
  `unshare -m sh -c 'mount --bind "$HOME/.mp" "$HOME/.mp" && mount -o remount,ro,bind "$HOME/.mp" && eval "$0"' '${line.replaceAll("'", "'\\''")}'`

/** Faults that only root can make; and what each needs. */
export const rootsOwn: ReadonlyArray<{ readonly recipe: Recipe; readonly need: Need }> = [
  {
    need: "root",
    recipe: {
      of: "FileError",
      says: "a configuration of another user",
      shows: "mp session",
      plant: (home) => chownSync(join(home, ".mp/config.toml"), 12345, 12345)
    }
  },
  {
    need: "mounts",
    recipe: {
      of: "FileError",
      says: "a mount that is read-only",
      shows: "mp project use 3713224",
      inside: readOnly
    }
  }
]
