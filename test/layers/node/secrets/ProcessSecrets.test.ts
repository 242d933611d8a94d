/** Real children that hang, fork, flood and lie, and files as mounts and attackers leave them. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { spawnSync } from "node:child_process"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { findProgram } from "#src/layers/node/secrets/findProgram.ts"
import { processSecrets } from "#src/layers/node/secrets/ProcessSecrets.ts"

const sh = (script: string, ...args: ReadonlyArray<string>) =>
  processSecrets.run({ words: ["/bin/sh", "-c", script, ...args], variables: {} })

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mp-secrets-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return false
  }
}

const until = (test: () => boolean) => Effect.repeat(Effect.sleep("20 millis"), { until: () => test() })

/** Waits for the process ids in a file to be those of processes that have ended. */
const allEnded = (file: string) =>
  until(() =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .every((pid) => !isAlive(Number(pid)))
  )

describe("a program", () => {
  it.live("gives what it wrote, however it wrote it", () =>
    Effect.gen(function* () {
      expect(yield* sh("echo abc")).toBe("abc\n")
      expect(yield* sh("printf a; printf b; exec printf c")).toBe("abc")
      expect(yield* sh("echo noise >&2; echo abc")).toBe("abc\n")
      expect((yield* sh("head -c 65536 /dev/zero")).length).toBe(65_536)
    })
  )

  it.live("gets its words as they are: no shell looks at them", () =>
    Effect.gen(function* () {
      const words = ["/usr/bin/printf", "%s|", "$HOME", "`id`", "a b", "*", ";", "'"]
      expect(yield* processSecrets.run({ words, variables: {} })).toBe("$HOME|`id`|a b|*|;|'|")
    })
  )

  it.live("has nothing to read, no terminal, the home directory, and the variables that it is given", () =>
    Effect.gen(function* () {
      expect(yield* processSecrets.run({ words: ["/bin/cat"], variables: {} })).toBe("")
      expect(yield* processSecrets.run({ words: ["pwd"], variables: {} })).not.toContain(process.cwd())
      expect(yield* processSecrets.run({ words: ["/bin/sh", "-c", 'echo "$X"'], variables: { X: "1" } })).toBe("1\n")
    })
  )

  it.live("that fails tells how: its exit code or its signal, and what it said on stderr", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(sh("echo 'no such item' >&2; exit 3"))).toMatchObject({
        reason: "ended with exit code 3: no such item",
        exitCode: 3,
        signal: null,
        temporary: false
      })
      expect(yield* Effect.flip(sh("exit 1"))).toMatchObject({
        reason: "ended with exit code 1, and said nothing on stderr"
      })
      expect(yield* Effect.flip(sh("kill -TERM $$"))).toMatchObject({
        reason: "was ended by SIGTERM, and said nothing on stderr",
        exitCode: null,
        signal: "SIGTERM"
      })
      expect(yield* Effect.flip(sh("kill -KILL $$"))).toMatchObject({ signal: "SIGKILL" })
    })
  )

  it.live("tells no secret by it, neither its own nor one of the environment", () =>
    Effect.gen(function* () {
      const failed = yield* Effect.flip(
        processSecrets.run({
          words: [
            "/bin/sh",
            "-c",
            'echo half-a-token; echo "got half-a-token for $MY_SECRET \u001b[31mred" >&2; exit 1'
          ],
          variables: { MY_SECRET: "of-the-user" }
        })
      )
      expect(failed.reason).toBe("ended with exit code 1: got ‹redacted› for ‹redacted› red")
    })
  )

  it.live("tells no password of an address in the environment, in either spelling", () =>
    Effect.gen(function* () {
      const failed = yield* Effect.flip(
        processSecrets.run({
          words: ["/bin/sh", "-c", 'echo "at $CACHE: pass%40word, pass@word" >&2; exit 1'],
          variables: { CACHE: "rediss://me:pass%40word@cache.example:6379/1" }
        })
      )
      expect(failed.reason).toBe("ended with exit code 1: at ‹redacted›: ‹redacted›, ‹redacted›")
    })
  )

  it.live.each([
    ["is nowhere on PATH", ["no-such-program-at-all"], /was not found on PATH/],
    ["is not there", ["/no/such/program"], /does not exist or cannot be executed/],
    ["is a directory", ["/usr"], /does not exist or cannot be executed/],
    ["cannot be run", ["/etc/passwd"], /does not exist or cannot be executed/],
    ["is relative", ["./op"], /does not exist or cannot be executed/]
  ] as const)("that %s is told so", ([, words, reason]) =>
    Effect.map(Effect.flip(processSecrets.run({ words, variables: {} })), (problem) => {
      expect(problem.reason).toMatch(reason)
      expect(problem.temporary).toBe(false)
    })
  )

  it.live("that floods stdout is ended at 64 KiB", () =>
    Effect.map(Effect.flip(sh("exec yes")), ({ reason }) => expect(reason).toMatch(/more than 64 KiB/))
  )

  it.live("that floods stderr is read, and forgotten", () =>
    Effect.gen(function* () {
      expect(yield* sh("head -c 3000000 /dev/zero >&2; echo abc")).toBe("abc\n")
    })
  )

  it.scopedLive("that hangs is ended with all that it started, whatever they ignore", () =>
    Effect.gen(function* () {
      const pids = join(yield* directory, "pids")
      const hanging = yield* Effect.fork(
        sh(`trap '' TERM INT HUP; (trap '' TERM; echo $$ >> ${pids}; exec sleep 1000) & echo $! >> ${pids}; sleep 1001`)
      )
      yield* until(() => existsSync(pids) && readFileSync(pids, "utf8").split("\n").length > 2)
      yield* Fiber.interrupt(hanging)
      yield* allEnded(pids)
    })
  )

  it.scopedLive(
    "whose children keep its pipes open is not waited for longer than for itself, and they end with it",
    () =>
      Effect.gen(function* () {
        const pids = join(yield* directory, "pids")
        expect(yield* sh(`sleep 1000 & echo $! >> ${pids}; echo abc`)).toBe("abc\n")
        yield* allEnded(pids)
        const script = `setsid sh -c 'echo $$ >> ${pids}; exec sleep 5' & while [ ! -s ${pids} ]; do sleep 0.01; done; echo abc`
        expect(yield* sh(script)).toBe("abc\n")
      })
  )

  it.scopedLive("that says it has succeeded although its child goes on writing gives what there was", () =>
    Effect.map(sh("(sleep 1000; echo late) & echo abc"), (text) => expect(text).toBe("abc\n"))
  )
})

