import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ConfigDocument } from "../../domain/config/ConfigDocument.ts"
import { directoryRules } from "../../domain/config/directories.ts"
import { type DirectorySources, noDirectories } from "../../domain/session/DirectorySources.ts"
import type { Locations } from "../platform/Locations.ts"

export const directorySources = (
  document: ConfigDocument,
  { directory, workingDirectory }: Pick<Locations["Type"], "directory" | "workingDirectory">
): Effect.Effect<DirectorySources> => {
  const rules = directoryRules(document)
  if (rules.length === 0) return Effect.succeed(noDirectories)
  const paths = new Set(rules.flatMap(({ path }) => Option.toArray(path)))
  return Effect.zipWith(
    workingDirectory,
    Effect.forEach(paths, (path) => Effect.map(directory(path), (place) => [path, place] as const)),
    (found, places) => ({ workingDirectory: found, places: new Map(places) })
  )
}
