/** Bridges by the command line: written, shown, used without any configuration, removed; and nothing leaks. */
import { execFileSync } from "node:child_process"
import { lstat, mkdir, readFile, stat, symlink } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import * as Sandbox from "#src/layers/sandbox/Sandbox.ts"
import { type FullOutcome, home, runHere, type World } from "../support/inProcess.ts"
import { bridge, config, environment, found, secrets, tokens } from "../support/leaks.ts"
import { makeHome, put, runMp } from "../support/mp.ts"
import { isItsLayout, problemsOf } from "../support/headlessBridge.ts"

const atHome = `${home}/.claude/mixpanel/auth.json`
const host: World = {
  files: { "~/.mp/config.toml": config, "~/.mp/accounts/me/tokens.json": tokens },
  env: environment
}
const exporting = (...more: ReadonlyArray<string>) => ["account", "export-bridge", "--to", "~/b.json", ...more]
const written = ({ files }: FullOutcome): string => files[`${home}/b.json`] ?? ""
const modeOf = (path: string) => Effect.promise(async () => ((await stat(path)).mode & 0o777).toString(8))

describe("export-bridge", () => {
  it.effect.each([
    [["-a", "team"], "Account: team (service_account, us)", "Tokens: none needed"],
    [["-a", "me"], "Account: me (oauth_browser, eu)", "Tokens: included (refresh-capable)"],
    [
      ["-a", "me", "--no-refresh-token"],
      "Account: me (oauth_browser, eu)",
      "Tokens: included (until 2036-01-01T12:00:00.000Z, in 66 years)"
    ],
    [[], "Account: team (service_account, us)", "Tokens: none needed"]
  ] as const)("%j", ([flags, account, carried]) =>
    Effect.gen(function* () {
      const done = yield* runHere(exporting(...flags, "-p", "012", "-w", "4"), host)
      expect(done.stdout).toBe(`Wrote bridge: ${home}/b.json\n${account}\n${carried}\n`)
      expect(found(done.stdout + done.stderr)).toEqual([])
      const text = written(done)
      expect(problemsOf(JSON.parse(text))).toEqual([])
      expect(isItsLayout(text)).toBe(true)
      expect(JSON.parse(text)).toMatchObject({
        project: "012",
        workspace: 4,
        headers: { "X-Cluster": secrets.settingsHeader }
      })
      expect(text.includes("refresh_token")).toBe(carried.includes("refresh-capable"))
    })
  )

  it.effect("flags are the values: no variable is looked at, a target stands for all three", () =>
    Effect.gen(function* () {
      const env = {
        MP_PROJECT_ID: "99",
        MP_WORKSPACE_ID: "9",
        MP_ACCOUNT: "inline",
        MP_TARGET: "gone",
        MP_OAUTH_TOKEN: secrets.environmentToken,
        MP_REGION: "in"
      }
      const plain = yield* runHere(exporting(), { ...host, env })
      expect(JSON.parse(written(plain))).toMatchObject({ account: { name: "team" } })
      expect(Object.keys(JSON.parse(written(plain)))).toEqual(["account", "headers", "version"])
      const target = yield* runHere(exporting("-t", "ecom"), { ...host, env })
      expect(JSON.parse(written(target))).toMatchObject({ account: { name: "inline" }, project: "3018488" })
    })
  )

  it.effect("tokens of mixpanel_headless, which do not say so, carry the client of their region", () =>
    Effect.gen(function* () {
      const { client_id: _, ...bare } = JSON.parse(tokens)
      const registration = {
        client_id: "the-client-of-eu",
        region: "eu",
        redirect_uri: "http://localhost:19284/callback",
        scope: "",
        created_at: "2026-01-01T00:00:00Z"
      }
      const files = {
        ...host.files,
        "~/.mp/accounts/me/tokens.json": JSON.stringify(bare),
        "~/.mp/oauth/client_eu.json": JSON.stringify(registration)
      }
      const done = yield* runHere(exporting("-a", "me"), { ...host, files })
      expect(JSON.parse(written(done))).toMatchObject({ tokens: { client_id: "the-client-of-eu" } })
    })
  )

  it.effect("as json: what is in it, without secrets", () =>
    Effect.gen(function* () {
      const done = yield* runHere(exporting("-a", "me", "-f", "json"), host)
      expect(JSON.parse(done.stdout)).toEqual({
        path: `${home}/b.json`,
        version: 2,
        account: { name: "me", type: "oauth_browser", region: "eu" },
        tokens: { included: true, refreshable: true, expires_at: "2036-01-01T12:00:00.000Z" },
        project: null,
        workspace: null,
        headers: ["X-Cluster"]
      })
    })
  )

  it.effect.each([
    [exporting("-a", "me"), { "~/.mp/config.toml": config }, 2, "OAUTH_TOKEN_ERROR"],
    [exporting("-a", "nobody"), host.files, 4, "ACCOUNT_NOT_FOUND"],
    [exporting(), {}, 4, "NO_ACCOUNT"],
    [exporting("-t", "nothing"), host.files, 4, "TARGET_NOT_FOUND"],
    [["account", "export-bridge"], host.files, 3, "INVALID_ARGUMENT"],
    [["account", "export-bridge", "--to", ""], host.files, 3, "INVALID_ARGUMENT"],
    [exporting("-a", "ci"), host.files, 1, "CONFIG_ERROR"],
    [exporting("-p", "abc"), host.files, 3, "INVALID_ARGUMENT"],
    [exporting("-w", "0"), host.files, 3, "INVALID_ARGUMENT"],
    [["account", "export-bridge", "--to", "~/.mp/accounts"], host.files, 1, "CONFIG_ERROR"]
  ] as const)("%j over %#: refused", ([args, files, code, error]) =>
    Effect.gen(function* () {
      const done = yield* runHere([...args, "-f", "json"], { files: files ?? {}, env: environment })
      expect({ code: done.code, error: JSON.parse(done.stderr).error.code }).toEqual({ code, error })
      expect(done.stdout).toBe("")
      expect(written(done)).toBe("")
    })
  )

  it.scopedLive("on a disk: 0600 in 0700 whatever was there, and never through a link", () =>
    Effect.gen(function* () {
      const real = yield* makeHome({ ".mp/config.toml": config, "other.json": "kept" })
      const exported = (to: string) => runMp(["account", "export-bridge", "--to", to], { home: real })
      yield* Effect.promise(() => symlink(join(real, "other.json"), join(real, "link.json")))
      const [fresh, link] = yield* Effect.all([exported("~/.claude/mixpanel/auth.json"), exported("~/link.json")], {
        concurrency: 2
      })
      expect(fresh).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/^note: The bridge holds the user name and the secret [^\n]*mp broker[^\n]*\n$/)
      })
      expect(yield* modeOf(join(real, ".claude/mixpanel/auth.json"))).toBe("600")
      expect(yield* modeOf(join(real, ".claude/mixpanel"))).toBe("700")
      expect(link.code).toBe(1)
      expect(link.stderr).toContain("it is a symbolic link")
      expect(yield* Effect.promise(() => readFile(join(real, "other.json"), "utf8"))).toBe("kept")
    })
  )
})

