/** Promise 14: files are private from the first byte, and what is not private is refused. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { chmod, chown, lstat, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { quoted } from "#src/domain/hints/Command.ts"
import type { FileProblem } from "#src/domain/errors.ts"
import { layerWith } from "#src/layers/node/files/DiskFiles.ts"
import { CredentialFiles, maxFileBytes } from "#src/services/platform/CredentialFiles.ts"
import { needs } from "../../../support/needs.ts"
import { layerAt, namesIn, opsAt, temporaryDirectory, watchedOps } from "./support.ts"

const root = needs("root")

const modeOf = async (path: string): Promise<string> => ((await lstat(path)).mode & 0o7777).toString(8)

const secret = "planted-secret-content"

/** Each plants something bad at `path` (in a directory below `home`). */
interface Bad {
  readonly problem: FileProblem
  readonly reason: RegExp
  readonly plant: (path: string, home: string) => Promise<unknown>
  /** The command that mends it; absent: it is not run. */
  readonly fix?: (path: string) => string
  readonly onlyRoot?: boolean
  /** What writing over it does: refused for the same reason, unless it is replaced by a good one. */
  readonly replaced?: boolean
}

const withMode = (mode: number) => async (path: string) => {
  await writeFile(path, secret)
  await chmod(path, mode)
}

const wide = (mode: number): Bad => ({
  problem: "wide_mode",
  reason: new RegExp(`can be read by others \\(mode 0${mode.toString(8)}\\)`),
  plant: withMode(mode),
  fix: (path) => `chmod 600 ${path}`,
  replaced: true
})

