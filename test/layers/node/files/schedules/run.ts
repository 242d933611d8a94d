/**
 * One schedule: some processes refresh one token under the real lock, are stopped, killed and continued wherever the
 * seed says, and what must never happen is looked for after each step. The invariant is that of the model in
 * docs/decisions/0001-own-lock.md.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { LockLost } from "#src/domain/errors.ts"
import { makeFileLocks } from "#src/layers/node/files/lock/fileLocks.ts"
import type { LockTiming } from "#src/layers/node/files/lock/timing.ts"
import type { FileLock } from "#src/services/platform/CredentialFiles.ts"
import { type Bugs, lockDirectory, path, type Process, randomOf, World } from "./world.ts"

/** The protocol's figures, a hundredth of them. */
const timing: LockTiming = { beat: 30, lease: 200, look: 10, credit: 40, touch: 60 }
const wait = 1_500

/** Before sending, sent, about to store; or none of them. */
type Phase = "outside" | "confirmed" | "sent" | "storing"

interface Refresher {
  readonly process: Process
  phase: Phase
  /** Stopped since it confirmed; since it confirmed for storing. */
  excused: boolean
  excusedStore: boolean
  outcome: string
}

export interface Schedule {
  readonly bugs?: Bugs
  readonly crashes?: number
  readonly stops?: number
  readonly phantoms?: number
}

export interface Outcome {
  readonly violation: string | null
  readonly outcomes: ReadonlyArray<string>
  readonly steps: number
}