describe("remove-bridge", () => {
  it.effect("removes what the search finds, leaves a broken one, and says when there is none", () =>
    Effect.gen(function* () {
      const files = {
        ...host.files,
        "~/.claude/mixpanel/auth.json": bridge,
        "~/work/mixpanel_auth.json": bridge,
        "~/x.json": bridge
      }
      const first = yield* runHere(["account", "remove-bridge"], { files })
      expect(first).toMatchObject({ code: 0, stdout: `Removed bridge: ${atHome}\n` })
      expect(Object.keys(first.files)).not.toContain(atHome)
      const broken = yield* runHere(["account", "remove-bridge"], { files: { "~/.claude/mixpanel/auth.json": "{" } })
      expect(broken).toMatchObject({ code: 1, stdout: "", files: { [atHome]: "{" } })
      const here = yield* runHere(["account", "remove-bridge"], { files: { "~/work/mixpanel_auth.json": bridge } })
      expect(here.stdout).toBe(`Removed bridge: ${home}/work/mixpanel_auth.json\n`)
      const named = yield* runHere(["account", "remove-bridge", "--at", "~/x.json", "-f", "json"], { files })
      expect(JSON.parse(named.stdout)).toEqual({ path: `${home}/x.json`, removed: true, handed_back_to: null })
      const none = yield* runHere(["account", "remove-bridge"], { files, env: { MP_AUTH_FILE: "/none.json" } })
      expect(none).toMatchObject({ code: 0, stdout: "There is no bridge to remove.\n", stderr: "" })
      expect(Object.keys(none.files)).toContain(atHome)
    })
  )

  it.scopedLive.each(["remove-bridge --at", "export-bridge --to"])(
    "%s touches only what is absent or a bridge",
    (verb) =>
      Effect.gen(function* () {
        const real = yield* makeHome({
          ".mp/config.toml": config,
          "kept.json": bridge,
          "notes.txt": "precious",
          "data.json": '{"a": 1}',
          "deep.json": `${"[".repeat(5000)}${"]".repeat(5000)}`,
          "huge.json": " ".repeat(2 ** 20 + 1)
        })
        const at = (name: string) => join(real, name)
        yield* Effect.promise(() => symlink(at("kept.json"), at("link.json")))
        yield* Effect.promise(() => mkdir(at("directory")))
        yield* Effect.sync(() => execFileSync("mkfifo", [at("pipe")]))
        const files = ["notes.txt", "data.json", "deep.json", "huge.json", ".mp/config.toml", "kept.json"]
        const before = yield* Effect.promise(() => Promise.all(files.map((name) => readFile(at(name), "utf8"))))
        for (const name of [...files.slice(0, -1), "link.json", "directory", "pipe"]) {
          const done = yield* runMp(["account", ...verb.split(" "), at(name)], { home: real })
          expect({ name, ...done }).toMatchObject({ name, code: 1, stdout: "" })
          expect(done.stderr).toContain("is left as it is")
        }
        expect(yield* Effect.promise(() => Promise.all(files.map((name) => readFile(at(name), "utf8"))))).toEqual(
          before
        )
        const kinds = yield* Effect.promise(() =>
          Promise.all(["link.json", "directory", "pipe"].map((n) => lstat(at(n))))
        )
        expect(kinds.map((kind) => [kind.isSymbolicLink(), kind.isDirectory(), kind.isFIFO()].indexOf(true))).toEqual([
          0, 1, 2
        ])
      })
  )
})