const bad: Readonly<Record<string, Bad>> = {
  "a link": {
    problem: "symlink",
    reason: /is a symbolic link/,
    plant: async (path) => {
      await writeFile(`${path}.real`, secret, { mode: 0o600 })
      await symlink(`${path}.real`, path)
    },
    fix: (path) =>
      `cp -RL ${path} ${path}.real && chmod -R go= ${path}.real && mv ${path} ${path}.link && mv ${path}.real ${path}`
  },
  "a dangling link": {
    problem: "symlink",
    reason: /is a symbolic link/,
    plant: (path) => symlink("/nonexistent/target", path),
    fix: (path) =>
      `cp -RL ${path} ${path}.real && chmod -R go= ${path}.real && mv ${path} ${path}.link && mv ${path}.real ${path}`
  },
  "mode 0644": wide(0o644),
  "mode 0640": wide(0o640),
  "mode 0604": wide(0o604),
  "mode 0620": { ...wide(0o620), reason: /is open to others \(mode 0620\)/ },
  "a foreign owner": {
    problem: "foreign_owner",
    reason: /belongs to another user \(uid 65534\)/,
    plant: async (path) => {
      await writeFile(path, secret, { mode: 0o600 })
      await chown(path, 65534, 65534)
    },
    fix: (path) => `sudo chown -R "$(id -u):$(id -g)" ${path}`,
    onlyRoot: true
  },
  "a directory": { problem: "not_a_file", reason: /is a directory/, plant: (path) => mkdir(path, 0o700) },
  "a FIFO": {
    problem: "not_a_file",
    reason: /socket, pipe or device/,
    plant: async (path) => execFileSync("mkfifo", ["-m", "600", path])
  },
  "a link to a device": {
    problem: "symlink",
    reason: /is a symbolic link/,
    plant: (path) => symlink("/dev/zero", path)
  },
  "a socket": {
    problem: "not_a_file",
    reason: /socket, pipe or device/,
    plant: async (path) => {
      const program = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`
      await once(spawn(process.execPath, ["-e", program]), "exit")
    }
  },
  "1 MiB and a byte": {
    problem: "too_large",
    reason: /is larger than 1 MiB/,
    plant: (path) => writeFile(path, secret + "x".repeat(maxFileBytes + 1 - secret.length), { mode: 0o600 }),
    fix: (path) => `mv ${path} ${path}.aside`,
    replaced: true
  },
  "invalid UTF-8": {
    problem: "not_utf8",
    reason: /is not valid UTF-8/,
    plant: (path) => writeFile(path, Buffer.from(`${secret}\xff`, "latin1"), { mode: 0o600 }),
    replaced: true
  }
}

describe("what is planted is refused, with the command that mends it", () => {
  for (const [name, { fix, onlyRoot, plant, problem, reason, replaced }] of Object.entries(bad)) {
    it.scopedLive.skipIf(onlyRoot === true && root.areUnmet)(onlyRoot === true ? root.title(name) : name, () =>
      Effect.gen(function* () {
        const home = yield* temporaryDirectory
        const path = join(home, "it's here")
        yield* Effect.promise(() => plant(path, home))
        const before = yield* Effect.promise(() => lstat(path))
        yield* Effect.gen(function* () {
          const files = yield* CredentialFiles
          const error = yield* Effect.flip(files.read(path)).pipe(Effect.timeout("2 seconds"))
          expect(error).toMatchObject({ _tag: "FileError", path, problem })
          expect(error.message).toMatch(reason)
          expect(JSON.stringify(error) + error.message + String(error.stack)).not.toContain(secret)
          if (fix !== undefined)
            expect(error.hints[0]).toBe(
              fix(quoted(path)).replaceAll(
                /('[^ ]*(?: here)?')\.(aside|real|link)/g,
                (_, word: string, end: string) => `${word.slice(0, -1)}.${end}'`
              )
            )
          if (problem !== "too_large" && problem !== "not_utf8") {
            const added = yield* Effect.flip(files.append(path, "line\n")).pipe(Effect.timeout("2 seconds"))
            expect(added).toMatchObject({ path, problem })
          }
          const written = yield* Effect.exit(files.write(path, "new"))
          expect(written._tag).toBe(replaced === true ? "Success" : "Failure")
          const after = yield* Effect.promise(() => lstat(path))
          if (replaced === true) expect(yield* files.read(path)).toEqual(Option.some("new"))
          else expect(after.ino).toBe(before.ino)
        }).pipe(Effect.provide(layerAt(home)))
      })
    )
  }

  it.scopedLive("the command given for a wide mode mends it", () =>
    Effect.gen(function* () {
      const home = yield* temporaryDirectory
      const path = join(home, "it's here")
      yield* Effect.promise(() => withMode(0o644)(path))
      const files = yield* CredentialFiles
      const error = yield* Effect.flip(files.read(path))
      execFileSync("sh", ["-c", error.hints.join("\n")])
      expect(yield* files.read(path)).toEqual(Option.some(secret))
    }).pipe(Effect.provide(layerAt("/nonexistent")))
  )

  it.scopedLive("modes 0400, 0600 and 0700 are private", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const files = yield* CredentialFiles
      for (const mode of [0o400, 0o600, 0o700]) {
        const path = join(directory, mode.toString(8))
        yield* Effect.promise(() => withMode(mode)(path))
        expect(yield* files.read(path)).toEqual(Option.some(secret))
      }
    }).pipe(Effect.provide(layerAt("/nonexistent")))
  )

  it.scopedLive("a file that grows while it is read is refused as soon as it is over-size", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryDirectory, "file")
      yield* Effect.promise(() => writeFile(path, "small", { mode: 0o600 }))
      let grown = false
      const growing = watchedOps(async (step) => {
        if (step !== "file.read" || grown) return
        grown = true
        await writeFile(path, "x".repeat(maxFileBytes + 10))
      }, opsAt("/nonexistent"))
      const read = Effect.flatMap(CredentialFiles, (files) => files.read(path))
      expect((yield* Effect.flip(Effect.provide(read, layerWith(growing)))).problem).toBe("too_large")
    })
  )
})