describe("where a program is", () => {
  it.scoped("an entry of PATH that is relative, empty or `.` is not looked into", () =>
    Effect.gen(function* () {
      const path = yield* directory
      mkdirSync(join(path, "bin"))
      for (const place of ["op", "bin/op"]) writeFileSync(join(path, place), "#!/bin/sh\n", { mode: 0o755 })
      writeFileSync(join(path, "bin/data"), "", { mode: 0o644 })
      const before = process.cwd()
      process.chdir(path)
      try {
        for (const PATH of [".", "", ":", "bin", "./bin", "bin:."]) expect(findProgram("op", { PATH })).toBeUndefined()
        expect(findProgram("op", { PATH: `.:bin:${path}/bin` })).toBe(join(path, "bin/op"))
        expect(findProgram("./op", { PATH: path })).toBeUndefined()
        expect(findProgram("data", { PATH: `${path}/bin` })).toBeUndefined()
        expect(findProgram(join(path, "op"), {})).toBe(join(path, "op"))
      } finally {
        process.chdir(before)
      }
      expect(yield* processSecrets.find("sh")).toEqual(Option.some(findProgram("sh", process.env)))
    })
  )
})

describe("a file", () => {
  const read = (path: string) => Effect.either(processSecrets.read(path))
  const refused = (path: string) => Effect.map(Effect.flip(processSecrets.read(path)), ({ reason }) => reason)

  it.scoped("may be readable by others, and a link, as mounts of Kubernetes are", () =>
    Effect.gen(function* () {
      const path = yield* directory
      mkdirSync(join(path, "..data-1"))
      writeFileSync(join(path, "..data-1/token"), "abc\n", { mode: 0o644 })
      symlinkSync("..data-1", join(path, "..data"))
      symlinkSync("..data/token", join(path, "token"))
      expect(yield* processSecrets.read(join(path, "token"))).toBe("abc\n")
      rmSync(join(path, "..data"))
      expect(yield* refused(join(path, "token"))).toBe("does not exist")
    })
  )

  it.scoped("must not be writable by others, over 64 KiB, or anything but a regular file of text", () =>
    Effect.gen(function* () {
      const path = yield* directory
      const file = join(path, "token")
      for (const mode of [0o620, 0o602, 0o666, 0o664, 0o660]) {
        writeFileSync(file, "abc")
        chmodSync(file, mode)
        expect(yield* read(file)).toMatchObject({
          left: { reason: `can be written by others (mode 0${mode.toString(8)})` }
        })
      }
      chmodSync(file, 0o600)
      writeFileSync(file, "x".repeat(65_536))
      expect((yield* processSecrets.read(file)).length).toBe(65_536)
      writeFileSync(file, "x".repeat(65_537))
      expect(yield* refused(file)).toBe("is larger than 64 KiB")
      writeFileSync(file, Buffer.from([0xff, 0xfe]))
      expect(yield* refused(file)).toBe("is not valid UTF-8")
      expect(yield* refused(path)).toBe("is not a regular file")
      expect(yield* refused("/dev/zero")).toBe("is not a regular file")
      symlinkSync("loop", join(path, "loop"))
      expect(yield* refused(join(path, "loop"))).toMatch(/cannot be read/)
      spawnSync("mkfifo", [join(path, "pipe")])
      expect(yield* refused(join(path, "pipe"))).toMatch(/is not a regular file|does not exist/)
    })
  )
})
