import { renderKey } from "../../toml/render.ts"
import type { TomlPath } from "../../toml/TomlDocument.ts"

export interface MigrationStep {
  readonly from: string
  readonly to: string
}

export interface LeftOut {
  readonly what: string
  readonly reason: string
}

export const shown = (...path: TomlPath): string => `[${renderKey(path)}]`

/** A key that cannot be taken over, or not with its value. */
export const noPlace = (path: TomlPath, key: string): LeftOut => ({
  what: `${shown(...path)} ${renderKey([key])}`,
  reason: "the current format has no place for it, or not for its value"
})
