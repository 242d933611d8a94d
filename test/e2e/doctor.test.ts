/** `mp doctor` on real homes: every seeded fault is found by its id, and mended where that is promised. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { chmod, lstat, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import { join } from "node:path"
import * as Redacted from "effect/Redacted"
import { describe, expect } from "vitest"
import { catalogue } from "../../src/domain/doctor/catalogue.ts"
import { nodeMachine, placeTag } from "../../src/layers/disk/Machine.ts"
import { fingerprintOf } from "../../src/services/oauth/lineage.ts"
import { makeHome, put, runMp } from "../support/mp.ts"

const config = `# by hand
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

const tokens = (changes: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    access_token: "access-token-of-me",
    expires_at: "2036-01-01T12:00:00.000000+00:00",
    token_type: "Bearer",
    scope: "",
    refresh_token: refreshToken,
    client_id: "client-of-me",
    ...changes
  })

const bridge = JSON.stringify({
  version: 2,
  account: { name: "bridgeacct", type: "oauth_token", region: "us", token: "bridge-token", default_project: "3018488" }
})

const me = JSON.stringify({
  user_id: 42,
  user_email: "person@example.com",
  organizations: {},
  projects: { "3018488": { name: "P", organization_id: 1, domain: "mixpanel.com" } },
  workspaces: {},
  cached_at: 1
})

const healthy = Effect.flatMap(
  makeHome({ ".mp/config.toml": config, ".mp/accounts/meacct/tokens.json": tokens() }),
  (home) =>
    Effect.as(
      Effect.promise(() => chmod(join(home, ".mp"), 0o700)),
      home
    )
)

const deadPid = spawnSync(process.execPath, ["-e", ""]).pid

interface Fault {
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

const write =
  (path: string, text: string, mode = 0o600) =>
  async (home: string) => {
    await mkdir(join(home, path, ".."), { recursive: true, mode: 0o700 })
    await writeFile(join(home, path), text)
    await chmod(join(home, path), mode)
  }

const wide =
  (path: string, mode = 0o644) =>
  (home: string) =>
    chmod(join(home, path), mode)

const leftover = async (home: string) => {
  const place = await nodeMachine.place()
  await write(`.mp/.config.toml.${deadPid}.${placeTag(place)}0123456789ab.tmp`, "half")(home)
}

const lockMark = async (home: string) => {
  const mark = { pid: deadPid, start: null, nonce: "0", place: await nodeMachine.place() }
  await write(".mp/accounts/meacct/.tokens.json.lock.held", JSON.stringify(mark))(home)
}

const linked = async (home: string) => {
  await rename(join(home, ".mp/config.toml"), join(home, "elsewhere.toml"))
  await symlink(join(home, "elsewhere.toml"), join(home, ".mp/config.toml"))
}

const replace = (from: string, to: string) => (text: string) => text.replace(from, to)
const append = (more: string) => (text: string) => `${text}\n${more}\n`

const faults: ReadonlyArray<Fault> = [
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
    fix: /^sed /,
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
    fix: /^rm /,
    alone: true,
    prepare: async (home) => {
      await rm(join(home, ".mp/accounts/meacct/tokens.json"))
      await symlink("/etc/hostname", join(home, ".mp/accounts/meacct/tokens.json"))
    }
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
    prepare: write(".mp/accounts/meacct/dead-refresh-token", fingerprintOf(Redacted.make(refreshToken)))
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
    says: "token variable unset",
    finds: ["token-variable-unset"],
    fix: /^export CI_PRIVATE_TOKEN=/,
    config: append('[accounts.ciacct]\ntype = "oauth_token"\nregion = "us"\ntoken_env = "CI_PRIVATE_TOKEN"')
  },
  {
    says: "region mismatch",
    finds: ["region-mismatch"],
    fix: /^mp account update meacct --region us$/,
    prepare: write(".mp/accounts/meacct/me.json", me)
  },
  { says: "leftover of a killed writer", finds: ["leftover"], fix: /^rm .*\.tmp$/, mended: true, prepare: leftover },
  { says: "lock of a dead holder", finds: ["stale-lock"], fix: /--fix/, mended: true, prepare: lockMark },
  {
    says: "tokens of nobody",
    finds: ["orphaned-directory"],
    fix: /^rm -r /,
    healthy: true,
    prepare: write(".mp/accounts/orphanacct/tokens.json", tokens())
  },
  { says: "malformed region", finds: ["variable-malformed"], fix: /^unset MP_REGION$/, env: { MP_REGION: "mars" } },
  {
    says: "malformed project",
    finds: ["variable-malformed"],
    fix: /^unset MP_PROJECT_ID$/,
    env: { MP_PROJECT_ID: "x1" },
    alone: true
  },
  {
    says: "malformed workspace",
    finds: ["variable-malformed"],
    fix: /^unset MP_WORKSPACE_ID$/,
    env: { MP_WORKSPACE_ID: "-1" },
    alone: true
  },
  {
    says: "partial quad",
    finds: ["credential-partial"],
    fix: /^unset MP_USERNAME MP_SECRET$/,
    env: { MP_USERNAME: "u", MP_SECRET: "env-secret" },
    alone: true
  },
  {
    says: "partial triple",
    finds: ["credential-partial"],
    fix: /^unset MP_OAUTH_TOKEN$/,
    env: { MP_OAUTH_TOKEN: "env-token", MP_REGION: "us" },
    alone: true
  },
  {
    says: "environment account",
    finds: ["account-shadowed"],
    fix: /^unset MP_OAUTH_TOKEN$/,
    env: { MP_OAUTH_TOKEN: "env-token", MP_REGION: "us", MP_PROJECT_ID: "77" },
    alone: true,
    healthy: true
  },
  {
    says: "project variable",
    finds: ["project-shadowed"],
    fix: /^unset MP_PROJECT_ID$/,
    env: { MP_PROJECT_ID: "99887766" },
    alone: true
  },
  {
    says: "workspace variable",
    finds: ["workspace-shadowed"],
    fix: /^unset MP_WORKSPACE_ID$/,
    env: { MP_WORKSPACE_ID: "99887755" },
    alone: true
  },
  {
    says: "MP_ACCOUNT and MP_TARGET",
    finds: ["account-and-target-set"],
    fix: /^unset MP_TARGET$/,
    env: { MP_ACCOUNT: "teamacct", MP_TARGET: "ecomtgt" }
  },
  {
    says: "MP_ACCOUNT of nobody",
    finds: ["name-unknown"],
    fix: /^unset MP_ACCOUNT$/,
    env: { MP_ACCOUNT: "nobodyacct" },
    alone: true
  },
  {
    says: "cleartext base",
    finds: ["address-unsafe"],
    fix: /^unset MP_API_BASE_URL$/,
    env: { MP_API_BASE_URL: "http://private.example.org" }
  },
  {
    says: "malformed base",
    finds: ["address-unsafe"],
    fix: /^unset MP_APP_BASE_URL$/,
    env: { MP_APP_BASE_URL: "nonsense" },
    alone: true
  },
  {
    says: "moved base",
    finds: ["address-moved"],
    fix: /^unset MP_APP_BASE_URL$/,
    env: { MP_APP_BASE_URL: "https://gateway.example.org" },
    healthy: true
  },
  {
    says: "unusable proxy",
    finds: ["proxy-unusable"],
    fix: /^unset HTTPS_PROXY$/,
    env: { HTTPS_PROXY: "socks5://user:proxypassword@private.example.org" }
  },
  {
    says: "missing certificates",
    finds: ["certificates-missing"],
    fix: /^unset NODE_EXTRA_CA_CERTS$/,
    env: { NODE_EXTRA_CA_CERTS: "/nowhere/private-ca.pem" }
  },
  {
    says: "bridge missing",
    finds: ["bridge-missing"],
    fix: /^unset MP_AUTH_FILE$/,
    env: { MP_AUTH_FILE: "/nowhere/private-bridge.json" },
    alone: true
  },
  {
    says: "bridge broken",
    finds: ["bridge-broken"],
    fix: /^mp account export-bridge /,
    prepare: write(".claude/mixpanel/auth.json", "{}"),
    alone: true
  },
  {
    says: "bridge 0644",
    finds: ["bridge-not-private"],
    fix: /^chmod 600 /,
    mended: true,
    prepare: write(".claude/mixpanel/auth.json", bridge, 0o644)
  },
  {
    says: "bridge expired",
    finds: ["bridge-expired"],
    fix: /^mp account export-bridge /,
    alone: true,
    prepare: write(
      ".claude/mixpanel/auth.json",
      JSON.stringify({
        account: { name: "bridgeacct", type: "oauth_browser", region: "us" },
        tokens: JSON.parse(tokens({ expires_at: "2020-01-01T00:00:00Z", refresh_token: null }))
      })
    )
  },
  {
    says: "bridge in the working directory",
    finds: ["bridge-here"],
    fix: /mv /,
    healthy: true,
    alone: true,
    prepare: write("mixpanel_auth.json", bridge)
  }
]

const seed = (home: string, { config: edit, prepare }: Fault) =>
  Effect.promise(async () => {
    if (edit !== undefined) {
      const path = join(home, ".mp/config.toml")
      await writeFile(path, edit(await readFile(path, "utf8")))
    }
    await prepare?.(home)
  })

interface Told {
  readonly id: string
  readonly fix: string
  readonly fixable: boolean
  readonly fixed: boolean
}
interface Answer {
  readonly healthy: boolean
  readonly findings: ReadonlyArray<Told>
}

const isAnswer = (value: unknown): value is Answer =>
  typeof value === "object" && value !== null && "healthy" in value && "findings" in value

const doctor = (home: string, env: Readonly<Record<string, string>>, ...flags: ReadonlyArray<string>) =>
  Effect.map(
    runMp(["doctor", "--offline", "--format", "json", ...flags], { home, env }),
    ({ code, stderr, stdout }) => {
      expect(stderr.replace(/^Warning: Ignoring extra certs.*\n/gm, "")).toBe("")
      const answer: unknown = JSON.parse(stdout)
      if (!isAnswer(answer)) throw new Error(stdout)
      return { code, ...answer }
    }
  )

const ids = (findings: ReadonlyArray<Told>): ReadonlyArray<string> => [...new Set(findings.map(({ id }) => id))].sort()

const examined = (fault: Fault) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { env = {}, finds, fix } = fault
      const home = yield* healthy
      yield* seed(home, fault)
      const found = yield* doctor(home, env)
      expect({ says: fault.says, ids: ids(found.findings) }).toEqual({ says: fault.says, ids: [...finds].sort() })
      expect([fault.says, found.code, found.healthy]).toEqual(
        fault.healthy === true ? [fault.says, 0, true] : [fault.says, 1, false]
      )
      expect(found.findings.some((one) => fix.test(one.fix)) ? [] : found.findings).toEqual([])
      expect([fault.says, found.findings.map(({ fixable }) => fixable)]).toEqual([
        fault.says,
        found.findings.map(() => fault.mended === true)
      ])
      if (fault.mended !== true) return
      const first = yield* doctor(home, env, "--fix")
      expect([fault.says, first.code, first.findings.map(({ fixed, id }) => [id, fixed])]).toEqual([
        fault.says,
        0,
        finds.map((id) => [id, true])
      ])
      const second = yield* doctor(home, env, "--fix")
      expect([fault.says, second.code, second.findings]).toEqual([fault.says, 0, []])
    })
  )

describe("mp doctor", () => {
  it.effect("every seeded fault alone: found, explained, and mended where that is promised", () =>
    Effect.forEach(faults, examined, { concurrency: 4, discard: true })
  )

  it("more than twenty kinds of fault are seeded, and only network findings are not", () => {
    const seeded = new Set(faults.flatMap(({ finds }) => finds))
    const missing = Object.entries(catalogue).flatMap(([id, { area }]) =>
      seeded.has(id) || area === "network" ? [] : [id]
    )
    expect(missing).toEqual([])
    expect(seeded.size).toBeGreaterThan(20)
  })

  it.scoped("a healthy home is told so, in a few lines", () =>
    Effect.gen(function* () {
      const home = yield* healthy
      const { code, stderr, stdout } = yield* runMp(["doctor", "--offline"], { home })
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
      expect(stdout).toMatch(/^(ok .*\n){5}All is well\.\n$/)
      const empty = yield* makeHome()
      expect(yield* runMp(["doctor", "--offline"], { home: empty })).toMatchObject({ code: 0, stderr: "" })
    })
  )

  it.scoped("all faults at once: every one is found, those that can be are mended, and the report tells no names", () =>
    Effect.gen(function* () {
      const together = faults.filter(({ alone }) => alone !== true)
      const home = yield* healthy
      yield* Effect.forEach(
        together.filter(({ prepare }) => prepare === undefined),
        (fault) => seed(home, fault)
      )
      yield* Effect.forEach(
        together.filter(({ prepare }) => prepare !== undefined),
        (fault) => seed(home, fault)
      )
      const env = Object.assign({}, ...together.map(({ env = {} }) => env))
      const secondLook = yield* doctor(home, env, "--fix")
      const expected = together.flatMap(({ finds }) => finds)
      expect(ids(secondLook.findings)).toEqual(expect.arrayContaining([...new Set(expected)].sort()))
      expect(secondLook.findings.filter(({ fixable, fixed }) => fixable !== fixed)).toEqual([])
      expect(secondLook.code).toBe(1)
      const after = yield* doctor(home, env)
      expect(after.findings.filter(({ fixable }) => fixable)).toEqual([])
      const { code, stdout } = yield* runMp(["doctor", "--report", "--offline"], { home, env })
      expect(code).toBe(1)
      const leaks = /acct|tgt|3018488|3448414|@|example|secret|token-of|PRIVATE|private-|X-Private|nowhere|password/i
      const named = stdout
        .replaceAll("[settings.custom_header]", "")
        .split("\n")
        .filter((line) => leaks.test(line.replaceAll("it holds secrets", "").replaceAll("not-private", "")))
      expect(named).toEqual([])
      expect(stdout).not.toContain(home)
      expect(stdout).toMatch(/^mp doctor --report\nmp \d+\.\d+\.\d+, node [\d.]+, \w+\n/)
    })
  )

  it.scoped("what it mends, it mends as it should be", () =>
    Effect.gen(function* () {
      const home = yield* healthy
      const path = join(home, ".mp/config.toml")
      yield* put(
        home,
        ".mp/config.toml",
        `\uFEFF${config.replace('[active]\naccount = "teamacct"', '[active]\naccount = "goneacct"')}`
      )
      yield* Effect.promise(() => chmod(path, 0o644))
      const { code, findings } = yield* doctor(home, {}, "--fix")
      expect(code).toBe(0)
      expect(findings.map(({ fixed, id }) => [id, fixed])).toEqual([
        ["config-not-private", true],
        ["config-byte-order-mark", true],
        ["active-account-dangling", true]
      ])
      expect(yield* Effect.promise(() => readFile(path, "utf8"))).toBe(
        config.replace('[active]\naccount = "teamacct"\nworkspace = 3448414\n\n', "")
      )
      expect((yield* Effect.promise(() => lstat(path))).mode & 0o777).toBe(0o600)
    })
  )

  it.scoped("a directory that a variable names is judged, and left as it is", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      yield* Effect.promise(async () => {
        await mkdir(join(home, "shared"))
        await chmod(join(home, "shared"), 0o755)
      })
      const { code, findings } = yield* doctor(home, { MP_OAUTH_STORAGE_DIR: join(home, "shared") }, "--fix")
      expect({ code, findings }).toMatchObject({ code: 1, findings: [{ id: "directory-not-private", fixable: false }] })
    })
  )
})

const serving = (respond: Parameters<typeof createServer>[1]) =>
  Effect.acquireRelease(
    Effect.async<Server>((resume) => {
      const server = createServer(respond ?? (() => undefined)).listen(0, "127.0.0.1", () =>
        resume(Effect.succeed(server))
      )
    }),
    (server) => Effect.sync(() => void server.closeAllConnections())
  )

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

describe("mp doctor and the network", () => {
  it.scoped("the clock is compared with the server's, and no credential is sent", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const world = { behind: 0, status: 401 }
      const server = yield* serving((request, response) => {
        seen.push(JSON.stringify([request.method, request.url, request.headers]))
        response.sendDate = false
        response.writeHead(world.status, { date: new Date(Date.now() - world.behind).toUTCString() }).end()
      })
      const home = yield* healthy
      const look = (behind: number, status = 401) =>
        Effect.map(
          Effect.suspend(() => {
            Object.assign(world, { behind, status })
            return runMp(["doctor", "--format", "jsonl"], {
              home,
              env: { MP_API_BASE_URL: `http://127.0.0.1:${portOf(server)}` }
            })
          }),
          ({ code, stdout }) => [code, ...[...stdout.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id)]
        )
      expect(yield* look(0)).toEqual([0, "address-moved"])
      expect(yield* look(60_000)).toEqual([1, "address-moved", "clock-skewed"])
      expect(yield* look(-600_000)).toEqual([1, "address-moved", "clock-far-off"])
      expect(yield* look(0, 503)).toEqual([1, "address-moved", "server-trouble"])
      expect(seen.length).toBe(4)
      expect(
        seen.filter((line) => !line.startsWith('["HEAD","/api/app"') || /authorization|cookie/i.test(line))
      ).toEqual([])
    })
  )

  it.scoped("a host that does not answer is named with the reason", () =>
    Effect.gen(function* () {
      const home = yield* healthy
      const { code, stdout } = yield* runMp(["doctor"], { home, env: { MP_API_BASE_URL: "http://127.0.0.1:1" } })
      expect(code).toBe(1)
      expect(stdout).toMatch(/unreachable +127\.0\.0\.1:1\n.*the connection was refused/)
      expect(stdout).toContain("fix: curl -sSI http://127.0.0.1:1/api/app")
    })
  )
})
