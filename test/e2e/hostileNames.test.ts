/**
 * Names that would lead somewhere if they were paths, in every place where a person, a file or a variable can name
 * something, of every command that there is: on a real disk, nothing changes that does not belong to the accounts meant.
 */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe } from "vitest"
import { argumentsOf, type CommandFacts, type Facts, flagsOf } from "#src/cli/app/facts.ts"
import { facts } from "#src/cli/commands/mp.ts"
import { runOnDisk } from "../support/inProcess.ts"

/** The worst: what removes a home directory, all accounts, another account. */
const worst = ["../..", ".", "", "../other", "HOME", "__proto__"]
const hostile = [
  ...worst,
  "..",
  "/",
  "~",
  "../../precious",
  "other/",
  "other/../../..",
  "team/../other",
  "..\\other",
  "%2e%2e",
  "other\u0000",
  "other\n",
  "\u202e..",
  "-rf",
  "--force",
  "constructor",
  "toString",
  "CON",
  "con.",
  "OTHER",
  "ｏｔｈｅｒ",
  "é",
  "a".repeat(65),
  "../".repeat(40)
]

const isName = (name: string): boolean => /^[a-zA-Z0-9_-]{1,64}$/.test(name)

const tokens = JSON.stringify({
  access_token: "a",
  expires_at: "2036-01-01T00:00:00+00:00",
  token_type: "Bearer",
  scope: "",
  client_id: "c"
})
const browser = 'type = "oauth_browser"\nregion = "us"\ndefault_project = "11"\n'
const config = `[accounts.team]\n${browser}\n[accounts.other]\n${browser}\n`
const active = '[active]\naccount = "team"\n'
const sentinels: Readonly<Record<string, string>> = {
  "precious/thesis.txt": "years of work",
  "work/notes.txt": "keep",
  ".mp/notes.txt": "keep",
  ".mp/accounts/notes.txt": "keep",
  ".mp/accounts/other/tokens.json": tokens,
  ".mp/accounts/other/me.json": "{}",
  ".mp/accounts/team/tokens.json": tokens,
  ".mp/bridges/b.json": "{}",
  "tokens.json": "{}",
  ".mp/tokens.json": "{}",
  ".mp/accounts/tokens.json": "{}"
}

/** What a home holds: paths to texts. */
type Files = Readonly<Record<string, string>>

const put = (home: string, files: Files): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true, mode: 0o700 })
    writeFileSync(join(home, path), text, { mode: 0o600 })
  }
}

const filesOf = (home: string): Files =>
  Object.fromEntries(
    readdirSync(home, { recursive: true, withFileTypes: true }).flatMap((entry) => {
      const path = join(entry.parentPath, entry.name)
      return entry.isFile() ? [[path.slice(home.length + 1), readFileSync(path, "utf8")]] : []
    })
  )

/**
 * What a command may make or change, whatever it was told: the configuration, a bridge, the record of what was done, the queries of a
 * project, and the files of accounts it meant.
 */
const mayChange = (path: string, meant: ReadonlyArray<string>): boolean =>
  path === ".mp/config.toml" ||
  path === "work/b.json" ||
  path === ".mp/audit.jsonl" ||
  /^\.mp\/queries\/127\.0\.0\.1_\d+\/\d{1,20}\.json$/.test(path) ||
  path === ".claude/mixpanel/auth.json" ||
  /(^|\/)\.[^/]+\.(lock|held)(\.|\/|$)/.test(path) ||
  path.startsWith(".mp/oauth/") ||
  meant.filter(isName).some((name) => path.startsWith(`.mp/accounts/${name}/`))

const changed = (before: Files, after: Files, meant: ReadonlyArray<string>): ReadonlyArray<string> =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (path) => before[path] !== after[path] && !mayChange(path, meant)
  )

/** One way in which a name gets to a command. */
interface Way {
  readonly words: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Files
}

const leaves = (spec: Facts, before: ReadonlyArray<string> = []): ReadonlyArray<readonly [string, CommandFacts]> => {
  const words = spec.name === "mp" ? [] : [...before, spec.name]
  return spec.kind === "command" ? [[words.join(" "), spec]] : spec.children.flatMap((child) => leaves(child, words))
}

const fillers: Readonly<Record<string, string>> = { NAME: "team", ID: "11", PATH: "b.json", DATE: "2026-01-01" }

const filler = (placeholder: string, choices: ReadonlyArray<string> = []): string =>
  choices.find((choice) => choice === "oauth_browser") ?? choices[0] ?? fillers[placeholder] ?? "x"

/** A whole command line, with the name for one of its arguments or flags. */
const line = (words: string, spec: CommandFacts, at: string | null, name: string): ReadonlyArray<string> => {
  const flags = flagsOf(spec)
    .filter(({ name: flag, required }) => required === true || at === `--${flag}`)
    .map((flag) => `--${flag.name}=${at === `--${flag.name}` ? name : filler(flag.value ?? "", flag.choices)}`)
  const args = argumentsOf(spec)
    .filter((argument) => argument.required || at === argument.name)
    .flatMap((argument) =>
      argument.rest === true ? ["true"] : [at === argument.name ? name : filler(argument.name, argument.choices)]
    )
  return [...words.split(" "), ...flags, ...(args.length === 0 ? [] : ["--", ...args])]
}

