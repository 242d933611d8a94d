/**
 * The same calls of the system, answered at once: for a process that has nothing else to do meanwhile. Each
 * saves a round through the thread pool, which costs more than the call itself.
 */
import * as fs from "node:fs"
import { type DiskHandle, type DiskOps, type DirectoryHandle, lstat, openDirectoryFlags, reading } from "./DiskOps.ts"
import { nodeMachine } from "./Machine.ts"

const diskHandle = (fd: number): DiskHandle => ({
  ...reading(fd),
  chmod: (mode) => fs.fchmodSync(fd, mode),
  write: (bytes, position) => fs.writeSync(fd, bytes, 0, bytes.byteLength, position),
  truncate: (length) => fs.ftruncateSync(fd, length),
  sync: () => fs.fsyncSync(fd)
})

const directoryHandle = (fd: number): DirectoryHandle => ({
  sync: () => fs.fsyncSync(fd),
  close: () => fs.closeSync(fd)
})

/** Windows opens no directories, and keeps their entries by itself. */
const undirected: DirectoryHandle = { sync: () => undefined, close: () => undefined }

export const blockingOps: DiskOps = {
  open: (path, flags, mode) => diskHandle(fs.openSync(path, flags, mode)),
  openDirectory: (path) => {
    if (process.platform !== "win32") return directoryHandle(fs.openSync(path, openDirectoryFlags))
    fs.accessSync(path)
    return undirected
  },
  lstat,
  mkdir: (path, mode) => void fs.mkdirSync(path, { mode }),
  chmod: fs.chmodSync,
  rename: fs.renameSync,
  link: fs.linkSync,
  unlink: fs.unlinkSync,
  readdir: (path) => fs.readdirSync(path),
  removeTree: (path) => fs.rmSync(path, { recursive: true }),
  loadKernelLocks: () => import("fs-native-extensions"),
  machine: nodeMachine
}
