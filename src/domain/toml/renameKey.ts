import { type Layout, startsWith } from "./layout.ts"
import { readKey } from "./lexer.ts"
import { renderKey } from "./render.ts"
import type { TomlPath } from "./TomlValue.ts"

export const renamedText = (layout: Layout, path: TomlPath, key: string): string => {
  const { blocks, text } = layout
  const renamed = (keys: TomlPath, depth: number) => keys.map((part, at) => (at === depth ? key : part))
  const last = path.length - 1
  const changes = blocks.flatMap((block) => {
    const header = text.indexOf("[", block.headStart) + (block.kind === "array" ? 2 : 1)
    if (block.kind !== "root" && startsWith(block.path, path)) return [{ at: header, keys: renamed(block.path, last) }]
    const inner = path.slice(block.path.length)
    return block.pairs
      .filter(({ keys }) => inner.length > 0 && startsWith(path, block.path) && startsWith(keys, inner))
      .map(({ keyStart, keys }) => ({ at: keyStart, keys: renamed(keys, inner.length - 1) }))
  })
  return changes.reduceRight((edited, { at, keys }) => {
    const written = edited.slice(at, readKey(edited, at).end)
    const blanks = /[ \t]*$/.exec(written)?.[0] ?? ""
    return edited.slice(0, at) + renderKey(keys) + blanks + edited.slice(at + written.length)
  }, text)
}
