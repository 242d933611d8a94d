/**
 * The same calls of the system, answered at once: for a process that has nothing else to do meanwhile. Each
 * saves a round through the thread pool, which costs more than the call itself.
 */
import {
  accessSync,
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync
} from "node:fs"
import { type DiskHandle, type DiskOps, type DirectoryHandle, lstat, openDirectoryFlags, reading } from "./DiskOps.ts"
import { nodeHost } from "./ProcessHost.ts"

const diskHandle = (fd: number): DiskHandle => ({
  ...reading(fd),
  chmod: (mode) => fchmodSync(fd, mode),
  write: (bytes, position) => writeSync(fd, bytes, 0, bytes.byteLength, position),
  truncate: (length) => ftruncateSync(fd, length),
  sync: () => fsyncSync(fd)
})

const directoryHandle = (fd: number): DirectoryHandle => ({
  sync: () => fsyncSync(fd),
  close: () => closeSync(fd)
})

/** Windows opens no directories, and keeps their entries by itself. */
const undirected: DirectoryHandle = { sync: () => undefined, close: () => undefined }

export const blockingOps: DiskOps = {
  open: (path, flags, mode) => diskHandle(openSync(path, flags, mode)),
  openDirectory: (path) => {
    if (process.platform !== "win32") return directoryHandle(openSync(path, openDirectoryFlags))
    accessSync(path)
    return undirected
  },
  lstat,
  mkdir: (path, mode) => void mkdirSync(path, { mode }),
  chmod: (path, mode) => chmodSync(path, mode),
  rename: (from, to) => renameSync(from, to),
  unlink: (path) => unlinkSync(path),
  readdir: (path) => readdirSync(path),
  rmdir: (path) => rmdirSync(path),
  host: nodeHost
}
