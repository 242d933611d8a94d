/** What the process tests run in processes of their own: `worker.mjs TASK LOCK PATH [COUNT]`. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { appendFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import { make } from "#src/layers/node/files/DiskFiles.ts"
import { nodeOps } from "#src/layers/node/files/DiskOps.ts"
import { shorterTiming } from "../../../../oauth/support/shorterTiming.ts"
import type { CredentialFilesShape, FileLock } from "#src/services/platform/CredentialFiles.ts"

const say = (word: string) => Effect.sync(() => writeSync(1, `${word}\n`))

const increment = (files: CredentialFilesShape, path: string) =>
  Effect.gen(function* () {
    const before = Number(Option.getOrElse(yield* files.read(path), () => "0"))
    yield* files.write(path, String(before + 1))
  })

/** A text that shows by itself whether it is whole. */
const selfDescribing = (generation: number): string => {
  const filler = String(generation % 10).repeat(20_000 + (generation % 7) * 10_000)
  return JSON.stringify({ generation, length: filler.length, filler })
}

const rewrite = (files: CredentialFilesShape, directory: string) =>
  Effect.gen(function* () {
    for (let generation = 0; ; generation += 1) {
      yield* files.write(join(directory, "config.toml"), selfDescribing(generation))
      yield* Effect.scoped(
        Effect.flatMap(files.reserve(join(directory, "tokens.json"), 30_000), ({ commit }) =>
          commit(selfDescribing(generation))
        )
      )
      if (generation === 0) yield* say("ready")
    }
  })

const tasks: Readonly<
  Record<string, (files: CredentialFilesShape, path: string, count: number) => Effect.Effect<unknown, unknown>>
> = {
  increment: (files, path, count) =>
    Effect.repeatN(
      files.withLock(path, { wait: "2 minutes" })(() => increment(files, path)),
      count - 1
    ),
  hold: (files, path) => files.withLock(path)(() => Effect.zipRight(say("held"), Effect.never)),
  /** Notes entry and exit; two entries without an exit between them are two holders. */
  enter: (files, path, count) =>
    Effect.repeatN(
      files.withLock(path, { wait: "2 minutes" })(() =>
        Effect.gen(function* () {
          appendFileSync(`${path}.log`, `+${process.pid}\n`)
          yield* Effect.sleep("1 millis")
          appendFileSync(`${path}.log`, `-${process.pid}\n`)
        })
      ),
      count - 1
    ),
  /**
   * Counts, and notes in a log who begins (`+`), is about to write (`=`), has written (`-`), or finds that the lock was
   * taken from it (`!`). It holds the lock for a while, so that a test can stop it there.
   */
  storm: (files, path, count) => {
    const note = (sign: string) => Effect.sync(() => appendFileSync(`${path}.log`, `${sign}${id}\n`))
    const once: Effect.Effect<void, unknown> = files
      .withLock(path, { wait: "2 minutes" })(({ confirm }) =>
        confirm.pipe(
          Effect.zipRight(note("+")),
          Effect.zipRight(Effect.sleep(Number(hold))),
          Effect.zipRight(note("=")),
          Effect.zipRight(increment(files, path)),
          Effect.zipRight(note("-"))
        )
      )
      .pipe(
        Effect.catchTag("LockLost", () =>
          Effect.zipRight(
            note("!"),
            Effect.suspend(() => once)
          )
        )
      )
    return Effect.repeatN(once, count - 1)
  },
  rewrite,
  append: (files, path, count) =>
    Effect.forEach(
      Array.from({ length: count }, (_, at) => at),
      (at) =>
        files.append(path, `${JSON.stringify({ pid: process.pid, at, filler: "x".repeat(at % 90) })}\n`, { maxBytes })
    )
}

/** Some 0.8 MB of lines come: the file is put aside once, while all write. */
const maxBytes = 700_000

const { MP_TEST_HOST: host, MP_TEST_LEASE: lease, MP_TEST_ID: id = "", MP_TEST_HOLD: hold = "0" } = process.env

const [task = "", lock = "", path = "", count = "1"] = process.argv.slice(2)
const run = tasks[task]
if (run === undefined) throw new Error(`unknown: ${task}`)

/** Where this process says it is: elsewhere, when the test wants it to be. */
const ops =
  host === undefined ? nodeOps : { ...nodeOps, host: { ...nodeOps.host, id: () => ({ ...nodeOps.host.id(), host }) } }

const files = make(ops, shorterTiming(lease === undefined ? undefined : Number(lease)))

const free: FileLock = { confirm: Effect.void, removeDirectory: Effect.succeed([]) }

/** `none` is the defect to seed: a lock that always says yes. */
const chosen: CredentialFilesShape = lock === "none" ? { ...files, withLock: () => (use) => use(free) } : files

const alive = setInterval(() => undefined, 1000)
await Effect.runPromise(run(chosen, path, Number(count)))
clearInterval(alive)
