/**
 * What V8 made of a bundle, kept for the next start. It is code that will run, so it is treated as the tokens are:
 * a file of ours that nobody else can write, in a directory of ours that nobody else can enter. Whatever is
 * wrong with it, the bundle is compiled anew.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync
} from "node:fs"
import { dirname, isAbsolute, join } from "node:path"
import { type Kept, pack, unpack } from "./keptCode.ts"

/** So many bundles, versions of Node and architectures side by side; older ones go. */
const keptFiles = 8

/** More than any bundle takes (32 MiB). */
const maxBytes = 33_554_432

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_WRONLY } = constants

/** `XDG_CACHE_HOME/effect-mixpanel`, else `~/.cache/effect-mixpanel`; `undefined` where neither is an absolute path. */
export const cacheDirectory = ({
  HOME: home = "",
  XDG_CACHE_HOME: cache = ""
}: NodeJS.ProcessEnv): string | undefined => {
  if (isAbsolute(cache)) return join(cache, "effect-mixpanel")
  return isAbsolute(home) ? join(home, ".cache", "effect-mixpanel") : undefined
}

const isPrivate = (stats: Stats): boolean =>
  process.geteuid === undefined || (stats.uid === process.geteuid() && (stats.mode & 0o077) === 0)

const readPrivate = (file: string): Buffer | undefined => {
  const descriptor = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile() || !isPrivate(stats) || stats.size > maxBytes) return undefined
    const bytes = Buffer.allocUnsafeSlow(stats.size)
    return readSync(descriptor, bytes) === stats.size ? bytes : undefined
  } finally {
    closeSync(descriptor)
  }
}

/** What is kept under a key, if there is anything that may be used. */
export const read = (directory: string, key: string): Kept | undefined => {
  try {
    const stats = lstatSync(directory, { throwIfNoEntry: false })
    if (stats === undefined || !stats.isDirectory() || !isPrivate(stats)) return undefined
    const bytes = readPrivate(join(directory, key))
    return bytes && unpack(bytes)
  } catch {
    // Missing, or not for us: the bundle is compiled anew, which costs time and nothing else.
    return undefined
  }
}

/** A home that cannot be written to is no reason to fail: what cannot be kept is not. */
const quietly = (attempt: () => void): boolean => {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}

/** With its parent at most: a recursive `mkdir` of Node never ends where the system refuses with ENOENT, as in /proc. */
const makeDirectory = (directory: string): void => {
  if (existsSync(directory)) return
  if (!existsSync(dirname(directory))) mkdirSync(dirname(directory), { mode: 0o700 })
  mkdirSync(directory, { mode: 0o700 })
}

/** Keeps code under a key, if that is possible. */
export const write = (directory: string, key: string, kept: Kept): void => {
  const temporary = join(directory, `${key}.${process.pid}.tmp`)
  const written = quietly(() => {
    makeDirectory(directory)
    const stats = lstatSync(directory)
    if (!stats.isDirectory() || !isPrivate(stats)) return
    writePrivate(temporary, pack(kept))
    renameSync(temporary, join(directory, key))
    sweep(directory)
  })
  if (!written) quietly(() => rmSync(temporary, { force: true }))
}

/** Not synced: after a power cut both copies do not agree, or there is none. */
const writePrivate = (file: string, bytes: Buffer): void => {
  const descriptor = openSync(file, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600)
  try {
    writeFileSync(descriptor, bytes)
  } finally {
    closeSync(descriptor)
  }
}

const sweep = (directory: string): void => {
  const files = readdirSync(directory).map((name) => {
    const file = join(directory, name)
    return { file, at: lstatSync(file).mtimeMs }
  })
  for (const { file } of files.sort((a, b) => b.at - a.at).slice(keptFiles)) rmSync(file, { force: true })
}