const bridgeOf = (name: string): string =>
  JSON.stringify({
    version: 2,
    account: { name, type: "oauth_browser", region: "us" },
    project: "11",
    tokens: JSON.parse(tokens),
    headers: {}
  })

/** Every way that the name can get to the command. */
const ways = (
  words: string,
  spec: CommandFacts
): ReadonlyArray<readonly [string, ReadonlyArray<string>, (name: string) => Way]> => {
  const plain = line(words, spec, null, "")
  const [head, tail] = [words.split(" "), plain.slice(words.split(" ").length)]
  const args = argumentsOf(spec)
    .filter(({ rest }) => rest !== true)
    .map(({ name }) => name)
  const flags = flagsOf(spec).flatMap(({ name, value }) =>
    value === undefined || value === "PATH" ? [] : [`--${name}`]
  )
  const inConfig = (name: string) => {
    const key = JSON.stringify(name)
    return `${config}[accounts.${key}]\n${browser}\n[targets.${key}]\naccount = ${key}\nproject = "11"\n\n[active]\naccount = ${key}\n`
  }
  /** Without a target, which would keep the account from being removed. */
  const unreferenced = (name: string) => `${config}[accounts.${JSON.stringify(name)}]\n${browser}\n${active}`
  return [
    ...args.map((at) => [at, hostile, (name: string) => ({ words: line(words, spec, at, name) })] as const),
    ...flags.map((at) => [at, worst, (name: string) => ({ words: line(words, spec, at, name) })] as const),
    ...["account", "target"].map(
      (flag) => [`--${flag}`, worst, (name: string) => ({ words: [...head, `--${flag}=${name}`, ...tail] })] as const
    ),
    ...["MP_ACCOUNT", "MP_TARGET"].map(
      (variable) => [variable, worst, (name: string) => ({ words: plain, env: { [variable]: name } })] as const
    ),
    ["config.toml", worst, (name) => ({ words: plain, files: { ".mp/config.toml": inConfig(name) } })],
    ...args
      .filter((at) => at === "NAME")
      .map(
        (at) =>
          [
            `${at}, as config.toml has it`,
            hostile,
            (name: string) => ({ words: line(words, spec, at, name), files: { ".mp/config.toml": unreferenced(name) } })
          ] as const
      ),
    [
      "a bridge",
      worst,
      (name) => ({ words: plain, files: { ".mp/config.toml": config, ".claude/mixpanel/auth.json": bridgeOf(name) } })
    ]
  ]
}

/** Knows nobody, and says so at once: nothing is tried again. */
const server = createServer((_, response) => response.writeHead(401, { "content-type": "application/json" }).end("{}"))

const nobody = (): Readonly<Record<string, string>> => {
  const address = server.address()
  const base = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 1}`
  return { MP_API_BASE_URL: base, MP_APP_BASE_URL: base }
}

const endsByItself = ([noun, verb]: ReadonlyArray<string>): boolean => noun !== "broker" || verb !== "serve"

/** What serves until it is told to end is told so when its socket has been there for a while; elsewhere, after two seconds. */
const serving = (home: string) =>
  Effect.sync(() => existsSync(join(home, ".mp/run/broker.sock"))).pipe(
    Effect.delay("20 millis"),
    Effect.repeat({ until: (isThere) => isThere }),
    Effect.zipRight(Effect.sleep("200 millis")),
    Effect.timeoutOption("2 seconds")
  )

/** Runs a command in a home of its own, and answers with what it should have left alone. */
const damage = (name: string, { env = {}, files = {}, words }: Way) =>
  Effect.gen(function* () {
    const root = mkdtempSync(join(tmpdir(), "mp-names-"))
    const home = join(root, "user/home")
    put(root, { "neighbour.txt": "keep", "user/neighbour.txt": "keep" })
    put(home, { ...sentinels, ".mp/config.toml": config + active, ...files })
    const before = filesOf(root)
    const running = runOnDisk(home, words, { ...nobody(), ...env })
    const ran = endsByItself(words) ? running : Effect.race(running, Effect.as(serving(home), { code: 0, stderr: "" }))
    const { code, stderr } = yield* ran
    const strip = (all: Files): Files =>
      Object.fromEntries(Object.entries(all).map(([path, text]) => [path.replace(/^user\/home\//, ""), text]))
    const lost = changed(strip(before), strip(filesOf(root)), ["team", name])
    rmSync(root, { recursive: true })
    const bug = stderr.includes("mp has a bug") ? [stderr] : []
    return { code, wrong: [...lost, ...bug] }
  })

const located = (name: string, home: string): string => (name === "HOME" ? home : name)

describe("a hostile name", () => {
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)))
  afterAll(() => void server.close())

  it.live.each(leaves(facts))(
    "of mp %s",
    ([words, spec]) =>
      Effect.gen(function* () {
        for (const [where, names, way] of ways(words, spec)) {
          for (const name of names) {
            const { code, wrong } = yield* damage(name, way(located(name, tmpdir())))
            expect({ where, name, wrong }).toEqual({ where, name, wrong: [] })
            // A name that is none, and that nothing knows, ends in an error of the contract.
            if (where === "NAME" && !isName(name)) expect([1, 3, 4], `${where} ${name}`).toContain(code)
          }
        }
      }),
    600_000
  )
})
