import { type Again, type Command, command } from "./Command.ts"

/** What fixes a name that is not there, apart from another name: a variable goes, and where there is none at all, one is made. */
export const insteadOfUnknown = (
  origin: string,
  available: ReadonlyArray<string>,
  first: Command
): ReadonlyArray<Command> => {
  if (origin.startsWith("MP_")) return [command`unset ${origin}`]
  return available.length > 0 ? [] : [first]
}

export const insteadOf = (name: string, origin: string, available: ReadonlyArray<string>): ReadonlyArray<Again> => {
  const [first] = nearestFirst(name, available)
  if (first === undefined) return []
  if (origin.startsWith("--")) return [{ flags: [[origin.slice(2), first]] }]
  return origin === "NAME" ? [{ argument: [name, first] }] : []
}

/** Names that begin alike come first. */
const nearestFirst = (name: string, available: ReadonlyArray<string>): ReadonlyArray<string> => {
  const common = (other: string): number => [...other].findIndex((letter, index) => letter !== name[index])
  const nearness = (other: string): number => (common(other) === -1 ? other.length : common(other))
  return [...available].sort((a, b) => nearness(b) - nearness(a))
}

const shownNames = 8

export const listed = (names: ReadonlyArray<string>): string =>
  names.length <= shownNames
    ? names.join(", ")
    : `${names.slice(0, shownNames).join(", ")} and ${names.length - shownNames} more`
