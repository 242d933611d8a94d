/** Output that cannot be written: an error that says so, unless its reader went away. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { makeHome, runMp } from "../support/mp.ts"
import { needs } from "../support/needs.ts"
import { oneBearer } from "../support/oneBearer.ts"

const home = makeHome({ ".mp/config.toml": oneBearer })

/** What the launcher answers, what takes the short way, and what takes the full one. */
const answered = ["--version", "--help", "account --help"]
const frequent = ["account list", "account token", "session"]
const full = ["account list --no-input", "config path", "config show", "completions bash", "env"]
const all = [...answered, ...frequent, ...full]

const sentence = "The output of mp could not be written to stdout: the disk is full (ENOSPC)."

const fullDisk = needs("fullDisk")

describe.skipIf(fullDisk.areUnmet)(fullDisk.title("a disk without space"), () => {
  const shell = '"$@" >/dev/full'

  it.scopedLive.each(all)("mp %s → 1, and one sentence on stderr", (words) =>
    Effect.gen(function* () {
      const outcome = yield* runMp(words.split(" "), { home: yield* home, shell })
      expect(outcome).toEqual({ code: 1, stdout: "", stderr: `error: ${sentence}\n` })
    })
  )

  it.scopedLive.each([...frequent, ...full].filter((words) => words !== "completions bash"))(
    "mp %s --format json → 1, and an object on stderr",
    (words) =>
      Effect.gen(function* () {
        const outcome = yield* runMp([...words.split(" "), "--format", "json"], { home: yield* home, shell })
        expect(outcome).toMatchObject({ code: 1, stdout: "" })
        expect(JSON.parse(outcome.stderr)).toEqual({
          error: {
            code: "OUTPUT_NOT_WRITTEN",
            message: sentence,
            hints: [],
            details: { to: "stdout", errno: "ENOSPC", fix: null }
          }
        })
      })
  )

  it.scopedLive("an error whose words cannot be written → 1, both ways", () =>
    Effect.gen(function* () {
      const directory = yield* makeHome()
      for (const words of [["session"], ["session", "--no-input"], ["target", "show", "nope"]]) {
        const outcome = yield* runMp(words, { home: directory, shell: '"$@" 2>/dev/full' })
        expect({ words, ...outcome }).toEqual({ words, code: 1, stdout: "", stderr: "" })
      }
    })
  )

  it.scopedLive("what is said on stdout does not need stderr", () =>
    Effect.gen(function* () {
      const outcome = yield* runMp(["account", "token"], { home: yield* home, shell: '"$@" 2>/dev/full' })
      expect(outcome).toEqual({ code: 0, stdout: "not-a-real-token\n", stderr: "" })
    })
  )
})

describe("a reader that went away", () => {
  /** Descriptor 4 writes to a pipe that nobody reads any more when `mp` starts: its first byte is refused. */
  const closed = (to: string) => `mkfifo pipe && exec 3<>pipe 4>pipe 3<&- && "$@" ${to}>&4 4>&-`

  it.scopedLive.each(all)("mp %s ends quietly with 0", (words) =>
    Effect.gen(function* () {
      const outcome = yield* runMp(words.split(" "), { home: yield* home, shell: closed("1") })
      expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" })
    })
  )

  it.scopedLive.each(["session", "session --no-input", "target show nope"])(
    "mp %s: an error that nobody reads keeps its exit code",
    (words) =>
      Effect.gen(function* () {
        const outcome = yield* runMp(words.split(" "), { home: yield* makeHome(), shell: closed("2") })
        expect(outcome).toEqual({ code: 4, stdout: "", stderr: "" })
      })
  )

  it.scopedLive("a reader that takes one byte gets it", () =>
    Effect.gen(function* () {
      const shell = '{ "$@"; echo "$?" >&2; } | head -c 1'
      const outcome = yield* runMp(["completions", "bash"], { home: yield* home, shell })
      expect(outcome).toMatchObject({ code: 0, stderr: "0\n" })
      expect(outcome.stdout).toHaveLength(1)
    })
  )
})