const mostSteps = 6_000

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const runSchedule = async (seed: number, schedule: Schedule = {}): Promise<Outcome> => {
  const { bugs = {}, crashes = 1, phantoms = 0, stops = 2 } = schedule
  const random = randomOf(seed)
  const pick = <A>(among: ReadonlyArray<A>): A | undefined => among[Math.floor(random() * among.length)]
  const world = new World(random, bugs, phantoms)
  plant(world, Math.floor(random() * 5))
  const server = { generation: 0, spent: new Map<number, Refresher>(), late: false }
  const refreshers: Array<Refresher> = []
  let violation: string | null = null
  const broken = (what: string): void => {
    violation ??= `seed ${seed}: ${what}`
  }

  const refresh = (own: Refresher, lock: FileLock, carried: number | null) =>
    Effect.gen(function* () {
      const step = <A>(run: () => A) => Effect.promise(() => world.step(own.process, run))
      const seen = yield* step(() => server.generation)
      if (carried !== null && seen !== carried) return
      if (carried === null) {
        if (bugs.noConfirm !== true) yield* lock.confirm
        own.phase = "confirmed"
        own.excused = false
        own.excusedStore = false
        yield* step(() => {
          const other = server.spent.get(seen)
          const isExcused = own.excused || other?.excused === true || other?.process.state === "dead"
          if (other !== undefined && !isExcused) broken(`token ${seen} sent twice`)
          server.spent.set(seen, own)
        })
      }
      own.phase = "sent"
      yield* Effect.sleep(random() * 80)
      if (bugs.noSecondConfirm !== true) yield* Effect.mapError(lock.confirm, () => ({ _tag: "Carry", seen }) as const)
      own.excusedStore = false
      own.phase = "storing"
      yield* step(() => {
        if (server.generation !== seen && !own.excusedStore && !server.late) broken(`${seen + 1} stored over newer`)
        server.generation = seen + 1
        if (own.excusedStore) server.late = true
      })
      own.phase = "outside"
    })

  type Failed = LockLost | { readonly _tag: "Carry"; readonly seen: number } | { readonly _tag: string }

  const launch = (host: string, isRemover: boolean): void => {
    const { ops, process } = world.start(host)
    const own: Refresher = { process, phase: "outside", excused: false, excusedStore: false, outcome: "unfinished" }
    refreshers.push(own)
    const locks = makeFileLocks(ops, timing)
    const free: FileLock = { confirm: Effect.void, removeDirectory: Effect.succeed([]) }
    const attempt = (carried: number | null): Effect.Effect<string> => {
      const use = (lock: FileLock): Effect.Effect<void, Failed> =>
        isRemover ? Effect.asVoid(lock.removeDirectory) : refresh(own, lock, carried)
      const locked: Effect.Effect<void, Failed> = bugs.noLock === true ? use(free) : locks.withLock(path, { wait })(use)
      return Effect.matchEffect(locked, {
        onSuccess: () => Effect.succeed("done"),
        onFailure: (error) => {
          own.phase = "outside"
          if (error._tag === "LockLost") return attempt(carried)
          return error._tag === "Carry" && "seen" in error ? attempt(error.seen) : Effect.succeed(error._tag)
        }
      })
    }
    const running = attempt(null).pipe(
      Effect.withClock(world.clock(process)),
      Effect.withRandom(Random.make(seed + process.pid)),
      Effect.tap((outcome) =>
        Effect.sync(() => {
          own.outcome = outcome
          process.state = "done"
          if (outcome !== "done" && outcome !== "LockTimeout") broken(`ended with ${outcome}`)
        })
      )
    )
    Effect.runFork(running)
  }

  const hosts = ["a", random() < 0.5 ? "a" : "b", "c"]
  const removes = random() < 0.15
  hosts.slice(0, 2 + Math.floor(random() * 2)).forEach((host, at) => launch(host, removes && at === 0))

  const left = { crashes, stops }
  const fault = (): void => {
    const victim = pick(refreshers.filter(({ process }) => process.state === "runs"))
    if (victim === undefined) return
    if (left.crashes > 0 && random() < 0.4) {
      left.crashes -= 1
      victim.process.state = "dead"
    } else if (left.stops > 0) {
      left.stops -= 1
      victim.process.state = "stopped"
      if (victim.phase !== "outside") victim.excused = true
      if (victim.phase === "storing") victim.excusedStore = true
    }
  }
  const wake = (): void => {
    const stopped = pick(world.processes.filter(({ state }) => state === "stopped"))
    if (stopped !== undefined) stopped.state = "runs"
  }
  const runs = ({ process }: { readonly process: Process }): boolean => process.state === "runs"

  let steps = 0
  let everStopped = false
  for (; steps < mostSteps; steps += 1) {
    await settle()
    const inside = refreshers.filter(
      ({ excused, phase, process }) => phase !== "outside" && !excused && process.state !== "dead"
    )
    if (inside.length > 1) broken(`${inside.map(({ process }) => process.pid).join(" and ")} inside at once`)
    if (violation !== null || refreshers.every(({ process: { state } }) => state === "done" || state === "dead")) break
    if (random() < 0.03) fault()
    everStopped ||= world.processes.some(({ state }) => state === "stopped")
    if (random() < 0.004) wake()
    const next = pick(world.pending.filter(runs))
    if (next !== undefined) {
      world.pending = world.pending.filter((one) => one !== next)
      next.run()
      continue
    }
    const [first] = world.sleepers.filter(runs).sort((a, b) => a.at - b.at)
    if (first === undefined) {
      wake()
      continue
    }
    world.now = Math.max(world.now, first.at)
    world.sleepers = world.sleepers.filter((one) => one !== first)
    first.run()
  }
  if (steps === mostSteps) broken("somebody never ends")
  const outcomes = refreshers.map(({ outcome, process }) => (process.state === "dead" ? "dead" : outcome))
  if (!everStopped && outcomes.includes("LockTimeout")) broken("waited in vain although nobody was stopped")
  return { violation, outcomes, steps }
}

/** What the disk holds at first: nothing, an empty directory, a free token, two of them, or junk beside one. */
const plant = (world: World, kind: number): void => {
  const names = [null, [], ["free"], ["free", "ffffffffffff.3.eeeeeeeeeeee.9.9"], ["free", "junk"]][kind] ?? null
  if (names !== null) world.directories.set(lockDirectory, new Set(names))
}
