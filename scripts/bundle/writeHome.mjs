// A home directory for a run at build time.
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** Writes files, by their paths below it, as private as the real ones. */
export const writeHome = (home, files) => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(home, dirname(path)), { recursive: true, mode: 0o700 })
    writeFileSync(join(home, path), content, { mode: 0o600 })
  }
}