describe("a linked directory below the home directory", () => {
  const planted = Effect.gen(function* () {
    const base = yield* temporaryDirectory
    const home = join(base, "home")
    const real = join(base, "elsewhere")
    yield* Effect.promise(async () => {
      await mkdir(join(real, "accounts"), { recursive: true, mode: 0o700 })
      await writeFile(join(real, "accounts", "file"), secret, { mode: 0o600 })
      await mkdir(home)
      await symlink(real, join(home, ".mp"))
      await symlink(home, join(base, "home-link"))
    })
    return { home, linkedHome: join(base, "home-link"), real }
  })

  it.scopedLive("is refused by every operation, which names the link", () =>
    Effect.gen(function* () {
      const { home, real } = yield* planted
      const path = join(home, ".mp", "accounts", "file")
      yield* Effect.gen(function* () {
        const files = yield* CredentialFiles
        const attempts = [
          files.read(path),
          files.write(path, "new"),
          files.append(path, "line\n"),
          Effect.scoped(files.reserve(path, 10)),
          files.remove(path),
          files.withLock(path)(() => Effect.void)
        ]
        for (const attempt of attempts) {
          const error = yield* Effect.flip(Effect.asVoid(attempt))
          expect(error).toMatchObject({
            problem: "symlink",
            path: join(home, ".mp"),
            fix: expect.stringMatching(/^cp -RL .* && mv/)
          })
        }
      }).pipe(Effect.provide(layerAt(home)))
      expect(yield* Effect.promise(() => readdir(join(real, "accounts")))).toEqual(["file"])
      expect(yield* Effect.promise(() => readFile(join(real, "accounts", "file"), "utf8"))).toBe(secret)
    })
  )

  it.scopedLive("is followed elsewhere, and the home directory may be a link itself", () =>
    Effect.gen(function* () {
      const { home, linkedHome, real } = yield* planted
      const read = (path: string, at: string) =>
        Effect.provide(
          Effect.flatMap(CredentialFiles, (files) => files.read(path)),
          layerAt(at)
        )
      expect(yield* read(join(home, ".mp", "accounts", "file"), "/nonexistent")).toEqual(Option.some(secret))
      yield* Effect.promise(() => writeFile(join(real, "..", "home", "plain"), "p", { mode: 0o600 }))
      expect(yield* read(join(linkedHome, "plain"), linkedHome)).toEqual(Option.some("p"))
    })
  )
})

describe("modes under any umask", () => {
  for (const umask of [0o000, 0o022, 0o077, 0o777]) {
    it.scopedLive(`umask 0${umask.toString(8).padStart(3, "0")}`, () =>
      Effect.gen(function* () {
        const directory = yield* temporaryDirectory
        const existing = join(directory, "existing")
        yield* Effect.promise(() => mkdir(existing, 0o755).then(() => chmod(existing, 0o755)))
        const path = join(directory, "new", "deep", "file")
        yield* Effect.acquireRelease(
          Effect.sync(() => process.umask(umask)),
          (old) => Effect.sync(() => process.umask(old))
        )
        const temporaryModes: Array<string> = []
        const watched = watchedOps(async (step) => {
          if (step !== "file.write" && step !== "rename") return
          for (const name of await readdir(join(directory, "new", "deep")).catch(() => [])) {
            if (name.endsWith(".tmp") && !name.includes(".lock.d."))
              temporaryModes.push(await modeOf(join(directory, "new", "deep", name)))
          }
        }, opsAt("/nonexistent"))
        const files = yield* Effect.provide(CredentialFiles, layerWith(watched))
        yield* files.withLock(path)(() => files.write(path, "text"))
        yield* Effect.scoped(Effect.flatMap(files.reserve(path, 100), ({ commit }) => commit("text")))
        yield* files.write(join(existing, "file"), "text")
        yield* files.append(join(existing, "log"), "line\n")
        yield* files.append(join(existing, "log"), "line\n")
        expect(yield* Effect.promise(() => modeOf(join(existing, "log")))).toBe("600")
        expect(new Set(temporaryModes)).toEqual(new Set(["600"]))
        const modes = yield* Effect.promise(() =>
          Promise.all(
            [path, join(directory, "new", "deep", ".file.lock.d", "free"), join(existing, "file")].map(modeOf)
          )
        )
        expect(modes).toEqual(["600", "600", "600"])
        const made = [
          join(directory, "new"),
          join(directory, "new", "deep"),
          join(directory, "new", "deep", ".file.lock.d")
        ]
        expect(yield* Effect.promise(() => Promise.all([...made, existing].map(modeOf)))).toEqual([
          "700",
          "700",
          "700",
          "755"
        ])
        expect(yield* namesIn(join(directory, "new", "deep"))).toEqual(["file"])
      })
    )
  }
})
