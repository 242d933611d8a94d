/** What is done about files that cannot be used as they are. None of these removes anything. */
import { type Command, command } from "./Command.ts"

/** Moving aside fixes it and loses nothing. */
export const moveAside = (path: string): Command => command`mv ${path} ${`${path}.aside`}`

/** Whether the path is the name under which one of these commands keeps what was in the way. */
export const isSetAside = (path: string): boolean => /\.(aside|link)$/.test(path)

/** The directory of ours that a path lies in, else the path itself: what `sudo mp` left behind is more than one file. */
export const ourPart = (path: string): string => ours(path) ?? path

const ours = (path: string): string | null => /^.*?\/\.mp(?=\/|$)/.exec(path)?.[0] ?? null

/** The directory with all that is stored, which a path lies in; `null` where none can be told. */
const storageOf = (path: string): string | null =>
  ours(path) ?? /^(.+?)\/(?:accounts|oauth|bridges)(?:\/|$)/.exec(path)?.[1] ?? null

/** The numbers, because a user in a container may have no name. */
export const ownAgain = (path: string): Command => command`sudo chown -R "$(id -u):$(id -g)" ${ourPart(path)}`

/** Puts a private copy of what a link points at into its place; a directory's link stays beside it. */
export const inPlaceOfLink = (path: string): Command => {
  const real = `${path}.real`
  return command`cp -RL ${path} ${real} && chmod -R go= ${real} && mv ${path} ${`${path}.link`} && mv ${real} ${path}`
}

/** A copy of all that is stored, private and where it can be written; nothing where the path is not part of that. */
export const storageCopies = (path: string): ReadonlyArray<Command> => {
  const root = storageOf(path)
  return root === null ? [] : [storageCopy(root)]
}

const storageCopy = (root: string): Command =>
  command`export MP_STORAGE_DIR="$(mktemp -d)" && cp -RL ${root}/. "$MP_STORAGE_DIR" && chmod -R go= "$MP_STORAGE_DIR"`

export const moreOpenFiles = {
  EMFILE: command`ulimit -n 4096`,
  ENFILE: command`sudo sysctl -w fs.file-max=1000000`
} as const
