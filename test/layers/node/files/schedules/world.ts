/**
 * Processes that share a disk, one step at a time: every call that changes or lists the lock's directory waits until
 * the schedule comes to it, time passes only when all who run are asleep, and whoever is stopped does neither.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { DiskOps } from "#src/layers/node/files/DiskOps.ts"
import type { ProcessHost } from "#src/layers/node/files/ProcessHost.ts"
import { nodeOps } from "#src/layers/node/files/DiskOps.ts"

const root = "/l"
export const path = `${root}/f`
export const lockDirectory = `${root}/.f.lock.d`

/** The defects of which the schedules must show each. */
export interface Bugs {
  readonly noLock?: boolean
  readonly noConfirm?: boolean
  readonly noSecondConfirm?: boolean
  /** A holder is always called the same, however often it has beaten. */
  readonly beatNotInName?: boolean
  /** Process ids of other machines are asked about on this one. */
  readonly wrongHost?: boolean
  /** Whoever wins does not look for a second token. */
  readonly noRuleT?: boolean
  /** A dead holder's token is removed and another one made. */
  readonly unlinkThenCreate?: boolean
  /** The directory is made first, and then its token. */
  readonly foundingInTwoSteps?: boolean
}

type State = "runs" | "stopped" | "dead" | "done"

export interface Process {
  readonly pid: number
  readonly host: string
  state: State
}

interface Pending {
  readonly process: Process
  readonly run: () => void
}

interface Sleeper extends Pending {
  readonly at: number
}

const errnoOf = (code: string): Error => Object.assign(new Error(code), { code })

const split = (file: string): readonly [directory: string, name: string] => {
  const at = file.lastIndexOf("/")
  return [file.slice(0, at), file.slice(at + 1)]
}

