import { type Command, command, argument, inTurn } from "../hints/Command.ts"
import { contentEnd, scan } from "../toml/layout.ts"
import * as Config from "./ConfigDocument.ts"

export const maxConfigBytes = 1_048_576

const nearBytes = Math.floor(maxConfigBytes * 0.9)

/** A larger one is read by nobody, not even to make it smaller. */
export const maxShrunkBytes = 16 * maxConfigBytes

export const bytesOf = (text: string): number => new TextEncoder().encode(text).byteLength

export const percentFull = (text: string): number | null => {
  const bytes = bytesOf(text)
  return bytes > nearBytes ? Math.floor((bytes / maxConfigBytes) * 100) : null
}

export const nearLimit = (path: string, percent: number): string =>
  `${path} is at ${percent} % of the limit of 1 MiB; remove accounts and targets that you do not need`

/** What somebody pastes is still looked through first. */
const mostRemovals = 8

interface Part {
  readonly line: number
  readonly bytes: number
  readonly remove: Command | null
}

/**
 * What makes a configuration as small as it has to be. A copy is kept, and then the largest targets and accounts are
 * removed that nothing refers to, where a few are enough; else the file is opened where its largest part begins.
 */
export const waysToShrink = (document: Config.ConfigDocument): ReadonlyArray<Command> => {
  const { path, toml } = document
  const parts = partsOf(document).sort((a, b) => b.bytes - a.bytes)
  const edit = Config.editAt(path, parts[0]?.line ?? 1)
  const bytes = bytesOf(toml.text)
  let excess = bytes - (bytes > maxConfigBytes ? maxConfigBytes : nearBytes)
  let way: Command = command`cp -p ${path} ${`${path}.aside`}`
  const removals = parts.flatMap(({ bytes, remove }) => (remove === null ? [] : [{ bytes, remove }]))
  for (const removal of removals.slice(0, mostRemovals)) {
    way = inTurn(way, removal.remove)
    excess -= removal.bytes
    if (excess <= 0) return [way, edit]
  }
  return [edit]
}

const partsOf = (document: Config.ConfigDocument): Array<Part> => {
  const { text } = document.toml
  const active = Config.activeAccountName(document)
  const targets = Config.targetsByAccount(document)
  const removal = ([section, name]: ReadonlyArray<string>): Command | null => {
    if (name === undefined) return null
    if (section === "targets") return command`mp target remove ${argument(name)}`
    const isUsed = (active._tag === "Some" && active.value === name) || targets.has(name)
    return section === "accounts" && !isUsed ? command`mp account remove ${argument(name)}` : null
  }
  let line = 1
  let at = 0
  return scan(text).blocks.map((block) => {
    line += text.slice(at, block.headStart).split("\n").length - 1
    at = block.headStart
    return {
      line,
      bytes: bytesOf(text.slice(block.start, contentEnd(block))),
      remove: block.kind === "table" && block.path.length === 2 ? removal(block.path) : null
    }
  })
}
