/** What is wrong with the stored files, as files. */
import * as Option from "effect/Option"
import { type Command, command } from "../hints/Command.ts"
import { holderText } from "../errors.ts"
import { inPlaceOfLink, isSetAside, moveAside, ownAgain } from "../hints/fileFixes.ts"
import type { Directory, Facts, Found, LockFacts } from "./Facts.ts"
import { file, type Finding, finding } from "./Finding.ts"

export const fileFindings = ({
  audit,
  directories,
  files,
  leftovers,
  locks,
  orphans
}: Facts): ReadonlyArray<Finding> => [
  ...directories.flatMap(openDirectory),
  ...files.flatMap(storedFile),
  ...Option.toArray(audit).map((error) => finding("audit-stopped", file(error.path), `${error.message}.`, error.fix)),
  ...leftovers.map((path) =>
    finding("leftover", file(path), `${path} was left behind and is not needed any more.`, removal(path), {
      kind: "discard",
      path
    })
  ),
  ...locks.map(lockFinding),
  ...orphans.map((path) =>
    finding(
      "orphaned-directory",
      file(path),
      `${path} belongs to an account that is not configured.`,
      command`rm -r ${path}`
    )
  )
]

/** What was to become the directory of a lock is one itself. */
const removal = (path: string): Command => (path.includes(".lock.d.") ? command`rm -r ${path}` : command`rm ${path}`)

const release = command`mp doctor --fix`

/** Who holds what, and whether it is dead. */
const lockFinding = ({ holder, path, state }: LockFacts): Finding => {
  const who = holderText(holder)
  const repair = { kind: "release", path } as const
  switch (state) {
    case "blocked":
      return finding(
        "lock-blocked",
        file(path),
        `${path} is not a directory, and a lock needs one there.`,
        moveAside(path)
      )
    case "empty":
      return finding("stale-lock", file(path), `The lock ${path} has lost its token.`, release, repair)
    case "dead":
      return finding("stale-lock", file(path), `${who} held the lock ${path} and has ended.`, release, repair)
    case "unknown":
      return finding(
        "lock-held",
        file(path),
        `${who} holds the lock ${path}; only waiting shows whether it is still running.`,
        release,
        repair
      )
    case "alive":
      return holder?.stopped === true
        ? finding("lock-held", file(path), `${who} holds the lock ${path}.`, command`kill -CONT ${holder.pid}`, repair)
        : finding("lock-held", file(path), `${who} holds the lock ${path}, and is at work.`, null)
  }
}

/** Whether others may do anything with it. */
export const isWide = ({ mode }: { readonly mode: number }): boolean => (mode & 0o077) !== 0

/** A mode as `chmod` takes it. */
export const octal = (mode: number): string => mode.toString(8).padStart(4, "0")

/** A directory that a variable names may be shared on purpose: its mode is not ours to change. */
const openDirectory = (directory: Directory): ReadonlyArray<Finding> => {
  const { kind, mode, named, own, path } = directory
  if (kind !== "directory") return named ? [] : [unusable(directory)]
  if (!isWide(directory)) return []
  const fix = command`chmod 700 ${path}`
  const problem = `${path} is open to other users (mode ${octal(mode)}).`
  return named || !own
    ? [finding("directory-not-private", file(path), problem, fix)]
    : [finding("directory-not-private", file(path), problem, fix, { kind: "chmod", path, mode: 0o700 })]
}

const unusable = ({ kind, own, path }: Found): Finding => {
  const say = (what: string, fix: Command) => finding("file-unusable", file(path), `${path} ${what}.`, fix)
  if (kind === "link") return say("is a symbolic link", inPlaceOfLink(path))
  return own ? say("is not what belongs there", moveAside(path)) : say("belongs to another user", ownAgain(path))
}

const storedFile = (found: Found): ReadonlyArray<Finding> => {
  const { kind, mode, own, path } = found
  if (kind === "directory") return []
  // A link or a pipe that was moved out of the way is read by nobody; a file may still hold a secret that is open.
  if (kind !== "file" && isSetAside(path)) return []
  if (kind !== "file" || !own) return [unusable(found)]
  if (path.endsWith("/audit.jsonl") && (mode & 0o200) === 0) {
    return [
      finding("audit-stopped", file(path), `${path} is read-only (mode ${octal(mode)}).`, command`chmod 600 ${path}`, {
        kind: "chmod",
        path,
        mode: 0o600
      })
    ]
  }
  if (!isWide(found)) return []
  const id = path.endsWith("/tokens.json") ? "tokens-not-private" : "file-not-private"
  return [
    finding(id, file(path), `${path} is open to other users (mode ${octal(mode)}).`, command`chmod 600 ${path}`, {
      kind: "chmod",
      path,
      mode: 0o600
    })
  ]
}
