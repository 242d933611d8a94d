/** What a command line that must fail has in common, whatever is wrong with it. */
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { lstat, readdir, readFile, readlink } from "node:fs/promises"
import { join } from "node:path"
import { expect } from "vitest"
import { home, runHere, type World } from "./inProcess.ts"
import { makeHome, type Outcome, put, runMp } from "./mp.ts"

export interface BadInput {
  readonly says: string
  readonly args: ReadonlyArray<string>
  readonly code: number
  /** Words that the message holds, and the error code of the contract. */
  readonly message: ReadonlyArray<string | RegExp>
  readonly error: string
  /** Words of a command that mends it. */
  readonly fix: string | RegExp
  readonly details?: Readonly<Record<string, unknown>>
  readonly config?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string | Uint8Array
  /** Does to the home directory what cannot be said with a text. */
  readonly prepare?: (home: string) => Promise<void>
  /** What must not be said. */
  readonly never?: string
  /** A file that is not expected to be there before, but may be afterwards. */
  readonly formatFirst?: boolean
}

/** A working configuration, for what is wrong elsewhere. */
export const sound = `# mine
[accounts.team]
type = "service_account"
region = "us"
default_project = "3018488"
username = "u"
secret = "stored-secret"

[active]
account = "team"

[targets.ecom]
account = "team"
project = "3018488"
`

/** Every file below a directory by its name, kind, mode and content. Locks are no content. */
const snapshot = async (directory: string): Promise<Readonly<Record<string, string>>> => {
  const entries = await readdir(directory, { recursive: true })
  const facts = entries
    .filter((name) => !/\.lock\.d(\/free)?$/.test(name))
    .map(async (name) => {
      const path = join(directory, name)
      const { mode } = await lstat(path)
      const kind = mode & 0o170000
      const content =
        kind === 0o100000
          ? createHash("sha256")
              .update(await readFile(path))
              .digest("hex")
          : kind === 0o120000
            ? await readlink(path)
            : ""
      return [name, `${mode.toString(8)} ${content}`] as const
    })
  return Object.fromEntries(await Promise.all(facts))
}

const errorOf = (stderr: string): unknown => JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "")

const fits = (text: string, words: string | RegExp): boolean =>
  typeof words === "string" ? text.includes(words) : words.test(text)

/** The same world in memory, where it can be the same: then the second run needs no process. */
const inMemory = ({ config, env = {}, prepare, stdin = "" }: BadInput): World | null =>
  prepare !== undefined || config instanceof Uint8Array || stdin instanceof Uint8Array || stdin.length > 1000
    ? null
    : { env, stdin, files: config === undefined ? {} : { "~/.mp/config.toml": config } }

const at =
  (real: string) =>
  ({ code, stderr, stdout }: Outcome): Outcome => ({ code, stdout, stderr: stderr.replaceAll(home, real) })

/** Runs it twice, for people and for programs, and checks everything that such failures have in common. */
export const refused = (bad: BadInput) =>
  Effect.scoped(
    Effect.gen(function* () {
      const real = yield* makeHome()
      if (bad.config !== undefined) yield* put(real, ".mp/config.toml", bad.config)
      yield* Effect.promise(async () => bad.prepare?.(real))
      const before = yield* Effect.promise(() => snapshot(real))
      const run = (args: ReadonlyArray<string>) =>
        runMp(args, { home: real, env: bad.env ?? {}, ...(bad.stdin === undefined ? {} : { stdin: bad.stdin }) })
      const asJson = bad.formatFirst === true ? ["--format", "json", ...bad.args] : [...bad.args, "--format", "json"]
      const alike = inMemory(bad)
      const [text, json] = yield* Effect.all(
        [run(bad.args), alike === null ? run(asJson) : Effect.map(runHere(asJson, alike), at(real))],
        { concurrency: 2 }
      )
      expect({ text, json }).toMatchObject({ text: { code: bad.code }, json: { code: bad.code } })
      expect(text.stdout + json.stdout).toBe("")
      expect(text.stderr).toMatch(/^(note: .*\n)*error: [^\n]+\n(usage: mp[^\n]*\n)?(try:\n( {2}\S[^\n]*\n)+)?$/)
      expect(text.stderr + json.stderr).not.toMatch(/\n\s+at |node:internal|Error:|has a bug/)
      const error = errorOf(json.stderr)
      expect(error).toMatchObject({
        error: {
          code: bad.error,
          message: expect.any(String),
          hints: expect.any(Array),
          details: bad.details ?? expect.anything()
        }
      })
      const message = text.stderr.split("\n").find((line) => line.startsWith("error: ")) ?? ""
      expect(JSON.stringify(error)).toContain(JSON.stringify(message.slice(7)).slice(1, -1))
      expect(bad.message.filter((words) => !fits(message, words)).map((words) => [words, message])).toEqual([])
      const hints = text.stderr.slice(text.stderr.indexOf("try:"))
      expect(fits(hints, bad.fix) ? [] : [bad.fix, hints]).toEqual([])
      if (bad.never !== undefined) expect(text.stderr + json.stderr).not.toContain(bad.never)
      expect(yield* Effect.promise(() => snapshot(real))).toEqual(before)
    })
  )
