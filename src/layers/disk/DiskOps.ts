/**
 * The few calls of the operating system that the disk layer is written on, as a record: a test replaces
 * one of them to see what a full disk, a missing permission or a dying device does.
 */
import { type BigIntStats, constants } from "node:fs"
import * as fs from "node:fs/promises"
import { type Machine, nodeMachine } from "./Machine.ts"

/** What is known about a file without reading it. */
export interface FileFacts {
  readonly kind: "file" | "directory" | "link" | "other"
  readonly uid: number
  /** Permission bits only. */
  readonly mode: number
  readonly size: number
  readonly modifiedMillis: number
  /** Device and inode: the same for two names of one file. */
  readonly identity: string
}

/** An answer that is there at once, or a promise of it. */
export type Awaitable<A> = A | Promise<A>

/** An open file. */
export interface DiskHandle {
  readonly fd: number
  readonly stat: () => Awaitable<FileFacts>
  readonly chmod: (mode: number) => Awaitable<void>
  /** Both answer how many bytes were moved, which may be fewer than asked for. */
  readonly read: (into: Uint8Array, position: number) => Awaitable<number>
  readonly write: (bytes: Uint8Array, position: number) => Awaitable<number>
  readonly truncate: (length: number) => Awaitable<void>
  readonly sync: () => Awaitable<void>
  readonly close: () => Awaitable<void>
}

/** An open directory. */
export interface DirectoryHandle {
  /** Makes what happened in it (a new name, a removal) outlast a power cut. */
  readonly sync: () => Awaitable<void>
  readonly close: () => Awaitable<void>
}

/** A lock that the kernel drops with the last descriptor of the open file. */
export interface KernelLocks {
  readonly tryLock: (fd: number, offset: number, length: number) => boolean
}

export interface DiskOps {
  readonly open: (path: string, flags: number, mode: number) => Awaitable<DiskHandle>
  readonly openDirectory: (path: string) => Awaitable<DirectoryHandle>
  readonly lstat: (path: string) => Awaitable<FileFacts>
  readonly mkdir: (path: string, mode: number) => Awaitable<void>
  readonly chmod: (path: string, mode: number) => Awaitable<void>
  readonly rename: (from: string, to: string) => Awaitable<void>
  readonly link: (from: string, to: string) => Awaitable<void>
  readonly unlink: (path: string) => Awaitable<void>
  readonly readdir: (path: string) => Awaitable<ReadonlyArray<string>>
  readonly removeTree: (path: string) => Awaitable<void>
  readonly loadKernelLocks: () => Promise<KernelLocks>
  readonly machine: Machine
}

/** Windows has none of these; an absent constant counts as no flag. */
const { O_CREAT, O_DIRECTORY = 0, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_RDWR, O_WRONLY } = constants

export const openFlags = {
  /** Without O_NONBLOCK the mere opening of a FIFO would wait for a writer. */
  read: O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
  create: O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW,
  lock: O_CREAT | O_RDWR | O_NOFOLLOW | O_NONBLOCK
} as const

export const openDirectoryFlags = O_RDONLY | O_DIRECTORY

const kindOf = (stats: BigIntStats): FileFacts["kind"] => {
  if (stats.isFile()) return "file"
  if (stats.isDirectory()) return "directory"
  return stats.isSymbolicLink() ? "link" : "other"
}

export const facts = (stats: BigIntStats): FileFacts => ({
  kind: kindOf(stats),
  uid: Number(stats.uid),
  mode: Number(stats.mode & 0o7777n),
  size: Number(stats.size),
  modifiedMillis: Number(stats.mtimeMs),
  identity: `${stats.dev}:${stats.ino}`
})

const diskHandle = (handle: fs.FileHandle): DiskHandle => ({
  fd: handle.fd,
  stat: async () => facts(await handle.stat({ bigint: true })),
  chmod: (mode) => handle.chmod(mode),
  read: async (into, position) => (await handle.read(into, 0, into.byteLength, position)).bytesRead,
  write: async (bytes, position) => (await handle.write(bytes, 0, bytes.byteLength, position)).bytesWritten,
  truncate: (length) => handle.truncate(length),
  sync: () => handle.sync(),
  close: () => handle.close()
})

/** Windows opens no directories, and keeps their entries by itself. */
const openDirectory = async (path: string): Promise<DirectoryHandle> => {
  if (process.platform !== "win32") return fs.open(path, openDirectoryFlags)
  await fs.access(path)
  return { sync: async () => undefined, close: async () => undefined }
}

export const nodeOps: DiskOps = {
  open: async (path, flags, mode) => diskHandle(await fs.open(path, flags, mode)),
  openDirectory,
  lstat: async (path) => facts(await fs.lstat(path, { bigint: true })),
  mkdir: async (path, mode) => {
    await fs.mkdir(path, { mode })
  },
  chmod: (path, mode) => fs.chmod(path, mode),
  rename: (from, to) => fs.rename(from, to),
  link: (from, to) => fs.link(from, to),
  unlink: (path) => fs.unlink(path),
  readdir: (path) => fs.readdir(path),
  removeTree: (path) => fs.rm(path, { recursive: true }),
  loadKernelLocks: () => import("fs-native-extensions"),
  machine: nodeMachine
}
