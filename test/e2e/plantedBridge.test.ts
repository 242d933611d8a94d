/** A bridge that somebody else put there, by every command: it switches nobody, sends nothing, and ends no login. */
import { chmod, chown, mkdir, readdir, readFile, rename, symlink, writeFile } from "node:fs/promises"
import { dirname, join, relative } from "node:path"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import * as Sandbox from "../../src/layers/sandbox/Sandbox.ts"
import { runOnDisk } from "../support/inProcess.ts"
import { needs } from "../support/needs.ts"
import { makeHome, runMp } from "../support/mp.ts"

const evil = {
  secret: "evil-secret",
  access: "evil-access",
  refresh: "evil-refresh",
  header: "evil-header",
  project: "666000",
  workspace: 666111
}
const marks = [...Object.values(evil).map(String), Buffer.from(`evil:${evil.secret}`).toString("base64")]
const marked = (text: string): ReadonlyArray<string> => marks.filter((mark) => text.includes(mark))

const axes = { version: 2, project: evil.project, workspace: evil.workspace, headers: { "X-Evil": evil.header } }
const tokens = (expires: string) => ({
  access_token: evil.access,
  refresh_token: evil.refresh,
  expires_at: expires,
  token_type: "Bearer",
  scope: "",
  session: "forged.999999"
})
const browser = { type: "oauth_browser", name: "me", region: "us" }
const bridges = {
  "another account": {
    ...axes,
    account: { type: "service_account", name: "evil", region: "us", username: "evil", secret: evil.secret }
  },
  "a bearer": { ...axes, account: { type: "oauth_token", name: "team", region: "us", token: evil.access } },
  "the name of a login": { ...axes, account: browser, tokens: tokens("2099-01-01T00:00:00+00:00") },
  "an expired login": { ...axes, account: browser, tokens: tokens("2020-01-01T00:00:00+00:00") },
  nonsense: { account: 5, project: evil.project }
} as const

const configOf = ({ credentials }: Sandbox.SandboxServer) => {
  const { projects, secret, username } = credentials.serviceAccounts[0]
  return `[active]
account = "team"

[accounts.team]
type = "service_account"
region = "us"
default_project = "${projects[0]}"
username = "${username}"
secret = "${secret}"

[accounts.me]
type = "oauth_browser"
region = "us"
default_project = "${projects[0]}"
`
}
const loginOf = ({ credentials }: Sandbox.SandboxServer) =>
  JSON.stringify({
    access_token: credentials.bearers[0].token,
    expires_at: "2099-01-01T00:00:00+00:00",
    token_type: "Bearer",
    scope: "",
    refresh_token: "own-refresh",
    client_id: "minted"
  })

/** Of each kind: what asks, what tells, what changes. The last ones end what the account has, and nothing else. */
const commands = [
  "api /api/app/me",
  "api -a me /api/app/me",
  "env",
  "env -a me",
  "session",
  "session -a me",
  "session --explain",
  "session --bridge",
  "doctor",
  "doctor --offline",
  "config check",
  "config show",
  "account list",
  "account show",
  "account show me",
  "account test",
  "account test me",
  "account token",
  "account token me",
  "account export-bridge -a me --to ~/out.json",
  "project list",
  "project list -a me",
  "account logout me",
  "account remove me --force"
]
const ends = (line: string) => line.includes("logout") || line.includes("remove")

interface World {
  readonly home: string
  readonly cwd: string
  /** Where the configuration and the tokens are. */
  readonly config: string
  readonly store: string
  readonly env: Readonly<Record<string, string>>
}

const plainWorld = (home: string): World => ({
  home,
  cwd: join(home, "work"),
  config: join(home, ".mp/config.toml"),
  store: join(home, ".mp"),
  env: {}
})

const write = async (path: string, text: string, mode = 0o600) => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, text)
  await chmod(path, mode)
}

/** All files below a directory, by their relative path. */
const filesBelow = async (directory: string): Promise<Record<string, string>> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const texts = files.map(async (entry) => {
    const path = join(entry.parentPath, entry.name)
    return [relative(directory, path), await readFile(path, "utf8")] as const
  })
  return Object.fromEntries(await Promise.all(texts))
}

