/** How new TOML is written: the canonical form of `~/.mp/config.toml`, within TOML 1.0. */
import type { TomlEntries, TomlPath, TomlWritable } from "./TomlValue.ts"

/**
 * A lone surrogate has no UTF-8 form, so no file can hold it: it becomes U+FFFD, as it would on the way to
 * the disk, but already in the value, so that text and value agree.
 */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\uFFFD")

/** A basic string on one line. JSON escapes what TOML does, but for DEL. */
const renderString = (text: string): string => JSON.stringify(text).replaceAll("\x7f", "\\u007f")

/** A whole number beyond the safe range is written as a float, for it would come back as a `bigint`. */
const renderNumber = (value: number): string => {
  if (Number.isNaN(value)) return "nan"
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf"
  if (Object.is(value, -0)) return "-0.0"
  const digits = String(value)
  return Number.isInteger(value) && !Number.isSafeInteger(value) && !digits.includes("e") ? `${digits}.0` : digits
}

export const renderValue = (value: TomlWritable): string => {
  if (typeof value === "string") return renderString(value)
  if (typeof value === "object") return `[${value.map(renderString).join(", ")}]`
  return typeof value === "number" ? renderNumber(value) : String(value)
}

export const renderKey = (path: TomlPath): string =>
  path.map((key) => (/^[A-Za-z0-9_-]+$/.test(key) ? key : renderString(key))).join(".")

export const renderInline = (entries: TomlEntries): string =>
  entries.length === 0
    ? "{}"
    : `{ ${entries.map(([key, value]) => `${renderKey([key])} = ${renderValue(value)}`).join(", ")} }`

export const renderNested = (keys: TomlPath, rendered: string): string =>
  keys.reduceRight((inner, key) => `{ ${renderKey([key])} = ${inner} }`, rendered)
