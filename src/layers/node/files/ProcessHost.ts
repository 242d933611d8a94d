/**
 * Who and where this process is, and whether another one is still alive. A process id alone says nothing:
 * ids are reused, and a container that shares the home directory counts its own.
 */
import { readFileSync, readlinkSync } from "node:fs"
import { lazy } from "../../../domain/internal/lazy.ts"
import { sha256Hex } from "./placeHash.ts"
import { builtins } from "../builtins.ts"
import { homeDirectory } from "../home.ts"
import { codeOf } from "../../../domain/internal/systemRefusal.ts"

/**
 * Where a process id means something. `boot` and `namespace` are empty on systems that do not have them, and `null` on
 * a Linux that does not tell them: then nothing can be said about its process ids.
 */
export interface HostId {
  readonly platform: string
  readonly host: string
  readonly boot: string | null
  readonly namespace: string | null
}

interface Running {
  /** When it began, in the system's own unit; `null` where that is not told. */
  readonly start: string | null
  /** Stopped by a signal (Ctrl-Z, SIGSTOP) or a debugger. */
  readonly stopped: boolean
}

export interface ProcessHost {
  readonly pid: number
  readonly platform: string
  /** When this process began, as `running` tells it of others. */
  readonly start: () => string | null
  /** `undefined` where the system knows no user ids. */
  readonly uid: () => number | undefined
  /** `undefined` for a user without one. */
  readonly home: () => string | undefined
  readonly id: () => HostId
  /** Whether there is a process of that id, or at least its grave (a zombie). Costs less than `running`. */
  readonly exists: (pid: number) => boolean
  /** `null` when the process has ended. Only for process ids of this host. */
  readonly running: (pid: number) => Running | null
  /**
   * Twelve hex digits that tell the files of one process apart. They are no secret: what a name like this stands for
   * is made exclusively, so that nobody gains by guessing it.
   */
  readonly nonce: () => string
}

/** Anything that one system tells and another does not. It is told at once: no disk is behind these files. */
const fromSystem = (read: () => string): string | null => {
  try {
    return read().trim()
  } catch {
    return null
  }
}

/**
 * In a process id namespace whose `/proc` is still that of another one, what stands there under our process ids is
 * about strangers.
 */
const procIsOurs = (): boolean => fromSystem(() => readlinkSync("/proc/self")) === String(process.pid)

const inProc = (read: () => string): string | null => (procIsOurs() ? fromSystem(read) : null)

const readId = (): HostId => {
  const isLinux = process.platform === "linux"
  return {
    platform: process.platform,
    host: builtins.os.hostname(),
    boot: isLinux ? fromSystem(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")) : "",
    namespace: isLinux ? inProc(() => readlinkSync("/proc/self/ns/pid")) : ""
  }
}

const signalReaches = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // EPERM: it lives, and belongs to somebody else.
    return codeOf(cause) !== "ESRCH"
  }
}

/** State and start time out of `/proc/PID/stat`; the name before them may hold spaces and brackets. */
const parseStat = (stat: string): { readonly state: string; readonly start: string | null } => {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return { state: fields[0] ?? "", start: fields[19] ?? null }
}

const statOf = (pid: number | "self") => parseStat(fromSystem(() => readFileSync(`/proc/${pid}/stat`, "utf8")) ?? "")

const running = (pid: number): Running | null => {
  if (!signalReaches(pid)) return null
  const { start, state } = statOf(pid)
  // A zombie answers signals until its parent looks, but holds nothing any more.
  return state === "Z" || state === "X" ? null : { start, stopped: state === "T" || state === "t" }
}

export const nodeHost: ProcessHost = {
  pid: process.pid,
  platform: process.platform,
  start: lazy(() => statOf("self").start),
  uid: () => process.getuid?.(),
  home: homeDirectory,
  id: lazy(readId),
  exists: signalReaches,
  running,
  nonce: () =>
    Math.floor(Math.random() * 2 ** 48)
      .toString(16)
      .padStart(12, "0")
}

/** What stands for a host about whose process ids nothing is known: it is the same as no other, itself included. */
const unknownHost = "0"

/** Twelve hex digits in which process ids mean the same, or `unknownHost`. */
export const hostHash = ({ boot, host, namespace, platform }: HostId): string =>
  boot === null || namespace === null
    ? unknownHost
    : sha256Hex([platform, host, boot, namespace].join("\n")).slice(0, 12)

/** Whether a process id of the host with this hash is one of ours. */
export const sameHost = (ours: ProcessHost, hash: string): boolean =>
  hash !== unknownHost && hash === hostHash(ours.id())
