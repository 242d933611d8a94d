/** The completion scripts, in the shells they are for. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { chmod, readFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { makeHome, put, runMp } from "../support/mp.ts"
import { mpEnvironment } from "../support/mpEnvironment.ts"
import { needs } from "../support/needs.ts"
import { builtMp as bundle } from "../support/builtMp.ts"

const execute = promisify(execFile)
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const config = `[accounts.team]
type = "service_account"
region = "us"
default_project = "1"
username = "u"
secret = "s"

[accounts.europe]
type = "oauth_browser"
region = "eu"

[targets."my shop"]
account = "team"
project = "1"

[targets."it's $HOME"]
account = "team"
project = "2"
`

const shells = ["bash", "zsh", "fish"] as const
type Shell = (typeof shells)[number]

/** A home with accounts, with `mp` on its path and the script of a shell beside it. */
const machine = (shell: Shell, text = config) =>
  Effect.gen(function* () {
    const home = yield* makeHome({ ".mp/config.toml": text, "shop list.txt": "", "quiet/mp-called": "" })
    yield* put(home, "bin/mp", `#!/bin/sh\nexec '${process.execPath}' '${bundle}' "$@"\n`)
    yield* Effect.promise(() => chmod(join(home, "bin/mp"), 0o700))
    const { code, stderr, stdout } = yield* runMp(["completions", shell], { home })
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    yield* put(home, `mp.${shell}`, stdout)
    return { home, script: join(home, `mp.${shell}`) }
  })

const inShell = (shell: Shell, args: ReadonlyArray<string>, home: string) =>
  Effect.promise(async () => {
    const env = { ...mpEnvironment(home), PATH: `${home}/bin:${process.env["PATH"]}`, TERM: "dumb", LC_ALL: "C.UTF-8" }
    const { stderr, stdout } = await execute(shell, [...args], { env, cwd: home })
    expect(stderr).toBe("")
    return stdout
  })

/** What Tab offers after each line, as the shell would insert it, sorted. */
type Complete = (lines: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<ReadonlyArray<string>>>

const sorted = (words: ReadonlyArray<string>) => words.filter((word) => word !== "").sort()

const completing: Record<Shell, (home: string, script: string) => Complete> = {
  bash: (home, script) => (lines) =>
    Effect.map(inShell("bash", [here("completions/drive.bash"), script, ...lines], home), (out) =>
      out
        .split("\n")
        .slice(0, lines.length)
        .map((line) => sorted(line.split("|")))
    ),
  zsh: (home, script) => (lines) =>
    Effect.gen(function* () {
      const out = join(home, "out")
      yield* inShell("zsh", ["-f", here("completions/drive.zsh"), script, out, ...lines], home)
      const text = yield* Effect.promise(() => readFile(out, "utf8"))
      return text
        .trimEnd()
        .split("\n")
        .map((line, index) => sorted(line.slice(stemOf(lines[index] ?? "").length).split(/(?<!\\) /)))
    }),
  fish: (home, script) => (lines) =>
    Effect.map(
      inShell(
        "fish",
        ["-c", `source $argv[1]; for line in $argv[2..]; complete --escape -C $line; echo =; end`, script, ...lines],
        home
      ),
      (out) =>
        out
          .split("=\n")
          .slice(0, lines.length)
          .map((part) => sorted(part.split("\n").map((line) => line.split("\t")[0] ?? "")))
    )
}

/** A line without the word that is completed. */
const stemOf = (line: string): string => line.slice(0, line.lastIndexOf(" ") + 1)

const questions: ReadonlyArray<readonly [line: string, answer: ReadonlyArray<string>]> = [
  ["mp acc", ["account"]],
  ["mp account use ", ["europe", "team"]],
  ["mp account use t", ["team"]],
  ["mp --format ", ["csv", "json", "jsonl", "plain", "table"]],
  ["mp account add x --type o", ["oauth_browser", "oauth_token"]],
  ["mp -a team account show ", ["europe", "team"]],
  ["mp --account ", ["europe", "team"]],
  ["mp account add x --token-s", ["--token-stdin"]],
  ["mp target use my", ["my\\ shop"]],
  ["mp -t it", ["it\\'s\\ \\$HOME"]],
  ["mp account add ", []],
  ["mp completions z", ["zsh"]],
  ["mp exec ", ["--"]]
]

for (const shell of shells) {
  const itself = needs(shell)
  describe.skipIf(itself.areUnmet)(itself.title(`the completions of ${shell}`), () => {
    it.scoped("offer commands, flags, choices and the names that there are, quoted", () =>
      Effect.gen(function* () {
        const { home, script } = yield* machine(shell)
        const answers = yield* completing[shell](home, script)([...questions.map(([line]) => line), "mp account "])
        expect(questions.map(([line], index) => [line, answers[index]])).toEqual(questions)
        expect(answers.at(-1)).toEqual(expect.arrayContaining(["add", "list", "login", "remove", "show", "use"]))
      })
    )

    it.scoped("offer programs and files behind --, and are silent about a configuration that is broken", () =>
      Effect.gen(function* () {
        const { home, script } = yield* machine(shell, "no toml at all")
        const [program, file, names] = yield* completing[shell](
          home,
          script
        )(["mp exec -- mkfif", "mp exec -- cat quiet/", "mp account use "])
        expect(program).toEqual(["mkfifo"])
        expect(file).toEqual(["quiet/mp-called"])
        expect(names).toEqual([])
      })
    )
  })
}
