/**
 * The few calls of the operating system that the disk layer is written on, as a record: a test replaces
 * one of them to see what a full disk, a missing permission or a dying device does.
 */
import {
  type BigIntStats,
  closeSync,
  constants,
  fchmod,
  fstatSync,
  fsync,
  ftruncate,
  lstatSync,
  open,
  openSync,
  promises,
  readSync,
  write
} from "node:fs"
import { promisify } from "node:util"
import { lazy } from "../../../domain/internal/lazy.ts"
import type { Awaitable } from "./awaitable.ts"
import { nodeHost, type ProcessHost } from "./ProcessHost.ts"

export interface FileFacts {
  readonly kind: "file" | "directory" | "link" | "socket" | "other"
  readonly uid: number
  /** Permission bits only. */
  readonly mode: number
  readonly size: number
  readonly modifiedMillis: number
  /** When content, name or mode changed last, whatever `modifiedMillis` was set to. */
  readonly changedMillis: number
  /** Device and inode: the same for two names of one file. */
  readonly identity: string
  /** Another one after each change, unless two happen within one tick of the file system's clock. */
  readonly version: string
}

export interface DiskHandle {
  readonly fd: number
  readonly stat: () => Awaitable<FileFacts>
  readonly chmod: (mode: number) => Awaitable<void>
  /** Both answer how many bytes were moved, which may be fewer than asked for. */
  readonly read: (into: Uint8Array, position: number) => Awaitable<number>
  /** `null`: at the end, for a file that was opened for appending. */
  readonly write: (bytes: Uint8Array, position: number | null) => Awaitable<number>
  readonly truncate: (length: number) => Awaitable<void>
  readonly sync: () => Awaitable<void>
  readonly close: () => Awaitable<void>
}

export interface DirectoryHandle {
  /** Makes what happened in it (a new name, a removal) outlast a power cut. */
  readonly sync: () => Awaitable<void>
  readonly close: () => Awaitable<void>
}

export interface DiskOps {
  readonly open: (path: string, flags: number, mode: number) => Awaitable<DiskHandle>
  readonly openDirectory: (path: string) => Awaitable<DirectoryHandle>
  readonly lstat: (path: string) => Awaitable<FileFacts>
  readonly mkdir: (path: string, mode: number) => Awaitable<void>
  readonly chmod: (path: string, mode: number) => Awaitable<void>
  readonly rename: (from: string, to: string) => Awaitable<void>
  readonly unlink: (path: string) => Awaitable<void>
  readonly readdir: (path: string) => Awaitable<ReadonlyArray<string>>
  /** Fails unless the directory is empty. */
  readonly rmdir: (path: string) => Awaitable<void>
  readonly host: ProcessHost
}

/** Windows has none of these; an absent constant counts as no flag. */
const { O_APPEND, O_CREAT, O_DIRECTORY = 0, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_WRONLY } = constants

export const openFlags = {
  /** Without O_NONBLOCK the mere opening of a FIFO would wait for a writer. */
  read: O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
  append: O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW | O_NONBLOCK,
  create: O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW
} as const

export const openDirectoryFlags = O_RDONLY | O_DIRECTORY

const kindOf = (stats: BigIntStats): FileFacts["kind"] => {
  if (stats.isFile()) return "file"
  if (stats.isDirectory()) return "directory"
  if (stats.isSymbolicLink()) return "link"
  return stats.isSocket() ? "socket" : "other"
}

const facts = (stats: BigIntStats): FileFacts => {
  const { ctimeMs, ctimeNs, dev, ino, mode, mtimeMs, mtimeNs, size, uid } = stats
  const identity = `${dev}:${ino}`
  return {
    kind: kindOf(stats),
    uid: Number(uid),
    mode: Number(mode & 0o7777n),
    size: Number(size),
    modifiedMillis: Number(mtimeMs),
    changedMillis: Number(ctimeMs),
    identity,
    version: `${identity}:${size}:${mtimeNs}:${ctimeNs}`
  }
}

/**
 * What reading a file takes, answered at once: of a file of at most 1 MiB it takes some ten microseconds, and
 * a round through the thread pool for each call takes ten times as long, most of it processor time.
 */
export const reading = (fd: number): Pick<DiskHandle, "fd" | "stat" | "read" | "close"> => ({
  fd,
  stat: () => facts(fstatSync(fd, { bigint: true })),
  read: (into, position) => readSync(fd, into, 0, into.byteLength, position),
  close: () => closeSync(fd)
})

const absent = Object.assign(new Error("ENOENT: no such file or directory"), { code: "ENOENT" })

/** Most looks at a place where a bridge may be find nothing: an error of its own for each would cost most of them. */
export const lstat = (path: string): FileFacts => {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (stats === undefined) throw absent
  return facts(stats)
}

// Not even looked at before they are called: Node loads its promises, and much with them, when they are.
const changeMode = lazy(() => promisify(fchmod))
const writeBytes = lazy(() => promisify(write))
const resize = lazy(() => promisify(ftruncate))
const flush = lazy(() => promisify(fsync))
const openFile = lazy(() => promisify(open))

const diskHandle = (fd: number): DiskHandle => ({
  ...reading(fd),
  chmod: (mode) => changeMode()(fd, mode),
  write: async (bytes, position) => (await writeBytes()(fd, bytes, 0, bytes.byteLength, position)).bytesWritten,
  truncate: (length) => resize()(fd, length),
  sync: () => flush()(fd)
})

/** Windows opens no directories, and keeps their entries by itself. */
const openDirectory = async (path: string): Promise<DirectoryHandle> => {
  if (process.platform !== "win32") return promises.open(path, openDirectoryFlags)
  await promises.access(path)
  return { sync: async () => undefined, close: async () => undefined }
}

/**
 * Looking and reading happen at once, for the reason given at `reading`; what changes the disk is left to the
 * thread pool, for a disk may take long to confirm it.
 */
export const nodeOps: DiskOps = {
  open: (path, flags, mode) =>
    flags === openFlags.read ? diskHandle(openSync(path, flags)) : openFile()(path, flags, mode).then(diskHandle),
  openDirectory,
  lstat,
  mkdir: async (path, mode) => {
    await promises.mkdir(path, { mode })
  },
  chmod: (path, mode) => promises.chmod(path, mode),
  rename: (from, to) => promises.rename(from, to),
  unlink: (path) => promises.unlink(path),
  readdir: (path) => promises.readdir(path),
  rmdir: (path) => promises.rmdir(path),
  host: nodeHost
}