const worldAt = (world: World, sandbox: Sandbox.SandboxServer, plant: (world: World) => Promise<void>) =>
  Effect.promise(async () => {
    await mkdir(world.cwd, { recursive: true, mode: 0o700 })
    await write(world.config, configOf(sandbox))
    await write(join(world.store, "accounts/me/tokens.json"), loginOf(sandbox))
    await plant(world)
  })

/** Runs one line in a world, and says everything that the planted file had a part in. */
const faults = (world: World, sandbox: Sandbox.SandboxServer, line: string, whose = "team") =>
  Effect.gen(function* () {
    const before = yield* Effect.promise(() => filesBelow(world.home))
    yield* sandbox.clearRequests
    const env = { ...sandbox.environment, ...world.env }
    const words = line.replace("~", world.home).split(" ")
    const done = yield* runOnDisk(world.home, words, env, world.cwd)
    const sent = yield* sandbox.requests
    const after = yield* Effect.promise(() => filesBelow(world.home))
    const changed = Object.keys({ ...before, ...after }).filter((path) => before[path] !== after[path])
    const own = relative(world.home, join(world.store, "accounts/me/tokens.json"))
    const seen: Array<string> = []
    const fault = (is: boolean, what: string) => is && seen.push(`${line}: ${what}\n${done.stderr}${done.stdout}`)
    fault(marked(JSON.stringify(sent)).length > 0, "sent")
    fault(!line.includes("logout") && sent.some(({ path }) => path.includes("revoke")), "revoked")
    fault(
      sent.some(({ path }) => path.includes("/oauth/token")),
      "refreshed"
    )
    fault(
      changed.some((path) => marked(after[path] ?? "").length > 0),
      "stored"
    )
    fault(!ends(line) && changed.includes(own) && !line.includes("export-bridge"), "own tokens changed")
    fault(/ch(?:mod|own)/.test(done.stderr + done.stdout) && whose === "team", "trust is advised")
    const secret = [evil.access, evil.refresh, evil.secret, evil.header]
    fault(
      secret.some((text) => (done.stderr + done.stdout).includes(text)),
      "shown"
    )
    if (line.startsWith("session") && !line.includes("--bridge") && done.code === 0) {
      fault(marked(done.stdout).length > 0 && !line.includes("explain"), "another session")
    }
    return { code: done.code, seen, stderr: done.stderr, stdout: done.stdout }
  })

const everywhere = (world: World, sandbox: Sandbox.SandboxServer, lines: ReadonlyArray<string> = commands) =>
  Effect.forEach(lines, (line) => Effect.map(faults(world, sandbox, line), (done) => ({ line, ...done })))

const planted = (bridge: object, mode: number) => (world: World) =>
  write(join(world.cwd, "mixpanel_auth.json"), JSON.stringify(bridge), mode)

const places: Readonly<Record<string, (home: string) => World>> = {
  "a checkout": plainWorld,
  "the home directory": (home) => ({ ...plainWorld(home), cwd: home }),
  "~/.claude": (home) => ({ ...plainWorld(home), cwd: join(home, ".claude") }),
  "~/.claude/mixpanel": (home) => ({ ...plainWorld(home), cwd: join(home, ".claude/mixpanel") }),
  "a checkout that holds the configuration and the store": (home) => {
    const cwd = join(home, "work")
    const env = { MP_CONFIG_PATH: join(cwd, "c/config.toml"), MP_OAUTH_STORAGE_DIR: join(cwd, "s") }
    return { home, cwd, config: env.MP_CONFIG_PATH, store: env.MP_OAUTH_STORAGE_DIR, env }
  }
}

