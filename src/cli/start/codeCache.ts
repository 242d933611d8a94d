/**
 * What V8 made of a bundle, for the next start. It is code that will run, so it is treated as the tokens are: a file of
 * the user's that nobody else can write, in a directory that nobody else can enter; or one that was put beside the
 * bundles when they were installed, where all that lead to it can be written by root or the user alone. Whatever is
 * wrong with it, the bundle is compiled anew.
 */
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
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
import { homeDirectory } from "../../layers/node/home.ts"
import { type CodeCacheEntry, pack, unpack } from "./CodeCacheEntry.ts"

/** So many bundles, versions of Node and architectures side by side; older ones go. */
const keptFiles = 20

/** More than any bundle takes (32 MiB). */
const maxBytes = 33_554_432

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_WRONLY } = constants

/** Under other flags V8 makes other code, and some of them (coverage, inspection) need it made anew. */
const isUsed = (env: NodeJS.ProcessEnv): boolean =>
  env["MP_CODE_CACHE"] !== "off" && !env["NODE_OPTIONS"] && process.execArgv.length === 0

/** `XDG_CACHE_HOME/effect-mixpanel` where that is absolute, else `~/.cache/effect-mixpanel`; `undefined` without a home. */
export const userDirectory = (env: NodeJS.ProcessEnv): string | undefined => {
  const { XDG_CACHE_HOME: cache = "" } = env
  if (!isUsed(env)) return undefined
  if (isAbsolute(cache)) return join(cache, "effect-mixpanel")
  const home = homeDirectory(env)
  return home === undefined ? undefined : join(home, ".cache", "effect-mixpanel")
}

/** Beside the bundles, for all users of an image. Windows does not tell who can write where. */
export const packageDirectory = (env: NodeJS.ProcessEnv, bundles: string): string | undefined =>
  isUsed(env) && process.geteuid !== undefined ? join(bundles, "code-cache") : undefined

type Check = (stats: Stats) => boolean

/** The user's, and nobody else's to look at. */
const isPrivate: Check = ({ mode, uid }) =>
  process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o077) === 0)

/** Only root and the user can write it. */
const isGuarded: Check = ({ mode, uid }) => (uid === 0 || uid === process.geteuid?.()) && (mode & 0o022) === 0

const isDirectory = (directory: string, check: Check): boolean => {
  const stats = lstatSync(directory, { throwIfNoEntry: false })
  return stats?.isDirectory() === true && check(stats)
}

const isGuardedWithParents = (directory: string): boolean =>
  isDirectory(directory, isGuarded) && (dirname(directory) === directory || isGuardedWithParents(dirname(directory)))

const readChecked = (file: string, key: string, check: Check): CodeCacheEntry | undefined => {
  const descriptor = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile() || !check(stats) || stats.size > maxBytes) return undefined
    return unpack(stats.size, (bytes, position) => readSync(descriptor, bytes, { position }), key)
  } finally {
    closeSync(descriptor)
  }
}

/** Missing, or not for us: the bundle is compiled anew, which costs time and nothing else. */
const orNone = (read: () => CodeCacheEntry | undefined): CodeCacheEntry | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** The code for a key, if the user's directory has any that may be used. */
export const findForUser = (directory: string, key: string): CodeCacheEntry | undefined =>
  orNone(() => {
    if (!isDirectory(directory, isPrivate)) return undefined
    return readChecked(join(directory, key), key, isPrivate)
  })

/** The code for a key, if the package's directory has any that may be used. */
export const findInPackage = (directory: string, key: string): CodeCacheEntry | undefined =>
  orNone(() => {
    if (!isGuardedWithParents(directory)) return undefined
    return readChecked(join(directory, key), key, isGuarded)
  })

/** A home that cannot be written to is no reason to fail: what cannot be kept is not. */
const quietly = (attempt: () => void): boolean => {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}

/** Keeps code in the user's directory, if that is possible. */
export const write = (directory: string, key: string, entry: CodeCacheEntry): boolean =>
  put(directory, key, pack(entry, key), own)

/** Puts the file of a former run into the user's directory. */
export const writeInUsers = (directory: string, key: string, bytes: Buffer): boolean => put(directory, key, bytes, own)

/** Puts the file of a former run beside the bundles, for all users, if nobody else can change it there. */
export const writeInPackage = (directory: string, key: string, bytes: Buffer): boolean =>
  put(directory, key, bytes, everybodys)

interface Access {
  readonly directory: number
  readonly file: number
  readonly isSafe: (directory: string) => boolean
}

const own: Access = { directory: 0o700, file: 0o600, isSafe: (directory) => isDirectory(directory, isPrivate) }
const everybodys: Access = { directory: 0o755, file: 0o644, isSafe: isGuardedWithParents }

const put = (directory: string, key: string, bytes: Buffer, access: Access): boolean => {
  const temporary = join(directory, `${key}.${process.pid}.tmp`)
  const isWritten = quietly(() => {
    makeDirectory(directory, access.directory)
    if (!access.isSafe(directory)) throw new Error("Others can write there.")
    writeNew(temporary, bytes, access.file)
    renameSync(temporary, join(directory, key))
    sweep(directory)
  })
  if (!isWritten) quietly(() => rmSync(temporary, { force: true }))
  return isWritten
}

/** With its parent at most: a recursive `mkdir` of Node never ends where the system refuses with ENOENT, as in /proc. */
const makeDirectory = (directory: string, mode: number): void => {
  if (existsSync(directory)) return
  if (!existsSync(dirname(directory))) mkdirSync(dirname(directory), { mode: 0o700 })
  mkdirSync(directory, { mode })
  chmodSync(directory, mode)
}

/** Not synced: after a power cut both copies do not agree, or there is none. */
const writeNew = (file: string, bytes: Buffer, mode: number): void => {
  const descriptor = openSync(file, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, mode)
  try {
    fchmodSync(descriptor, mode)
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
