/** Looks at files in memory, where every mode is right and nobody was ever killed. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { PathFacts } from "../../domain/doctor/Facts.ts"
import type { FileInspectorShape } from "../../services/platform/FileInspector.ts"

interface Paths {
  readonly files: ReadonlyMap<string, string>
  readonly directories: ReadonlySet<string>
}

const facts = ({ directories, files }: Paths, path: string): Option.Option<PathFacts> => {
  if (files.has(path)) return Option.some({ kind: "file", mode: 0o600, own: true })
  return directories.has(path) ? Option.some({ kind: "directory", mode: 0o700, own: true }) : Option.none()
}

export const namesIn = ({ directories, files }: Paths, directory: string): ReadonlyArray<string> => {
  const inside = `${directory}/`
  const names = [...files.keys(), ...directories]
    .filter((path) => path.startsWith(inside))
    .map((path) => path.slice(inside.length))
    .filter((name) => !name.includes("/"))
  return [...new Set(names)].sort()
}

export const makeInspector = (paths: Paths): FileInspectorShape => ({
  stat: (path) => Effect.sync(() => facts(paths, path)),
  list: (directory) => Effect.sync(() => namesIn(paths, directory)),
  abandoned: () => Effect.succeed({ leftovers: [], locks: [] }),
  chmod: () => Effect.void,
  release: () => Effect.void,
  discard: () => Effect.void,
  system: { node: process.versions.node, platform: process.platform }
})
