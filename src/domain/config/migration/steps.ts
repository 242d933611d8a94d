/** How a migration tells what it does. */
import { renderKey } from "../../toml/render.ts"
import type { TomlPath } from "../../toml/TomlDocument.ts"

/** Something that has a place in today's schema: where it was, and where it is now. */
export interface MigrationStep {
  readonly from: string
  readonly to: string
}

/** Something that has none, and why. */
export interface LeftOut {
  readonly what: string
  readonly reason: string
}

/** How a table is written in the file. */
export const shown = (...path: TomlPath): string => `[${renderKey(path)}]`

/** A key that cannot be taken over, or not with its value. */
export const noPlace = (path: TomlPath, key: string): LeftOut => ({
  what: `${shown(...path)} ${renderKey([key])}`,
  reason: "the current format has no place for it, or not for its value"
})
