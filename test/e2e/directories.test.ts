/** Rules for directories, on the disk and in the bundle: hostile paths, bad rules, and what is never done instead. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { runOnDisk } from "../support/inProcess.ts"
import { makeHome, runMp } from "../support/mp.ts"

const accounts = `
[accounts.main]
type = "oauth_token"
region = "us"
default_project = "1"
token = "main-bearer"

[accounts.acme]
type = "oauth_token"
region = "eu"
default_project = "2"
token = "acme-bearer"

[active]
account = "main"

[targets.ac]
account = "acme"
project = "7"
workspace = 5
`
const rule = (path: string, says = 'account = "acme"') => `\n[[directories]]\npath = ${JSON.stringify(path)}\n${says}\n`
const homeWith = (...rules: ReadonlyArray<string>) =>
  makeHome({ ".mp/config.toml": [accounts, ...rules].join(""), "work/acme/src/.keep": "", "work/file": "" })
const disk = (make: () => Promise<unknown>) => Effect.promise(make)

interface Said {
  readonly code: number
  readonly account: string | null
  readonly stderr: string
}
const said = (outcome: { code: number; stdout: string; stderr: string }): Said => ({
  code: outcome.code,
  account: outcome.stdout === "" ? null : Object(JSON.parse(outcome.stdout)).account.name,
  stderr: outcome.stderr
})
const session = ["session", "--format", "json"]
const accountIn = (home: string, at: string, ...more: ReadonlyArray<string>) =>
  Effect.map(runOnDisk(home, [...session, ...more], {}, join(home, at)), said)

describe("where a rule counts", () => {
  it.scopedLive.each([
    ["~/work/acme", "work/acme", true],
    ["~/work/acme", "work/acme/src", true],
    ["~/work/acme/", "work/acme", true],
    ["~/work//acme/./", "work/acme/src", true],
    ["~/work/acme/src/../../acme", "work/acme", true],
    ["~/link", "work/acme", true],
    ["~/link/src/..", "work/acme", true],
    ["~/into/../src", "work/acme/src", true],
    ["~/work/acme", "link/src", true],
    ["~", "work", true],
    ["~/", "", true],
    ["/", "work", true],
    ["~/a b ünï '$(x)'", "a b ünï '$(x)'", true],
    ["~/work/acme", "work", false],
    ["~/work/acm", "work/acme", false],
    ["~/work/ac*", "work/acme", false],
    ["~/Work/Acme", "work/acme", false],
    ["~/work/acme/src", "work/acme", false],
    ["~/none", "work/acme", false],
    ["~/work/file", "work", false],
    ["~/dangling", "work", false],
    ["~/loop", "work", false],
    [`~/${"long/".repeat(2_000)}`, "work", false],
    [`/${"x".repeat(300)}`, "work", false]
  ] as const)("%s in ~/%s: %s", ([path, at, counts]) =>
    Effect.gen(function* () {
      const home = yield* homeWith(rule(path))
      yield* disk(async () => {
        await symlink("work/acme", join(home, "link"))
        await symlink("work/acme/src", join(home, "into"))
        await symlink("nowhere", join(home, "dangling"))
        await symlink("loop", join(home, "loop"))
        await mkdir(join(home, "a b ünï '$(x)'"))
      })
      // On a disk that does not tell upper from lower case, another case is the same directory.
      const isSame =
        path === "~/Work/Acme" &&
        (yield* disk(() =>
          readFile(join(home, "Work/file")).then(
            () => true,
            () => false
          )
        ))
      expect(yield* accountIn(home, at)).toEqual({ code: 0, account: counts || isSame ? "acme" : "main", stderr: "" })
    })
  )

  it.scopedLive("the longest real path wins, however it is written and in whatever order", () =>
    Effect.gen(function* () {
      const home = yield* homeWith(
        rule("~/l"),
        rule("~/work/acme/src", 'project = "9"'),
        rule("~/work"),
        rule("/", 'account = "gone"')
      )
      yield* disk(() => symlink("work/acme", join(home, "l")))
      const inside = yield* runOnDisk(home, session, {}, join(home, "work/acme/src"))
      expect(JSON.parse(inside.stdout)).toMatchObject({ account: { name: "main" }, project: { id: "9" } })
      expect(yield* accountIn(home, "work/acme")).toMatchObject({ account: "acme" })
    })
  )

  it.scopedLive("a file in the directory decides nothing", () =>
    Effect.gen(function* () {
      const home = yield* homeWith()
      yield* disk(async () => {
        for (const name of [".mp.toml", "mp.toml", "config.toml", ".mp/config.toml", "mixpanel.toml"]) {
          await mkdir(join(home, "work/acme/.mp"), { recursive: true })
          await writeFile(join(home, "work/acme", name), `${accounts}${rule("/")}`, { mode: 0o600 })
        }
      })
      expect(yield* accountIn(home, "work/acme")).toEqual({ code: 0, account: "main", stderr: "" })
    })
  )

  it.scopedLive("the axes go together: -a beside it takes nothing of it, be it the same account", () =>
    Effect.gen(function* () {
      const home = yield* homeWith(rule("~/work", 'target = "ac"'))
      const run = (...words: ReadonlyArray<string>) =>
        Effect.map(runOnDisk(home, [...session, ...words], {}, join(home, "work")), ({ stdout }) => JSON.parse(stdout))
      expect(yield* run()).toMatchObject({ account: { name: "acme" }, project: { id: "7" }, workspace: { id: 5 } })
      for (const name of ["acme", "main"])
        expect(yield* run("-a", name)).toMatchObject({ project: { id: name === "acme" ? "2" : "1" }, workspace: null })
      expect(yield* run("-p", "3")).toMatchObject({ account: { name: "acme" }, project: { id: "3" } })
    })
  )
})

describe("what cannot be used", () => {
  it.scopedLive.each([
    ["target that is gone", 'target = "gone"', 4, "TARGET_NOT_FOUND", /gone/],
    ["account that is gone", 'account = "gone"', 4, "ACCOUNT_NOT_FOUND", /gone/],
    ["nothing", "", 1, "CONFIG_ERROR", /config\.toml:22: `\[\[directories\]\]` needs target, account or project/],
    ["unknown key", 'accont = "acme"', 1, "CONFIG_ERROR", /:24: `\[\[directories\]\]\.accont` is not a known key/],
    [
      "target and account",
      'target = "ac"\naccount = "acme"',
      1,
      "CONFIG_ERROR",
      /:25: `\[\[directories\]\]\.account` cannot stand/
    ],
    [
      "project that is a number",
      "project = 7",
      1,
      "CONFIG_ERROR",
      /:24: `\[\[directories\]\]\.project` must be a string of digits/
    ],
    [
      "account that is no name",
      'account = "a b"',
      1,
      "CONFIG_ERROR",
      /:24: `\[\[directories\]\]\.account` must be the name/
    ],
    ["target that is no name", "target = []", 1, "CONFIG_ERROR", /:24: `\[\[directories\]\]\.target` must be the name/]
  ] as const)("a rule with a %s is an error there, and nowhere else", ([, says, code, error, message]) =>
    Effect.gen(function* () {
      const home = yield* homeWith(rule("~/work/acme", says))
      for (const words of [
        session,
        ["account", "token", "--format", "json"],
        ["api", "/api/app/me", "--format", "json"]
      ]) {
        const outcome = yield* runOnDisk(
          home,
          words,
          { MP_API_BASE_URL: "http://127.0.0.1:9" },
          join(home, "work/acme/src")
        )
        expect({ words, ...outcome }).toMatchObject({ words, code, stdout: "" })
        const found = Object(JSON.parse(outcome.stderr.trimEnd().split("\n").at(-1) ?? "")).error
        expect(found).toMatchObject({ code: error, message: expect.stringMatching(message) })
        expect(found.hints[0]).toContain("config.toml")
      }
      expect(yield* accountIn(home, "work/acme", "-a", "main")).toMatchObject({ code: 0, account: "main" })
      expect(yield* accountIn(home, "work/acme", "-t", "ac")).toMatchObject({ code: 0, account: "acme" })
      expect(yield* accountIn(home, "work")).toEqual({ code: 0, account: "main", stderr: "" })
    })
  )

  it.scopedLive.each([
    ["path = 5", /:23: `\[\[directories\]\]\.path` must be an absolute path/],
    ['path = "work/acme"', /:23: .*\.path` must be/],
    ['path = "~other/x"', /:23: .*\.path` must be/],
    ['path = ""', /:23: .*\.path` must be/],
    ['path = "/a\\u0000b"', /:23: .*\.path` must be/],
    ['path = "/a\\ufffdb"', /:23: .*\.path` must be/],
    ['pth = "~/work"', /:22: .*\.path` is missing/]
  ] as const)("a rule with %s may be for any directory", ([says, message]) =>
    Effect.gen(function* () {
      const home = yield* homeWith(`\n[[directories]]\n${says}\naccount = "acme"\n`, rule("~/work/acme"))
      const elsewhere = yield* accountIn(home, "work")
      expect(elsewhere).toMatchObject({ code: 1, account: null, stderr: expect.stringMatching(message) })
      expect(yield* accountIn(home, "work/acme")).toMatchObject({ code: 0, account: "acme" })
      expect(yield* accountIn(home, "work", "-a", "main")).toMatchObject({ code: 0, account: "main" })
    })
  )

  it.scopedLive.each(["directories = 3\n", 'directories = [ "~/work" ]\n', '[directories]\npath = "~/work"\n'])(
    "what is no list of rules is one broken rule: %j",
    (text) =>
      Effect.gen(function* () {
        const home = yield* makeHome({ ".mp/config.toml": text + accounts, "work/x": "" })
        const found = yield* accountIn(home, "work")
        expect(found).toMatchObject({
          code: 1,
          stderr: expect.stringMatching(/config\.toml:1: `\[directories\].* must be tables/)
        })
        expect(yield* runOnDisk(home, ["use", "ac", "--here"], {}, join(home, "work"))).toMatchObject({
          code: 1,
          stdout: ""
        })
        expect(yield* disk(() => readFile(join(home, ".mp/config.toml"), "utf8"))).toBe(text + accounts)
      })
  )

  it.scopedLive("two rules for one path are an error in that directory, naming both", () =>
    Effect.gen(function* () {
      const home = yield* homeWith(rule("~/link"), rule("~/work/acme"))
      yield* disk(() => symlink("work/acme", join(home, "link")))
      const found = yield* accountIn(home, "work/acme/src")
      expect(found).toMatchObject({ code: 1, account: null })
      expect(found.stderr).toMatch(
        /config\.toml:27: `\[\[directories\]\]\.path` ~\/work\/acme is for the same directory as ~\/link of line 23: /
      )
      expect(yield* accountIn(home, "work")).toMatchObject({ code: 0, account: "main" })
      const checked = yield* runOnDisk(home, ["config", "check", "--format", "json"])
      expect(checked.code).toBe(1)
      expect(JSON.parse(checked.stdout)).toMatchObject([{ line: 27, key: "directories.path" }])
      // Said anew, there is one.
      expect(yield* runOnDisk(home, ["use", "ac", "--here"], {}, join(home, "work/acme"))).toMatchObject({ code: 0 })
      expect(yield* accountIn(home, "work/acme")).toMatchObject({ code: 0, account: "acme" })
    })
  )

  it.scopedLive("a path that is no directory concerns config check and doctor alone", () =>
    Effect.gen(function* () {
      const home = yield* homeWith(rule("~/none"), rule("~/work/file"))
      expect(yield* accountIn(home, "work")).toEqual({ code: 0, account: "main", stderr: "" })
      const checked = yield* runOnDisk(home, ["config", "check", "--format", "json"])
      expect(JSON.parse(checked.stdout)).toMatchObject([{ line: 23 }, { line: 27 }])
      const doctor = yield* runOnDisk(home, ["doctor", "--offline", "--format", "json"])
      expect(doctor.stdout.match(/"directory-missing"/g)).toHaveLength(2)
    })
  )
})

const asRoot = process.getuid?.() === 0

describe("what the system does not tell", () => {
  const removed = 'mkdir gone && cd gone && rmdir ../gone && "$@"'

  it.scopedLive("a removed working directory fails what a rule may decide, and nothing else", () =>
    Effect.gen(function* () {
      const ruled = yield* homeWith(rule("~/work"))
      for (const way of [[], ["--no-input"]]) {
        const outcome = yield* runMp([...session, ...way], { home: ruled, shell: removed })
        expect(said(outcome)).toMatchObject({
          code: 1,
          account: null,
          stderr: expect.stringContaining("working directory")
        })
        for (const words of [
          ["account", "list"],
          ["session", "-a", "main"],
          ["config", "check"],
          ["target", "list"]
        ])
          expect(yield* runMp([...words, ...way], { home: ruled, shell: removed })).toMatchObject({
            code: 0,
            stderr: ""
          })
      }
      expect(yield* runMp(["use", "ac", "--here"], { home: ruled, shell: removed })).toMatchObject({ code: 1 })
      const plain = yield* homeWith()
      expect(said(yield* runMp(session, { home: plain, shell: removed }))).toEqual({
        code: 0,
        account: "main",
        stderr: ""
      })
    })
  )

  it.scopedLive("a directory whose name is no UTF-8 is below its parent, and gets no rule of its own", () =>
    Effect.gen(function* () {
      const home = yield* homeWith(rule("~/work"), rule("~/w\u00ef", 'account = "gone"'))
      const inside = 'd="work/$(printf \'a\\377b\')" && mkdir "$d" && cd "$d" && "$@"'
      expect(said(yield* runMp(session, { home, shell: inside }))).toMatchObject({ code: 0, account: "acme" })
      const here = yield* runMp(["use", "ac", "--here"], { home, shell: inside.replace('mkdir "$d" && ', "") })
      expect(here).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("is no UTF-8") })
      expect(yield* disk(() => readFile(join(home, ".mp/config.toml"), "utf8"))).not.toContain('target = "ac"\n\n[[')
    })
  )

  it.scopedLive("a path longer than the system takes", () =>
    Effect.gen(function* () {
      const home = yield* homeWith(rule("~/work"))
      // A shell gives up where a program goes on.
      const go = `const { mkdirSync } = require("fs"), name = "d".repeat(100)
        process.chdir("work")
        for (let i = 0; i < 60; i++) { mkdirSync(name); process.chdir(name) }
        process.exitCode = require("child_process").spawnSync(process.argv[1], process.argv.slice(2), { stdio: "inherit" }).status`
      const deep = `node -e '${go}' "$@"; code=$?; rm -rf work; exit $code`
      const outcome = said(yield* runMp(session, { home, shell: deep }))
      // Whether the system still tells where that is, it is never the active account.
      expect(outcome.account).not.toBe("main")
    })
  )

  it.scopedLive.skipIf(asRoot)("a directory that may not be looked into (root may look into every one)", () =>
    Effect.gen(function* () {
      const home = yield* homeWith(rule("~/work/acme"))
      yield* disk(() => chmod(join(home, "work"), 0o600))
      expect(yield* accountIn(home, "work/acme")).toMatchObject({ code: 0, account: "acme" })
      yield* disk(() => chmod(join(home, "work"), 0o700))
    })
  )

  it.scopedLive("a home that is a link: rules are written below ~ all the same", () =>
    Effect.gen(function* () {
      const home = yield* homeWith()
      const link = join(yield* makeHome({}), "home")
      yield* disk(() => symlink(home, link))
      const used = yield* runMp(["use", "ac", "--here", "--format", "json"], {
        home: link,
        cwd: join(home, "work/acme")
      })
      expect(JSON.parse(used.stdout)).toEqual({
        name: "ac",
        path: "~/work/acme",
        target: "ac",
        account: "acme",
        project: "7"
      })
      expect(said(yield* runMp(session, { home: link, cwd: join(link, "work/acme/src") }))).toMatchObject({
        account: "acme"
      })
    })
  )
})

describe("mp use --here", () => {
  it.scopedLive("writes one rule, changes it in its place, and takes it away: the rest stays byte for byte", () =>
    Effect.gen(function* () {
      const home = yield* homeWith()
      const config = () => disk(() => readFile(join(home, ".mp/config.toml"), "utf8"))
      const here = (...words: ReadonlyArray<string>) =>
        runOnDisk(home, ["use", ...words, "--here"], {}, join(home, "work/acme"))
      expect(yield* here("ac")).toEqual({ code: 0, stdout: "In ~/work/acme and below: target ac\n", stderr: "" })
      expect(yield* config()).toBe(`${accounts}${rule("~/work/acme", 'target = "ac"')}`)
      expect(yield* here("-a", "acme", "-p", "9")).toMatchObject({ code: 0 })
      expect(yield* config()).toBe(`${accounts}${rule("~/work/acme", 'account = "acme"\nproject = "9"')}`)
      expect(yield* here("-p", "8")).toMatchObject({ code: 0 })
      expect(yield* config()).toBe(`${accounts}${rule("~/work/acme", 'project = "8"')}`)
      expect(yield* here("--unset")).toEqual({
        code: 0,
        stdout: "Nothing is set for ~/work/acme any more.\n",
        stderr: ""
      })
      expect(yield* config()).toBe(accounts)
      expect(yield* here("--unset")).toEqual({ code: 0, stdout: "Nothing was set for this directory.\n", stderr: "" })
      expect(yield* here("gone")).toMatchObject({ code: 4, stdout: "" })
      expect(yield* here("-a", "gone")).toMatchObject({ code: 4, stdout: "" })
      expect(yield* config()).toBe(accounts)
    })
  )

  it.scopedLive("says what stands above it, and what goes on below it", () =>
    Effect.gen(function* () {
      const home = yield* homeWith(rule("~/work"))
      const at = join(home, "work/acme")
      const used = yield* runOnDisk(home, ["use", "ac", "--here"], { MP_PROJECT_ID: "55" }, at)
      expect(used).toMatchObject({ code: 0, stderr: "note: MP_PROJECT_ID overrides it: project 55 is used.\n" })
      const unset = yield* runOnDisk(home, ["use", "--unset", "--here"], {}, at)
      expect(unset.stderr).toMatch(/^note: \[\[directories\]\]\.account of ~\/work in .* is used here: acme\.\n$/)
      const elsewhere = yield* runOnDisk(home, ["account", "use", "main"], {}, at)
      expect(elsewhere.stderr).toMatch(/of ~\/work in .* overrides it: account acme is used/)
    })
  )

  it.scopedLive("accounts take their rules along, and do not leave them behind unsaid", () =>
    Effect.gen(function* () {
      const home = yield* homeWith(
        rule("~/work", 'account = "acme" # theirs\nproject = "3"'),
        rule("~/none", 'target = "ac"')
      )
      const run = (...words: ReadonlyArray<string>) => runOnDisk(home, words, {}, join(home, "work"))
      const renamed = yield* run("account", "rename", "acme", "umbrella")
      expect(renamed.stdout).toBe(
        "Renamed account 'acme' to 'umbrella'.\nTargets that follow it: ac\nDirectories that follow it: ~/work\n"
      )
      expect(yield* disk(() => readFile(join(home, ".mp/config.toml"), "utf8"))).toContain(
        'account = "umbrella" # theirs'
      )
      expect(yield* accountIn(home, "work")).toMatchObject({ account: "umbrella" })
      expect((yield* run("target", "remove", "ac")).stdout).toBe("Removed target 'ac'.\nOrphaned directories: ~/none\n")
      const refused = yield* run("account", "remove", "umbrella", "--format", "json")
      expect(refused).toMatchObject({ code: 1, stdout: "" })
      expect(JSON.parse(refused.stderr).error).toMatchObject({
        code: "ACCOUNT_IN_USE",
        message: "Account 'umbrella' is used by the rule for ~/work."
      })
      const forced = yield* run("account", "remove", "umbrella", "--force", "--format", "json")
      expect(JSON.parse(forced.stdout)).toMatchObject({ orphaned_targets: [], orphaned_directories: ["~/work"] })
      expect(yield* accountIn(home, "work")).toMatchObject({ code: 4, account: null })
    })
  )
})
