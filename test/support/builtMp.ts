/**
 * The `mp` that the tests run: built by the first test file that asks for it, and again only when the sources, the build
 * or the packages have changed. Whoever needs no bundle builds none.
 */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))
const state = join(root, "node_modules/.cache/effect-mixpanel")
const stamp = join(state, "bundle")
const lock = join(state, "building")

const sources = (): ReadonlyArray<string> => [
  ...["src", "scripts"].flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  ),
  join(root, "package-lock.json")
]

const digestOfSources = (): string => {
  const hash = createHash("sha256")
  for (const path of sources().toSorted()) hash.update(`${path}\0`).update(readFileSync(path))
  return hash.digest("hex")
}

const outputs = ["mp.cjs", "fast.cjs", "main.cjs", "rest.cjs", "store.cjs", "help.json"].map((name) =>
  join(root, "dist/bin", name)
)

const isCurrent = (digest: string): boolean =>
  outputs.every((path) => existsSync(path)) && existsSync(stamp) && readFileSync(stamp, "utf8") === digest

/** The executable. */
export const builtMp = join(root, "dist/bin/mp.cjs")

/** Where every `mp` under test finds compiled code: tests of the home directory would have to know of one of its own. */
export const sharedCache = state

const build = (digest: string): void => {
  execFileSync(process.execPath, ["scripts/build.mjs", "bundle"], { cwd: root, stdio: "inherit" })
  writeFileSync(`${stamp}.new`, digest)
  renameSync(`${stamp}.new`, stamp)
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Whether this process may build now; a lock whose holder has ended is nobody's. */
const takeLock = (): boolean => {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" })
    return true
  } catch {
    const holder = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0
    if (holder > 0 && !isRunning(holder)) rmSync(lock, { force: true })
    return false
  }
}

const pause = (millis: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis)

/** Comes back when the bundle is that of the sources. Other test processes wait for the one that builds. */
const ensureBuilt = (): void => {
  const digest = digestOfSources()
  if (isCurrent(digest)) return
  mkdirSync(state, { recursive: true })
  while (!takeLock()) pause(50)
  try {
    if (!isCurrent(digest)) build(digest)
  } finally {
    rmSync(lock, { force: true })
  }
}

ensureBuilt()
