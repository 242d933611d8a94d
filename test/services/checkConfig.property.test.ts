/** `mp doctor` and `mp config check` say the same of every configuration, in the same words, with the same command. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import { expect } from "vitest"
import { catalogue } from "#src/domain/doctor/catalogue.ts"
import { FileError, type FileProblem } from "#src/domain/errors.ts"
import { command } from "#src/domain/hints/Command.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import { configPath, type FullOutcome, runHere, type World } from "../support/inProcess.ts"

const line = (key: string, values: ReadonlyArray<string>) =>
  fc.constantFrom("", ...values.map((v) => `${key} = ${v}\n`))

const lines = (...parts: ReadonlyArray<fc.Arbitrary<string>>) => fc.tuple(...parts).map((all) => all.join(""))

const names = ["a", "b", "A", "b c", "-x", "__proto__"] as const
const name = fc.constantFrom(...names)
const text = (...values: ReadonlyArray<string>) => values.map((value) => JSON.stringify(value))
const anything = ["5", "[]", "{}", "true", "2026-01-01", '""', '"a b"']

const block = (table: string, body: fc.Arbitrary<string>) =>
  fc
    .uniqueArray(name, { maxLength: 3 })
    .chain((chosen) =>
      fc
        .tuple(...chosen.map((key) => body.map((inner) => `[${table}.${JSON.stringify(key)}]\n${inner}`)))
        .map((all) => all.join(""))
    )

const accounts = block(
  "accounts",
  lines(
    line("type", [...text("oauth_browser", "oauth_token", "service_account", "mars"), "5"]),
    line("region", [...text("us", "US"), "1"]),
    line("default_project", [...text("1", "x"), "1"]),
    line("username", [...text("u"), ...anything]),
    line("secret", [...text("s"), ...anything]),
    line("token_env", text("CI_TOKEN")),
    line("surprise", anything)
  )
)

const targets = block(
  "targets",
  lines(
    line("account", [...text(...names), ...anything]),
    line("project", [...text("1"), ...anything]),
    line("workspace", ["1", "-1", ...anything]),
    line("name", text("t"))
  )
)

const active = lines(
  fc.constant("[active]\n"),
  line("account", [...text(...names, "gone"), ...anything]),
  line("workspace", ["1", "0", ...anything]),
  line("project", text("1"))
)

const settings = lines(
  fc.constant("[settings]\n"),
  line("project_secret", [...text("s"), ...anything]),
  line("custom_header", ["5", '{ name = "X-A" }', '{ name = "X-A", value = "v" }', '{ name = "a b", value = "v" }']),
  line("projects", ["5", "{ 1 = { secret = 5 } }", '{ 1 = { secret = "s", token = "" }, x = 1 }'])
)

const whole = fc
  .tuple(accounts, targets, fc.oneof(fc.constant(""), active), fc.oneof(fc.constant(""), settings))
  .map((parts) => parts.join(""))

/** Blocks that can be used, as far as they go: what is wrong lies between them. */
const usable = fc
  .tuple(fc.constantFrom("", 'default_project = "1"\n'), fc.constantFrom("", ...text("a", "gone")), fc.boolean())
  .map(
    ([project, account, pinned]) =>
      `[accounts.a]\ntype = "oauth_browser"\nregion = "us"\n${project}[active]\n${account && `account = ${account}\n`}${pinned ? "workspace = 1\n" : ""}[targets.t]\naccount = ${account || '"a"'}\nproject = "1"\n`
  )

const content = fc.oneof(
  { weight: 4, arbitrary: usable },
  { weight: 8, arbitrary: whole },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("\uFEFF", "a = = 1\n", "accounts = 3\n", "active = []\n", 'default = "a"\n'), whole)
      .map(([fault, rest]) => fault + rest)
  },
  { weight: 1, arbitrary: fc.constantFrom(undefined, "config_version = 2\n", "[credentials.c]\n", "") }
)

/** The file itself is refused. */
const refusal = fc.oneof(
  { weight: 8, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom<FileProblem>("symlink", "wide_mode", "io") }
)

const named = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(undefined, configPath) },
  { weight: 1, arbitrary: fc.constant("/elsewhere/config.toml") }
)

const world = fc.tuple(content, named, refusal).map(
  ([file, named, problem]): World => ({
    files: file === undefined ? {} : { [configPath]: file },
    env: named === undefined ? {} : { MP_CONFIG_PATH: named },
    prepare: Effect.flatMap(MemoryFilesControl, ({ obstruct }) =>
      obstruct(
        configPath,
        problem === undefined
          ? null
          : new FileError({ path: configPath, problem, reason: "is refused", fix: command`chmod 600 ${configPath}` })
      )
    )
  })
)

interface Told {
  readonly id: keyof typeof catalogue
  readonly problem: string
  readonly fix: string | null
}

const told = (records: ReadonlyArray<Told>) => records.map(({ fix, problem }) => `${problem} → ${fix ?? ""}`).sort()

const recordsOf = ({ stdout }: FullOutcome): ReadonlyArray<Told> => JSON.parse(stdout)

const findingsOf = ({ stdout }: FullOutcome): ReadonlyArray<Told> => {
  const { findings }: { readonly findings: ReadonlyArray<Told> } = JSON.parse(stdout)
  return findings.filter(({ id }) => catalogue[id].area === "configuration")
}

it.effect.prop("whatever is wrong with a configuration", [world], ([given]) =>
  Effect.gen(function* () {
    const check = yield* runHere(["config", "check", "--format", "json"], given)
    const doctor = yield* runHere(["doctor", "--offline", "--format", "json"], given)
    const problems = recordsOf(check)
    expect(told(findingsOf(doctor))).toEqual(told(problems))
    expect(check.code).toBe(problems.length === 0 ? 0 : 1)
  })
)
