/** Ruling 31: every kind of home that a process can be given, every kind of command. */
import { afterAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { makeHome, runMp } from "../support/mp.ts"
import { asStranger, needs, stranger } from "../support/needs.ts"

const strangers = needs("strangers")

const as = (user: ReadonlyArray<string>) => `exec ${[...user, '"$@"'].join(" ")}`

/** What the home is good for. */
type Use = "everything" | "reading" | "nothing"

interface Variant {
  readonly name: string
  /** `HOME`, from the root of the test; `null` unsets it. */
  readonly home: (root: string) => string | null
  readonly use: Use
  /** Nothing is known of this user but a number. */
  readonly stranger: boolean
}

const variants: ReadonlyArray<Variant> = [
  { name: "empty", home: () => "", use: "nothing", stranger: true },
  { name: ".", home: () => ".", use: "nothing", stranger: true },
  { name: "relative", home: () => "some/where", use: "nothing", stranger: true },
  { name: "unset, and no passwd entry", home: () => null, use: "nothing", stranger: true },
  { name: "a file", home: (root) => join(root, "file"), use: "nothing", stranger: false },
  { name: "a device", home: () => "/dev/null", use: "nothing", stranger: false },
  { name: "a link to nothing", home: (root) => join(root, "dead"), use: "nothing", stranger: false },
  { name: "not to be written to", home: (root) => join(root, "shut"), use: "reading", stranger: true },
  { name: "not there", home: (root) => join(root, "new"), use: "everything", stranger: false },
  { name: "a link", home: (root) => join(root, "link"), use: "everything", stranger: false }
]

const credentials = { MP_OAUTH_TOKEN: "tok", MP_REGION: "us", MP_PROJECT_ID: "11" }

const add = "account add x --type service_account --region us --project 11 --username u --secret-stdin"

/** The command, whether it has credentials, and the code for each use of the home. */
const commands: ReadonlyArray<readonly [string, boolean, Readonly<Record<Use, number>>]> = [
  ["session", true, { everything: 0, reading: 0, nothing: 0 }],
  ["account token", true, { everything: 0, reading: 0, nothing: 0 }],
  ["account list", true, { everything: 0, reading: 0, nothing: 0 }],
  ["account list --no-input", true, { everything: 0, reading: 0, nothing: 0 }],
  ["env", true, { everything: 0, reading: 0, nothing: 0 }],
  ["exec -- true", true, { everything: 0, reading: 0, nothing: 0 }],
  ["--help", false, { everything: 0, reading: 0, nothing: 0 }],
  ["completions bash", false, { everything: 0, reading: 0, nothing: 0 }],
  ["session", false, { everything: 4, reading: 4, nothing: 1 }],
  ["account token", false, { everything: 4, reading: 4, nothing: 1 }],
  ["account list", false, { everything: 0, reading: 0, nothing: 1 }],
  ["doctor --offline", false, { everything: 0, reading: 0, nothing: 1 }],
  [add, false, { everything: 0, reading: 1, nothing: 1 }],
  [add, true, { everything: 1, reading: 1, nothing: 1 }]
]

/** One of the fast path and one of the main program: for the code cache the rule is the same as for all that is kept. */
const keepsCode = new Set(["session", "env"])

/** The other commands find their code where that user may keep it. */
const strangersCache = mkdtempSync(join(tmpdir(), "mp-stranger-"))
if (!strangers.areUnmet) chownSync(strangersCache, stranger, stranger)
afterAll(() => rmSync(strangersCache, { recursive: true }))

/** A working directory that looks like a home. */
const planted =
  '[accounts.planted]\ntype = "oauth_token"\nregion = "us"\ntoken = "stolen"\n\n[active]\naccount = "planted"\n'

const namesIn = (directory: string): ReadonlyArray<string> =>
  readdirSync(directory, { recursive: true, encoding: "utf8" }).toSorted()

const prepare = (root: string): string => {
  const cwd = join(root, "work")
  mkdirSync(join(cwd, ".mp"), { recursive: true })
  writeFileSync(join(cwd, ".mp/config.toml"), planted, { mode: 0o600 })
  mkdirSync(join(root, "real"))
  mkdirSync(join(root, "shut"))
  chmodSync(join(root, "shut"), 0o555)
  writeFileSync(join(root, "file"), "x")
  symlinkSync("real", join(root, "link"))
  symlinkSync("gone", join(root, "dead"))
  return cwd
}

const give = (root: string, uid: number): void => {
  chmodSync(root, 0o755)
  for (const path of [root, ...namesIn(root).map((name) => join(root, name))]) {
    if (existsSync(path) && statSync(path).uid !== uid) chownSync(path, uid, uid)
  }
}

describe("a HOME that is", () => {
  for (const { home, name, stranger: isStranger, use } of variants) {
    it.scopedLive.skipIf(isStranger && strangers.areUnmet)(
      isStranger ? strangers.title(name) : name,
      () =>
        Effect.gen(function* () {
          const root = yield* makeHome()
          const cwd = prepare(root)
          if (isStranger) give(root, stranger)
          const before = namesIn(cwd)
          const given = home(root)
          for (const [command, hasCredentials, codes] of commands) {
            const outcome = yield* runMp(command.split(" "), {
              home: given ?? "",
              cwd,
              env: {
                ...(keepsCode.has(command)
                  ? { XDG_CACHE_HOME: "" }
                  : isStranger
                    ? { XDG_CACHE_HOME: strangersCache }
                    : {}),
                ...(hasCredentials ? credentials : {})
              },
              shell: `${given === null ? "unset HOME; " : ""}${as(isStranger ? asStranger : [])}`,
              stdin: "s"
            })
            const { code, stderr, stdout } = outcome
            expect({ command, hasCredentials, code, stderr }).toMatchObject({ code: codes[use] })
            expect(stdout + stderr).not.toMatch(/planted|stolen|mp has a bug/)
            if (code !== 0) expect(stderr).toMatch(/^error: [^\n]+\ntry:\n {2}\S/)
            if (code !== 0 && use === "nothing") {
              expect(stderr).toMatch(/HOME is not set to the absolute path of a directory/)
              expect(stderr.split("try:\n")[1]?.trim().split("\n")).toHaveLength(1)
            }
            expect({ command, names: namesIn(cwd) }).toEqual({ command, names: before })
          }
          if (use !== "everything") expect(namesIn(join(root, "shut"))).toEqual([])
        }),
      120_000
    )
  }
})
