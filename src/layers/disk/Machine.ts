/**
 * Who and where this process is, and whether another one is still alive. A process id alone says nothing:
 * ids are reused, and a container that shares the home directory counts its own.
 */
import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"
import { homeDirectory } from "../home.ts"

/** Where a process id means something. Parts that the system does not tell are empty. */
export interface Place {
  readonly host: string
  readonly machine: string
  readonly boot: string
  readonly namespace: string
}

/** A running process; `start` is when it began, in the system's own unit, `null` where that is not told. */
export interface Running {
  readonly start: string | null
}

export interface Machine {
  readonly pid: number
  /** `undefined` where the system knows no user ids. */
  readonly uid: () => number | undefined
  /** `undefined` for a user without one. */
  readonly home: () => string | undefined
  readonly place: () => Promise<Place>
  /** Whether there is a process of that id, or at least its grave (a zombie). At once, unlike `running`. */
  readonly exists: (pid: number) => boolean
  /** `null` when the process has ended. Only for process ids of this place. */
  readonly running: (pid: number) => Promise<Running | null>
  /**
   * Twelve hex digits that tell the files of one process apart. They are no secret: what a name like this stands for
   * is made exclusively, so that nobody gains by guessing it.
   */
  readonly nonce: () => string
}

/** Anything that Linux tells and another system does not. It tells at once: no disk is behind these files. */
const toldBy = (read: () => string): string => {
  try {
    return read().trim()
  } catch {
    return ""
  }
}

const readPlace = async (): Promise<Place> => ({
  host: hostname(),
  machine: toldBy(() => readFileSync("/etc/machine-id", "utf8")),
  boot: toldBy(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")),
  namespace: toldBy(() => readlinkSync("/proc/self/ns/pid"))
})

let place: Promise<Place> | undefined

const signalReaches = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // EPERM: it lives, and belongs to somebody else.
    return !(cause instanceof Error && "code" in cause && cause.code === "ESRCH")
  }
}

/** State and start time out of `/proc/PID/stat`; the name before them may hold spaces and brackets. */
const parseStat = (stat: string): { readonly state: string; readonly start: string | null } => {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return { state: fields[0] ?? "", start: fields[19] ?? null }
}

const running = async (pid: number): Promise<Running | null> => {
  if (!signalReaches(pid)) return null
  const { start, state } = parseStat(toldBy(() => readFileSync(`/proc/${pid}/stat`, "utf8")))
  // A zombie answers signals until its parent looks, but holds nothing any more.
  return state === "Z" || state === "X" ? null : { start }
}

export const nodeMachine: Machine = {
  pid: process.pid,
  uid: () => process.getuid?.(),
  home: homeDirectory,
  place: () => {
    place ??= readPlace()
    return place
  },
  exists: signalReaches,
  running,
  // Not `node:crypto`: loading it costs a short process more than the rest of a write.
  nonce: () =>
    Math.floor(Math.random() * 2 ** 48)
      .toString(16)
      .padStart(12, "0")
}

/** Process ids mean the same in both. */
export const samePlace = (a: Place, b: Place): boolean =>
  a.host === b.host && a.boot === b.boot && a.namespace === b.namespace

/** The process id namespace that Linux starts with: outside of any container. */
const initialNamespace = "pid:[4026531836]"

/** `then` was this very machine before it was started again: nothing that ran there runs now. */
export const restartedSince = (then: Place, now: Place): boolean =>
  now.machine !== "" &&
  now.boot !== "" &&
  then.boot !== "" &&
  then.boot !== now.boot &&
  then.machine === now.machine &&
  then.host === now.host &&
  then.namespace === initialNamespace &&
  now.namespace === initialNamespace

/** Eight hex digits that differ between places (FNV-1a): enough to leave other places' files alone. */
export const placeTag = (at: Place): string => {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(`${at.host}\n${at.boot}\n${at.namespace}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  }
  return hash.toString(16).padStart(8, "0")
}
