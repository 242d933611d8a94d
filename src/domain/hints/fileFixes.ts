/** What is done about files that cannot be used as they are. None of these removes anything. */
import { type Command, command } from "./Command.ts"

/** Moving aside mends it and loses nothing. */
export const moveAside = (path: string): Command => command`mv ${path} ${`${path}.aside`}`

/** The directory of ours that a path lies in, else the path itself: what `sudo mp` left behind is more than one file. */
export const ourPart = (path: string): string => /^.*?\/\.mp(?=\/|$)/.exec(path)?.[0] ?? path

/** The numbers, because a user in a container may have no name. */
export const ownAgain = (path: string): Command => command`sudo chown -R "$(id -u):$(id -g)" ${ourPart(path)}`

/** Puts a copy of what a link points at into its place; a directory's link stays beside it. */
export const inPlaceOfLink = (path: string): Command =>
  command`cp -RpL ${path} ${`${path}.real`} && mv ${path} ${`${path}.link`} && mv ${`${path}.real`} ${path}`

/** A copy where something can be written: all of ours, where the path lies in it. */
export const writableCopy = (path: string): Command =>
  command`export MP_OAUTH_STORAGE_DIR="$(mktemp -d)" && cp -RpL ${ourPart(path)}/. "$MP_OAUTH_STORAGE_DIR"`

/** For this shell and what it starts; for the whole machine. */
export const moreOpenFiles = {
  EMFILE: command`ulimit -n 4096`,
  ENFILE: command`sudo sysctl -w fs.file-max=1000000`
} as const
