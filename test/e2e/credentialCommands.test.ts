/** Secrets by command or file, with the real `mp`: look-alikes of op, vault and pass, and the real pass. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as TOML from "smol-toml"
import { builtMp, makeHome, put, runMp } from "../support/mp.ts"
import { configProblems } from "../support/headlessConfig.ts"
import { mpEnvironment } from "../support/mpEnvironment.ts"
import { needs } from "../support/needs.ts"

const path = (home: string) => `${home}/bin:${process.env["PATH"] ?? ""}`

/** A program in the home's own directory of PATH. It notes that it ran, with all that it can see of itself and of mp. */
const program = (home: string, name: string, script: string) =>
  Effect.sync(() => {
    mkdirSync(join(home, "bin"), { recursive: true })
    const noting = [
      `echo ${name} >> '${home}/runs'`,
      `if [ -e /proc/self ]; then cat /proc/$$/cmdline /proc/$$/environ /proc/$PPID/cmdline /proc/$PPID/environ >> '${home}/seen'; fi`
    ]
    writeFileSync(join(home, "bin", name), `#!/bin/sh\n${noting.join("\n")}\n${script}\n`)
    chmodSync(join(home, "bin", name), 0o755)
  })

const runsIn = (home: string): ReadonlyArray<string> =>
  existsSync(`${home}/runs`)
    ? readFileSync(`${home}/runs`, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : []

const configIn = (home: string) => readFileSync(join(home, ".mp/config.toml"), "utf8")

const hidden = "a-secret-of-another-account"

const table = (name: string, source: string) => `
[accounts.${name}]
type = "${source.startsWith("secret") ? "service_account" : "oauth_token"}"
region = "us"
default_project = "3018488"
${source.startsWith("secret") ? 'username = "robot"\nsecret = ""' : 'token_env = "NOBODY_SETS_THIS"'}

[settings.credential_commands.${name}]
${source}
`

const config = `[active]
account = "ops"
${table("ops", 'secret = ["op", "read", "op://Work/Mixpanel/secret"]')}
${table("vault", 'token = ["vault", "read", "-format=json", "secret/mixpanel"]')}
${table("mine", 'token = ["pass", "show", "mixpanel"]')}
[accounts.other]
type = "service_account"
region = "us"
username = "u"
secret = "${hidden}"
`

const lookAlikes = Effect.gen(function* () {
  const home = yield* makeHome({ ".mp/config.toml": config })
  yield* program(home, "op", "echo from-op")
  yield* program(home, "vault", `echo '{"token": "from-vault", "expires_at": "2999-01-01T00:00:00Z"}'`)
  yield* program(home, "pass", "echo from-pass")
  const mp = (...args: ReadonlyArray<string>) => runMp(args, { home, env: { PATH: path(home) } })
  return { home, mp }
})

describe("op, vault and pass", () => {
  it.scoped("give what every command works with, each run once by each", () =>
    Effect.gen(function* () {
      const { home, mp } = yield* lookAlikes
      expect(yield* mp("account", "token", "vault", "-f", "json")).toMatchObject({ code: 0, stderr: "" })
      expect(JSON.parse((yield* mp("account", "token", "vault", "-f", "json")).stdout)).toEqual({
        account_name: "vault",
        type: "oauth_token",
        token: "from-vault",
        expires_at: "2999-01-01T00:00:00.000Z"
      })
      expect((yield* mp("account", "token", "mine")).stdout).toBe("from-pass\n")
      expect((yield* mp("account", "token", "ops")).stdout).toBe("N/A\n")
      expect((yield* mp("exec", "--", "sh", "-c", 'echo "$MP_USERNAME $MP_SECRET"')).stdout).toBe("robot from-op\n")
      expect((yield* mp("env")).stdout).toContain("export MP_SECRET='from-op'")
      expect((yield* mp("-a", "mine", "env")).stdout).toContain("export MP_OAUTH_TOKEN='from-pass'")
      expect(runsIn(home)).toEqual(["vault", "vault", "pass", "op", "op", "pass"])
    })
  )

  it.scoped("are not run by what only tells of accounts", () =>
    Effect.gen(function* () {
      const { home, mp } = yield* lookAlikes
      expect((yield* mp("account", "show", "ops")).stdout).toMatch(/command:op read op:\/\/Work\/Mixpanel\/secret/)
      expect((yield* mp("session", "--explain")).stdout).toMatch(/its credential comes from the command op read/)
      for (const words of [["account", "list"], ["session"], ["status"], ["config", "check"], ["config", "show"]]) {
        expect([words, (yield* mp(...words)).code]).toEqual([words, 0])
      }
      expect((yield* mp("config", "show")).stdout).toContain('secret = ["op", "read", "op://Work/Mixpanel/secret"]')
      expect(runsIn(home)).toEqual([])
    })
  )

  it.scoped("find no secret of ours in any argument list or environment, and leave none in what is said", () =>
    Effect.gen(function* () {
      const { home, mp } = yield* lookAlikes
      const said = yield* Effect.forEach(
        [
          ["-v", "account", "token", "mine"],
          ["-v", "exec", "--", "true"]
        ],
        (words) => mp(...words)
      )
      expect(said.map(({ code }) => code)).toEqual([0, 0])
      for (const { stderr } of said) expect(stderr).not.toMatch(/from-op|from-pass|a-secret/)
      const seen = existsSync(`${home}/seen`) ? readFileSync(`${home}/seen`, "latin1") : ""
      expect(seen).not.toMatch(/from-op|from-pass|a-secret/)
      expect(seen.replaceAll("MP_CREDENTIAL_COMMAND", "")).not.toMatch(/MP_(SECRET|OAUTH_TOKEN|USERNAME)/)
    })
  )

  it.scoped(
    "run once in each of 50 processes",
    () =>
      Effect.gen(function* () {
        const { home, mp } = yield* lookAlikes
        const outcomes = yield* Effect.all(Effect.replicate(mp("account", "token", "mine"), 50), { concurrency: 10 })
        expect(new Set(outcomes.map(({ code, stdout }) => `${code} ${stdout}`))).toEqual(new Set(["0 from-pass\n"]))
        expect(runsIn(home)).toHaveLength(50)
      }),
    120_000
  )

  it.scoped(
    "are told of by the fast path as by the main program, byte for byte",
    () =>
      Effect.gen(function* () {
        const { mp } = yield* lookAlikes
        for (const words of [
          ["account", "list"],
          ["account", "list", "-f", "json"],
          ["session"],
          ["session", "-f", "json"],
          ["account", "token"],
          ["account", "token", "ops"],
          ["account", "token", "mine"],
          ["account", "token", "vault", "-f", "json"]
        ]) {
          expect(yield* mp(...words)).toEqual(yield* mp(...words, "--no-input"))
        }
      }),
    60_000
  )
})

describe("accounts with a command or file", () => {
  const start = Effect.gen(function* () {
    const home = yield* makeHome()
    yield* program(home, "op", "echo from-op")
    const mp = (...args: ReadonlyArray<string>) => runMp(args, { home, env: { PATH: path(home) } })
    return { home, mp }
  })

  it.scoped(
    "are added, changed, renamed and removed with their tables, in files that mixpanel_headless reads",
    () =>
      Effect.gen(function* () {
        const { home, mp } = yield* start
        const settings = () => TOML.parse(configIn(home))["settings"]
        const steps: ReadonlyArray<readonly [ReadonlyArray<string>, unknown]> = [
          [
            [
              "account",
              "add",
              "ops",
              "--type",
              "service_account",
              "--region",
              "eu",
              "--project",
              "1",
              "--username",
              "robot",
              "--secret-command",
              "op read 'op://Work/Mix panel/secret'"
            ],
            { credential_commands: { ops: { secret: ["op", "read", "op://Work/Mix panel/secret"] } } }
          ],
          [
            ["account", "add", "ci", "--type", "oauth_token", "--region", "us", "--token-file", "/run/secrets/token"],
            {
              credential_commands: {
                ops: { secret: ["op", "read", "op://Work/Mix panel/secret"] },
                ci: { token_file: "/run/secrets/token" }
              }
            }
          ],
          [["account", "remove", "ops"], { credential_commands: { ci: { token_file: "/run/secrets/token" } } }],
          [
            ["account", "update", "ci", "--token-command", "op read x"],
            { credential_commands: { ci: { token: ["op", "read", "x"] } } }
          ],
          [["account", "rename", "ci", "cd"], { credential_commands: { cd: { token: ["op", "read", "x"] } } }],
          [
            ["account", "update", "cd", "--project", "7"],
            { credential_commands: { cd: { token: ["op", "read", "x"] } } }
          ],
          [["account", "update", "cd", "--token-env", "CI_TOKEN"], undefined]
        ]
        for (const [words, expected] of steps) {
          const outcome = yield* mp(...words)
          expect([words, outcome.code, outcome.stderr]).toEqual([words, 0, expect.any(String)])
          expect(settings()).toEqual(expected)
          expect(configProblems(TOML.parse(configIn(home)))).toEqual([])
        }
      }),
    60_000
  )

  it.scoped("show what they will run", () =>
    Effect.gen(function* () {
      const { home, mp } = yield* start
      const add = (...flags: ReadonlyArray<string>) =>
        mp(
          "account",
          "add",
          `a${flags.length}${flags[1]?.length}`,
          "--type",
          "oauth_token",
          "--region",
          "us",
          "--project",
          "1",
          ...flags
        )
      expect((yield* add("--token-command", 'op read "a b"')).stderr).toBe(
        `note: Its credential is what this command prints: op read 'a b' (${home}/bin/op).\n`
      )
      expect((yield* add("--token-command", "no-such-program")).stderr).toMatch(/\(there is no such program yet\)/)
      expect((yield* add("--token-file", "~/tok")).stderr).toBe("note: Its credential is read from ~/tok.\n")
    })
  )

  it.scoped(
    "refuse what is no command, and flags that do not go together",
    () =>
      Effect.gen(function* () {
        const { home, mp } = yield* start
        const service = ["account", "add", "x", "--type", "service_account", "--region", "us", "--username", "u"]
        const bearer = ["account", "add", "x", "--type", "oauth_token", "--region", "us"]
        for (const [words, message] of [
          [[...service, "--secret-command", "op read $ITEM"], /only a shell understands/],
          [[...service, "--secret-command", "./op read"], /relative path/],
          [[...service, "--secret-command", "'op"], /quote that is not closed/],
          [[...service, "--secret-command", ""], /is empty/],
          [
            [...service, "--secret-command", "op", "--secret-stdin"],
            /--secret-command and --secret-stdin cannot be used together/
          ],
          [[...service, "--token-command", "op"], /--token-command cannot be used with --type service_account/],
          [[...bearer, "--secret-command", "op"], /--secret-command cannot be used with --type oauth_token/],
          [
            [...bearer, "--token-command", "op", "--token-file", "/x"],
            /--token-command and --token-file cannot be used together/
          ],
          [[...bearer, "--token-command", "op", "--token-env", "X"], /cannot be used together/],
          [[...bearer, "--token-file", "tok"], /must be an absolute path/],
          [
            ["account", "add", "x", "--type", "oauth_browser", "--token-file", "/x"],
            /cannot be used with --type oauth_browser/
          ]
        ] as const) {
          const { code, stderr } = yield* mp(...words)
          expect([words.at(-1), code]).toEqual([words.at(-1), 3])
          expect(stderr).toMatch(message)
        }
        expect(existsSync(join(home, ".mp/config.toml"))).toBe(false)
      }),
    60_000
  )
})

describe("what goes wrong", () => {
  const cases: ReadonlyArray<readonly [string, string, number, RegExp]> = [
    ["no such program", 'token = ["no-such-program-at-all"]', 2, /was not found on PATH/],
    ["a relative program", 'token = ["./op"]', 1, /relative path/],
    ["nothing", 'token = ["true"]', 2, /answered with nothing/],
    ["two lines", `token = ["/bin/sh", "-c", "echo hu''sh1; echo hu''sh2"]`, 2, /more than one line/],
    ["too much", `token = ["/bin/sh", "-c", "yes hu''sh"]`, 2, /more than 64 KiB/],
    [
      "an exit code",
      `token = ["/bin/sh", "-c", "echo hu''sh1; echo hu''sh1 is wrong >&2; exit 7"]`,
      2,
      /exit code 7: ‹redacted› is wrong/
    ],
    ["a signal", 'token = ["/bin/sh", "-c", "kill -9 $$"]', 2, /ended by SIGKILL/],
    ["over time", 'token = ["sleep", "1000"]\ntimeout = 0.2', 75, /did not answer within 0.2 s/],
    [
      "an expired token",
      `token = ["printf", '{"token":"hu%s","expires_at":"2020-01-01T00:00:00Z"}', "sh1"]`,
      2,
      /expired already/
    ],
    ["no file", 'token_file = "/no/such/file"', 2, /does not exist/],
    ["a directory", 'token_file = "/usr"', 2, /is not a regular file/],
    ["an endless file", 'token_file = "/dev/zero"', 2, /is not a regular file/],
    [
      "an unknown key",
      'token = ["echo", "x"]\ncwd = "/"',
      1,
      /`\[settings.credential_commands.x\].cwd` is not a known key/
    ]
  ]
  for (const [what, source, code, message] of cases) {
    it.scoped(`${what}: exit ${code}, with file, line and key`, () =>
      Effect.gen(function* () {
        const home = yield* makeHome({ ".mp/config.toml": table("x", source) })
        const outcome = yield* runMp(["account", "token", "x"], { home })
        expect([outcome.code, outcome.stdout]).toEqual([code, ""])
        expect(outcome.stderr).toMatch(message)
        expect(outcome.stderr).toMatch(/config\.toml:(9|10)\b.*credential_commands\.x/)
        expect(outcome.stderr).not.toMatch(/hush/)
      })
    )
  }

  it.scoped(
    "config check and doctor tell of programs and files that are not there, and of tables without an account",
    () =>
      Effect.gen(function* () {
        const home = yield* makeHome({
          ".mp/config.toml": `${table("x", 'token = ["no-such-program-at-all"]')}${table("y", 'token_file = "~/tok"')}
[settings.credential_commands.gone]
secret = ["op"]
`,
          tok: "abc"
        })
        chmodSync(join(home, "tok"), 0o666)
        const check = yield* runMp(["config", "check", "-f", "json"], { home })
        const problems: ReadonlyArray<{ line: number; key: string; problem: string; fix: string }> = JSON.parse(
          check.stdout
        )
        expect(problems.map(({ key, line }) => [line, key])).toEqual([
          [20, "settings.credential_commands.gone"],
          [9, "settings.credential_commands.x.token"],
          [18, "settings.credential_commands.y.token_file"]
        ])
        expect(problems[1]?.problem).toMatch(/names no-such-program-at-all, which was not found on PATH/)
        expect(problems[2]?.fix).toBe(`chmod go-w ${home}/tok`)
        const doctor = yield* runMp(["doctor", "-f", "json"], { home })
        const ids = JSON.parse(doctor.stdout).findings.map((finding: { id: string }) => finding.id)
        expect(ids).toEqual(
          expect.arrayContaining([
            "credential-command-unused",
            "credential-source-missing",
            "credential-source-missing"
          ])
        )
      }),
    60_000
  )

  it.scoped("no bridge is written: exit 2, naming the broker", () =>
    Effect.gen(function* () {
      const { home, mp } = yield* lookAlikes
      const { code, stderr } = yield* mp("account", "export-bridge", "--to", "auth.json")
      expect(code).toBe(2)
      expect(stderr).toMatch(/mp broker run -- COMMAND/)
      expect(existsSync(join(home, "auth.json"))).toBe(false)
    })
  )

  it.scoped("an interrupted mp leaves no command behind", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const script = `echo $$ > '${home}/pid'; exec sleep 1000`
      yield* put(home, ".mp/config.toml", table("x", `token = ["/bin/sh", "-c", ${JSON.stringify(script)}]`))
      const child = spawn(process.execPath, [builtMp, "account", "token", "x"], {
        env: mpEnvironment(home),
        stdio: "ignore"
      })
      const ended = once(child, "exit")
      const isReady = () => existsSync(`${home}/pid`) && readFileSync(`${home}/pid`, "utf8").endsWith("\n")
      yield* Effect.promise(async () => {
        while (!isReady()) await new Promise((resolve) => setTimeout(resolve, 20))
        child.kill("SIGINT")
        expect(await ended).toEqual([130, null])
      })
      const pid = Number(readFileSync(`${home}/pid`, "utf8"))
      const isGone = () => spawnSync("kill", ["-0", String(pid)]).status !== 0 || /^\d+ \(.*\) Z/.test(stateOf(pid))
      yield* Effect.promise(async () => {
        while (!isGone()) await new Promise((resolve) => setTimeout(resolve, 20))
      })
    })
  )
})

const stateOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
  } catch {
    return ""
  }
}

const real = needs("pass")

describe("the real pass", () => {
  it.skipIf(real.areUnmet)(
    real.title("gives what gpg keeps"),
    async () => {
      await Effect.runPromise(
        Effect.scoped(
          Effect.gen(function* () {
            const home = yield* makeHome({ ".mp/config.toml": config })
            const env = {
              ...mpEnvironment(home),
              GNUPGHOME: join(home, "gnupg"),
              PASSWORD_STORE_DIR: join(home, "store")
            }
            mkdirSync(env.GNUPGHOME, { mode: 0o700 })
            const run = (name: string, args: ReadonlyArray<string>, input = "") =>
              expect([name, args, spawnSync(name, args, { env, input, encoding: "utf8" }).status]).toEqual([
                name,
                args,
                0
              ])
            yield* Effect.addFinalizer(() => Effect.sync(() => void spawnSync("gpgconf", ["--kill", "all"], { env })))
            run("gpg", [
              "--batch",
              "--passphrase",
              "",
              "--quick-gen-key",
              "mp@example.com",
              "future-default",
              "default",
              "never"
            ])
            run("pass", ["init", "mp@example.com"])
            run("pass", ["insert", "-m", "mixpanel"], "kept-by-gpg\n")
            const mp = (...args: ReadonlyArray<string>) => runMp(args, { home, env })
            expect(yield* mp("account", "token", "mine")).toEqual({ code: 0, stdout: "kept-by-gpg\n", stderr: "" })
            run("pass", ["insert", "-m", "-f", "mixpanel"], "kept-by-gpg\nuser: jo\n")
            const two = yield* mp("account", "token", "mine")
            expect([two.code, two.stdout]).toEqual([2, ""])
            expect(two.stderr).toMatch(/answered with more than one line/)
            run("pass", ["rm", "-f", "mixpanel"])
            const gone = yield* mp("account", "token", "mine")
            expect(gone.code).toBe(2)
            expect(gone.stderr).toMatch(/exit code 1: Error: mixpanel is not in the password store/)
          })
        )
      )
    },
    60_000
  )
})