describe("./mixpanel_auth.json", () => {
  for (const [place, worldOf] of Object.entries(places)) {
    it.scopedLive.each(Object.keys(bridges) as ReadonlyArray<keyof typeof bridges>)(
      `in ${place}, with %s: no command has anything of it`,
      (kind) =>
        Effect.gen(function* () {
          const sandbox = yield* Sandbox.start({ oauth: false })
          const world = worldOf(yield* makeHome())
          yield* worldAt(world, sandbox, planted(bridges[kind], kind === "a bearer" ? 0o644 : 0o600))
          const all = yield* everywhere(world, sandbox)
          expect(all.flatMap(({ seen }) => seen)).toEqual([])
          expect(all.filter(({ code, line }) => code !== 0 && !line.startsWith("doctor"))).toEqual([])
        })
    )
  }
})

/** Commands whose account is said, or that are about no session. */
const named = commands.filter(
  (line) => /-a | me\b|list$|check|show$|doctor|token me/.test(line) && line !== "account show"
)

describe("MP_AUTH_FILE=./mixpanel_auth.json, which is the user's own choice", () => {
  it.scopedLive.each(Object.keys(bridges) as ReadonlyArray<keyof typeof bridges>)(
    "with %s: whoever is named is himself, and no token is adopted",
    (kind) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.start({ oauth: false })
        const world = { ...plainWorld(yield* makeHome()), env: { MP_AUTH_FILE: "./mixpanel_auth.json" } }
        yield* worldAt(world, sandbox, planted(bridges[kind], 0o600))
        const lines = named.filter((line) => line !== "project list" && !line.startsWith("doctor"))
        const all = yield* everywhere(world, sandbox, lines)
        expect(all.flatMap(({ seen }) => seen)).toEqual([])
        expect(all.filter(({ code }) => code !== 0)).toEqual([])
      })
  )
})

const nobody = 65_534

/** A bridge of the home directory that somebody else wrote, or could have written. */
const unsound: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "that everybody can write": (path) => chmod(path, 0o666),
  "that everybody can read": (path) => chmod(path, 0o644),
  "that is a link": async (path) => {
    await rename(path, `${path}.real`)
    await symlink(`${path}.real`, path)
  },
  "of another owner": (path) => chown(path, nobody, nobody)
}

for (const [how, spoil] of Object.entries(unsound)) {
  const owner = how === "of another owner" ? needs("root") : needs()
  describe.skipIf(owner.areUnmet)(owner.title(`~/.claude/mixpanel/auth.json ${how}`), () => {
    it.scopedLive.each(["another account", "the name of a login", "an expired login"] as const)(
      `with %s: it stops whoever would use it, and nobody has anything of it`,
      (kind) =>
        Effect.gen(function* () {
          const sandbox = yield* Sandbox.start({ oauth: false })
          const world = plainWorld(yield* makeHome())
          const path = join(world.home, ".claude/mixpanel/auth.json")
          yield* worldAt(world, sandbox, async () => {
            await write(path, JSON.stringify(bridges[kind]))
            await spoil(path)
          })
          const all = yield* Effect.forEach(commands, (line) =>
            Effect.map(faults(world, sandbox, line, "nobody"), (done) => ({ line, ...done }))
          )
          expect(all.flatMap(({ seen }) => seen)).toEqual([])
          const stopped = all.filter(({ code }) => code !== 0).map(({ line }) => line)
          expect(stopped).toEqual(expect.arrayContaining(["api /api/app/me", "env", "session", "account token"]))
          expect(stopped.filter((line) => named.includes(line) && !/doctor|project list$/.test(line))).toEqual([])
          // `account test` says it where its result is.
          for (const { code, line, stderr, stdout } of all) {
            if (code !== 0 && !line.startsWith("doctor")) expect(`${line}: ${stdout}${stderr}`).toContain(path)
          }
        })
    )
  })
}

describe("the built mp", () => {
  it.scopedLive("exec gives a program nothing of a planted bridge, and neither does the fast way of the others", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start({ oauth: false })
      const world = plainWorld(yield* makeHome())
      yield* worldAt(world, sandbox, planted(bridges["another account"], 0o600))
      for (const line of ["exec -- env", "exec -a me -- env", "session", "account list", "account token"]) {
        const done = yield* runMp(line.split(" "), { home: world.home, cwd: world.cwd, env: sandbox.environment })
        expect({ line, code: done.code, had: marked(done.stdout) }).toEqual({ line, code: 0, had: [] })
      }
    })
  )
})
