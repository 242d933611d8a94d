import { scan } from "./layout.ts"
import type { TomlDocument } from "./TomlDocument.ts"
import { isTable, ownValue, type TomlPath, type TomlValue } from "./TomlValue.ts"

export const hidden = "**********"

export const maskText = ({ text, value }: TomlDocument, isHidden: (path: TomlPath) => boolean): string => {
  const spans = scan(text).blocks.flatMap(({ pairs, path }) =>
    pairs.filter((pair) => hides(valueAt(value, [...path, ...pair.keys]), [...path, ...pair.keys], isHidden))
  )
  const pieces = spans.map(({ valueStart }, index) => text.slice(spans[index - 1]?.valueEnd ?? 0, valueStart))
  return [...pieces, text.slice(spans.at(-1)?.valueEnd ?? 0)].join(`"${hidden}"`)
}

export const maskValue = (value: TomlValue, isHidden: (path: TomlPath) => boolean, path: TomlPath = []): TomlValue => {
  if (isHidden(path)) return hidden
  if (Array.isArray(value)) return value.map((item: TomlValue) => maskValue(item, isHidden, path))
  if (!isTable(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, maskValue(item, isHidden, [...path, key])])
  )
}

const hides = (value: TomlValue | undefined, path: TomlPath, isHidden: (path: TomlPath) => boolean): boolean => {
  if (isHidden(path)) return true
  if (Array.isArray(value)) return value.some((item: TomlValue) => hides(item, path, isHidden))
  return isTable(value) && Object.entries(value).some(([key, item]) => hides(item, [...path, key], isHidden))
}

/** The value at a path; inside lists of tables any of them is looked at. */
const valueAt = (value: TomlValue | undefined, path: TomlPath): TomlValue | undefined => {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(value)) return value.map((item: TomlValue) => valueAt(item, path) ?? "")
  return isTable(value) ? valueAt(ownValue(value, key), rest) : undefined
}
