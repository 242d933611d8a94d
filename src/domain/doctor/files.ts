/** What is wrong with the stored files, as files. */
import { quoted } from "../Command.ts"
import type { Directory, Facts, Found } from "./Facts.ts"
import { file, type Finding, finding } from "./Finding.ts"

export const fileFindings = ({ directories, files, leftovers, locks, orphans }: Facts): ReadonlyArray<Finding> => [
  ...directories.flatMap(openDirectory),
  ...files.flatMap(storedFile),
  ...leftovers.map((path) =>
    finding("leftover", file(path), `${path} was left behind by a process that has ended.`, `rm ${quoted(path)}`, {
      kind: "remove",
      path
    })
  ),
  ...locks.map((path) =>
    finding("stale-lock", file(path), `${path} marks a lock of a process that has ended.`, "mp doctor --fix", {
      kind: "release",
      path
    })
  ),
  ...orphans.map((path) =>
    finding(
      "orphaned-directory",
      file(path),
      `${path} belongs to an account that is not configured.`,
      `rm -r ${quoted(path)}`
    )
  )
]

/** Whether others may do anything with it. */
export const isWide = ({ mode }: { readonly mode: number }): boolean => (mode & 0o077) !== 0

/** A mode as `chmod` takes it. */
export const octal = (mode: number): string => mode.toString(8).padStart(4, "0")

/** A directory that a variable names may be shared on purpose: its mode is not ours to change. */
const openDirectory = (directory: Directory): ReadonlyArray<Finding> => {
  const { kind, mode, named, own, path } = directory
  if (kind !== "directory") return named ? [] : [unusable(directory)]
  if (!isWide(directory)) return []
  const fix = `chmod 700 ${quoted(path)}`
  const problem = `${path} is open to other users (mode ${octal(mode)}).`
  return named || !own
    ? [finding("directory-not-private", file(path), problem, fix)]
    : [finding("directory-not-private", file(path), problem, fix, { kind: "chmod", path, mode: 0o700 })]
}

/** `rm` takes the link and leaves what it points at. */
const unusable = ({ kind, own, path }: Found): Finding => {
  const say = (what: string, fix: string) => finding("file-unusable", file(path), `${path} ${what}.`, fix)
  if (kind === "link") return say("is a symbolic link", `rm ${quoted(path)}`)
  return own
    ? say("is not what belongs there", `mv ${quoted(path)} ${quoted(`${path}.aside`)}`)
    : say("belongs to another user", `sudo chown "$(id -un)" ${quoted(path)}`)
}

const storedFile = (found: Found): ReadonlyArray<Finding> => {
  const { kind, mode, own, path } = found
  if (kind === "directory") return []
  if (kind !== "file" || !own) return [unusable(found)]
  if (!isWide(found)) return []
  const id = path.endsWith("/tokens.json") ? "tokens-not-private" : "file-not-private"
  return [
    finding(id, file(path), `${path} is open to other users (mode ${octal(mode)}).`, `chmod 600 ${quoted(path)}`, {
      kind: "chmod",
      path,
      mode: 0o600
    })
  ]
}
