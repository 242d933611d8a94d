/** A sound home, and the ways in which the faults are seeded into it. */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { spawnSync } from "node:child_process"
import { chmod, mkdir, rename, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { hostHash, nodeHost } from "#src/layers/node/files/ProcessHost.ts"
import { nodeCrypto } from "#src/layers/node/crypto.ts"
import { ServiceAccount } from "#src/domain/account/Account.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { lastCheckText } from "#src/domain/account/LastCheck.ts"
import { credentialFingerprint } from "#src/services/api/credentialFingerprint.ts"
import { tokenFingerprint } from "#src/services/tokens/tokenFamily.ts"
import { makeHome } from "../../support/mp.ts"

export const config = `# by hand
[accounts.teamacct]
type = "service_account"
region = "us"
default_project = "3018488"
username = "u.mp-service-account"
secret = "stored-secret"

[accounts.meacct]
type = "oauth_browser"
region = "eu"
default_project = "3018488"

[active]
account = "teamacct"
workspace = 3448414

[targets.ecomtgt]
account = "teamacct"
project = "3018488"
`

const refreshToken = "refresh-token-of-me"

export const deadMark = Effect.runSync(tokenFingerprint(nodeCrypto, Redacted.make(refreshToken)))

/** How the check of the service account ended that was made at an address. */
export const refusedAt = (address: string): string =>
  lastCheckText({
    at: 1_700_000_000_000,
    ok: false,
    code: Option.some("AUTH_FAILED"),
    refused: true,
    credential: Effect.runSync(
      credentialFingerprint(nodeCrypto, team).pipe(
        Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["MP_APP_BASE_URL", address]])))
      )
    )
  })

const team = new ServiceAccount({
  name: AccountName.make("teamacct"),
  region: "us",
  username: "u.mp-service-account",
  secret: Redacted.make("stored-secret")
})

export const tokens = (changes: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    access_token: "access-token-of-me",
    expires_at: "2036-01-01T12:00:00.000000+00:00",
    token_type: "Bearer",
    scope: "",
    refresh_token: refreshToken,
    client_id: "client-of-me",
    ...changes
  })

export const client = (changes: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    client_id: "client-of-me",
    region: "eu",
    redirect_uri: "http://localhost:19284/callback",
    scope: "projects",
    created_at: "2026-01-01T00:00:00Z",
    ...changes
  })

export const bridge = JSON.stringify({
  version: 2,
  account: { name: "bridgeacct", type: "oauth_token", region: "us", token: "bridge-token", default_project: "3018488" }
})

export const me = JSON.stringify({
  user_id: 42,
  user_email: "person@example.com",
  organizations: {},
  projects: { "3018488": { name: "P", organization_id: 1, domain: "mixpanel.com" } },
  workspaces: {},
  cached_at: 1
})

export const healthy = Effect.flatMap(
  makeHome({ ".mp/config.toml": config, ".mp/accounts/meacct/tokens.json": tokens() }),
  (home) =>
    Effect.as(
      Effect.promise(() => chmod(join(home, ".mp"), 0o700)),
      home
    )
)

const deadPid = spawnSync(process.execPath, ["-e", ""]).pid

export interface Fault {
  readonly says: string
  /** All that is found, in any order. */
  readonly finds: ReadonlyArray<string>
  readonly fix: RegExp
  readonly mended?: boolean
  readonly config?: (text: string) => string
  readonly prepare?: (home: string) => Promise<unknown>
  readonly env?: Readonly<Record<string, string>>
  /** It hides others, or is hidden by them. */
  readonly alone?: boolean
  readonly healthy?: boolean
}

export const write =
  (path: string, text: string, mode = 0o600) =>
  async (home: string) => {
    await mkdir(join(home, path, ".."), { recursive: true, mode: 0o700 })
    await writeFile(join(home, path), text)
    await chmod(join(home, path), mode)
  }

export const wide =
  (path: string, mode = 0o644) =>
  (home: string) =>
    chmod(join(home, path), mode)

export const leftover = async (home: string) => {
  await write(`.mp/.config.toml.${deadPid}.${hostHash(nodeHost.id())}.0123456789ab.tmp`, "half")(home)
}

const lockDirectory = ".mp/accounts/meacct/.tokens.json.lock.d"

/** A lock with one token of this name. */
export const lockNamed = (name: string) => write(`${lockDirectory}/${name}`, "")

/** The token of a process of this machine. */
export const tokenOf = (pid: number, start = "1") => `0123456789ab.3.${hostHash(nodeHost.id())}.${pid}.${start}`

export const linked = async (home: string) => {
  await rename(join(home, ".mp/config.toml"), join(home, "elsewhere.toml"))
  await symlink(join(home, "elsewhere.toml"), join(home, ".mp/config.toml"))
}

export const replace = (from: string, to: string) => (text: string) => text.replace(from, to)
export const append = (more: string) => (text: string) => `${text}\n${more}\n`