describe("session --bridge", () => {
  it.effect("shows the bridge, in a block of lines and as json", () =>
    Effect.gen(function* () {
      const files = { "~/.claude/mixpanel/auth.json": bridge }
      const text = yield* runHere(["session", "--bridge"], { files })
      expect(text.stdout).toContain(
        `\nBridge:     ${atHome}\nAccount:    bridged (oauth_browser, us)\nTokens:     included (refresh-capable)\n`
      )
      const json = yield* runHere(["session", "--bridge", "--explain", "-f", "json"], { files })
      expect(JSON.parse(json.stdout)).toMatchObject({
        project: { id: "3018488" },
        explain: {},
        bridge: { path: atHome, version: 2, project: null, tokens: { refreshable: true }, headers: ["X-Bridge"] }
      })
      expect(found(text.stdout + json.stdout + text.stderr + json.stderr)).toEqual([])
    })
  )

  it.effect("is null without one, and is shown where no session resolves", () =>
    Effect.gen(function* () {
      const none = yield* runHere(["session", "--bridge", "-f", "json"], host)
      expect(JSON.parse(none.stdout)).toMatchObject({ account: { name: "team" }, bridge: null })
      const files = { "~/.claude/mixpanel/auth.json": bridge.replace(',"default_project":"3018488"', "") }
      const stuck = yield* runHere(["session", "--bridge", "-f", "json"], { files })
      expect(stuck.code).toBe(4)
      expect(JSON.parse(stuck.stdout)).toMatchObject({ account: null, bridge: { path: atHome } })
      expect(JSON.parse(stuck.stderr).error.code).toBe("NO_PROJECT")
    })
  )
})

describe("a machine with nothing but a bridge", () => {
  const expired = (file: string) =>
    file.replace("2036-01-01", "2016-01-01").replace('"scope":""', '"scope":"","client_id":"minted"')

  it.scopedLive("every command works, the refresh included, and the file is brought up to date", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      const vm = yield* makeHome()
      yield* put(vm, "mixpanel_auth.json", expired(bridge))
      const mp = (...args: ReadonlyArray<string>) => runMp(args, { home: vm, env: sandbox.environment })
      yield* sandbox.script({
        path: "/oauth/token/",
        status: 200,
        body: { access_token: "sandbox-bearer-jo", refresh_token: "next", token_type: "Bearer", expires_in: 3600 }
      })
      const me = yield* mp("api", "/api/app/me")
      expect(me).toMatchObject({ code: 0, stderr: expect.stringContaining("of the working directory") })
      const asked = (yield* sandbox.requests).filter(({ path }) => path === "/oauth/token/")
      expect(asked.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
        { grant_type: "refresh_token", refresh_token: secrets.bridgeRefreshToken, client_id: "minted" }
      ])
      const outcomes = yield* Effect.all(
        [
          mp("account", "token"),
          mp("session"),
          mp("account", "test"),
          mp("query", "segmentation", "-e", "Login", "--from", "2026-01-01", "--to", "2026-01-02")
        ],
        { concurrency: 2 }
      )
      expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0])
      expect(outcomes[0]?.stdout).toBe("sandbox-bearer-jo\n")
      expect((yield* sandbox.requests).filter(({ path }) => path === "/oauth/token/")).toHaveLength(1)
      const after = JSON.parse(yield* Effect.promise(() => readFile(join(vm, "mixpanel_auth.json"), "utf8")))
      expect(after).toMatchObject({
        account: JSON.parse(bridge).account,
        headers: { "X-Bridge": secrets.bridgeHeader },
        tokens: { access_token: "sandbox-bearer-jo", refresh_token: "next", client_id: "minted" }
      })
      expect(yield* modeOf(join(vm, "mixpanel_auth.json"))).toBe("600")
      expect(found([me, ...outcomes].map(({ stderr, stdout }) => stderr + stdout).join())).toEqual([])
    })
  )

  it.scopedLive("a dead login says what to do and where, exit 2", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.start()
      yield* sandbox.script({ path: "/oauth/token/", status: 400, body: { error: "invalid_grant" } })
      const files = { "~/.claude/mixpanel/auth.json": expired(bridge) }
      const done = yield* runHere(["account", "token"], { files, env: sandbox.environment })
      expect(done.code).toBe(2)
      expect(done.stderr).toContain(`mp account export-bridge --account bridged --to ${atHome}`)
      expect(done.files[atHome]).toBe(files["~/.claude/mixpanel/auth.json"])
    })
  )
})