/** The same numbers for the same seed (mulberry32). */
export const randomOf = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export class World {
  now = 1
  readonly processes: Array<Process> = []
  readonly directories = new Map<string, Set<string>>([[root, new Set<string>()]])
  pending: Array<Pending> = []
  sleepers: Array<Sleeper> = []
  private nonces = 0

  constructor(
    readonly random: () => number,
    readonly bugs: Bugs,
    /** How often a rename is done, and said to have failed: what a file server does that repeats a request. */
    readonly phantoms: number
  ) {}

  /** A step that happens when the schedule comes to it. */
  step<A>(process: Process, run: () => A): Promise<A> {
    return new Promise((resolve, reject) => {
      this.pending.push({
        process,
        run: () => {
          try {
            resolve(run())
          } catch (cause) {
            reject(cause)
          }
        }
      })
    })
  }

  clock(process: Process): Clock.Clock {
    const now = () => this.now
    const nanos = () => BigInt(Math.round(this.now * 1_000_000))
    return {
      [Clock.ClockTypeId]: Clock.ClockTypeId,
      unsafeCurrentTimeMillis: now,
      unsafeCurrentTimeNanos: nanos,
      currentTimeMillis: Effect.sync(now),
      currentTimeNanos: Effect.sync(nanos),
      sleep: (duration) =>
        Effect.async<void>((resume) => {
          const at = this.now + Duration.toMillis(duration)
          const sleeper: Sleeper = { process, at, run: () => resume(Effect.void) }
          this.sleepers.push(sleeper)
          return Effect.sync(() => {
            this.sleepers = this.sleepers.filter((other) => other !== sleeper)
          })
        })
    }
  }

  private names(directory: string): Set<string> {
    const found = this.directories.get(directory)
    if (found === undefined) throw errnoOf("ENOENT")
    return found
  }

  private renameNow(from: string, to: string): void {
    const moved = this.directories.get(from)
    if (moved !== undefined) {
      if ((this.directories.get(to)?.size ?? 0) > 0) throw errnoOf("ENOTEMPTY")
      this.directories.delete(from)
      this.directories.set(to, moved)
      return
    }
    const [fromDirectory, fromName] = split(from)
    const [toDirectory, toName] = split(to)
    if (!this.names(fromDirectory).delete(fromName)) throw errnoOf("ENOENT")
    this.names(toDirectory).add(toName)
  }

  /** Without the beat, where that is the defect. */
  private called(file: string): string {
    return this.bugs.beatNotInName === true ? file.replace(/\/([0-9a-f]{12})\.\d+\./, "/$1.0.") : file
  }

  private async rename(process: Process, given: string, givenTo: string): Promise<void> {
    const [from, to] = [this.called(given), this.called(givenTo)]
    if (this.bugs.unlinkThenCreate === true && this.isTakeover(process, from)) {
      await this.step(process, () => {
        const [directory, name] = split(from)
        if (!this.names(directory).delete(name)) throw errnoOf("ENOENT")
      })
      return this.step(process, () => void this.names(lockDirectory).add(split(to)[1]))
    }
    if (this.bugs.foundingInTwoSteps === true && this.directories.has(from)) {
      await this.step(process, () => {
        if ((this.directories.get(to)?.size ?? 0) > 0) throw errnoOf("ENOTEMPTY")
        this.directories.delete(from)
        if (!this.directories.has(to)) this.directories.set(to, new Set())
      })
      return this.step(process, () => void this.names(to).add("free"))
    }
    return this.step(process, () => {
      this.renameNow(from, to)
      if (this.random() < this.phantoms) throw errnoOf("ENOENT")
    })
  }

  private isTakeover(process: Process, from: string): boolean {
    const [directory, name] = split(from)
    return directory === lockDirectory && name !== "free" && !name.includes(`.${process.pid}.`)
  }

  /** A process on a host of that name. */
  start(host: string): { readonly process: Process; readonly ops: DiskOps } {
    const process: Process = { pid: 100 + this.processes.length, host, state: "runs" }
    this.processes.push(process)
    let won: string | null = null
    const ops: DiskOps = {
      ...nodeOps,
      rename: async (from, to) => {
        await this.rename(process, from, to)
        won = split(to)[1]
      },
      readdir: (directory) =>
        this.step(process, () => {
          const all = [...this.names(directory)]
          const mine = this.bugs.noRuleT === true && won !== null && all.includes(split(this.called(`/${won}`))[1])
          return mine ? all.filter((name) => name === split(this.called(`/${won}`))[1]) : all
        }),
      unlink: (file) =>
        this.step(process, () => {
          const [directory, name] = split(file)
          if (!this.names(directory).delete(name)) throw errnoOf("ENOENT")
        }),
      rmdir: (directory) =>
        this.step(process, () => {
          if (this.names(directory).size > 0) throw errnoOf("ENOTEMPTY")
          this.directories.delete(directory)
        }),
      mkdir: (directory) => void this.directories.set(directory, new Set()),
      chmod: () => undefined,
      lstat: (file) => {
        this.names(file)
        return { ...nothing, kind: "directory" }
      },
      openDirectory: () => ({ sync: () => undefined, close: () => undefined }),
      open: (file) => {
        const [directory, name] = split(file)
        if (this.names(directory).has(name)) throw errnoOf("EEXIST")
        this.names(directory).add(name)
        return opened
      },
      host: this.hostOf(process)
    }
    return { process, ops }
  }

  private hostOf(process: Process): ProcessHost {
    const host = this.bugs.wrongHost === true ? "any" : process.host
    return {
      pid: process.pid,
      platform: "linux",
      start: () => "7",
      uid: () => undefined,
      home: () => undefined,
      id: () => ({ platform: "linux", host, boot: "b", namespace: "n" }),
      exists: () => true,
      running: (pid) => {
        const other = this.processes.find((one) => one.pid === pid && one.host === process.host)
        return other === undefined || other.state === "dead" || other.state === "done"
          ? null
          : { start: "7", stopped: other.state === "stopped" }
      },
      nonce: () => (this.nonces++).toString(16).padStart(12, "0")
    }
  }
}

const nothing = {
  uid: 0,
  mode: 0o700,
  size: 0,
  modifiedMillis: 0,
  changedMillis: 0,
  identity: "",
  version: ""
}

const opened = {
  fd: -1,
  stat: () => ({ ...nothing, kind: "file" as const }),
  chmod: () => undefined,
  read: () => 0,
  write: () => 0,
  truncate: () => undefined,
  sync: () => undefined,
  close: () => undefined
}
