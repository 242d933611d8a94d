/**
 * The data of a TOML document, as smol-toml gives it, and the few immutable operations an editor needs. A
 * change copies the tables on its path and shares all others.
 */

export type TomlScalar = string | number | boolean

export type TomlWritable = TomlScalar | ReadonlyArray<string>

/** What a document may hold. Dates keep their kind (offset, local, date, time) as smol-toml's `TomlDate`. */
export type TomlValue = TomlScalar | bigint | Date | ReadonlyArray<TomlValue> | TomlTable

/** A table: an object without a prototype, so that a key such as `__proto__` is a key like any other. */
export interface TomlTable {
  readonly [key: string]: TomlValue
}

export type TomlPath = ReadonlyArray<string>

export type TomlEntries = ReadonlyArray<readonly [string, TomlWritable]>

/** A table of its own for each caller: nobody can reach another's. */
export const emptyTable = (): Record<string, TomlValue> => Object.create(null)

export const isTable = (value: TomlValue | undefined): value is TomlTable =>
  typeof value === "object" && !Array.isArray(value) && !(value instanceof Date)

export const isWritable = (value: TomlValue): value is TomlWritable =>
  typeof value === "object"
    ? Array.isArray(value) && value.every((item: TomlValue) => typeof item === "string")
    : typeof value !== "bigint"

/** What a table itself has under a key, not what it inherits; of anything but a table, nothing. */
export const ownValue = (value: TomlValue | undefined, key: string): TomlValue | undefined =>
  isTable(value) && Object.hasOwn(value, key) ? value[key] : undefined

export const valueAt = (root: TomlTable, path: TomlPath): TomlValue | undefined =>
  path.reduce<TomlValue | undefined>(ownValue, root)

export const tableAt = (root: TomlTable, path: TomlPath): TomlTable => {
  const value = valueAt(root, path)
  return isTable(value) ? value : emptyTable()
}

const copyOf = (table: TomlValue | undefined): Record<string, TomlValue> =>
  isTable(table) ? Object.assign(emptyTable(), table) : emptyTable()

export const withTable = (root: TomlTable, path: TomlPath, change: (table: TomlTable) => TomlTable): TomlTable => {
  const [key, ...rest] = path
  if (key === undefined) return change(root)
  const copy = copyOf(root)
  copy[key] = withTable(tableAt(root, [key]), rest, change)
  return copy
}

export const withEntries = (table: TomlTable, entries: TomlEntries): TomlTable => {
  const copy = copyOf(table)
  for (const [key, value] of entries) copy[key] = value
  return copy
}

const withoutKey = (table: TomlTable, key: string): TomlTable => {
  const copy = copyOf(table)
  delete copy[key]
  return copy
}

/**
 * The document without what is at `path`. A table that is empty afterwards goes too, unless something in the
 * text says that it exists (`keeps`): TOML has implicit tables, which live only through what is in them.
 */
export const withoutPath = (root: TomlTable, path: TomlPath, keeps: (table: TomlPath) => boolean): TomlTable => {
  const parent = path.slice(0, -1)
  const edited = withTable(root, parent, (table) => withoutKey(table, path.at(-1) ?? ""))
  const isGone = parent.length > 0 && Object.keys(valueAt(edited, parent) ?? {}).length === 0 && !keeps(parent)
  return isGone ? withoutPath(edited, parent, keeps) : edited
}

const sameDate = (left: Date, right: Date): boolean =>
  Object.is(left.getTime(), right.getTime()) && left.toISOString() === right.toISOString()

const isArray = (value: TomlValue | undefined): value is ReadonlyArray<TomlValue> => Array.isArray(value)

/** Values whose contents are still to be compared, left and right in turn. */
type Pending = Array<TomlTable | ReadonlyArray<TomlValue>>

const sameSoFar = (left: TomlValue | undefined, right: TomlValue | undefined, pending: Pending): boolean => {
  if (Object.is(left, right)) return true
  if (left instanceof Date || right instanceof Date)
    return left instanceof Date && right instanceof Date && sameDate(left, right)
  if (!(isTable(left) && isTable(right)) && !(isArray(left) && isArray(right))) return false
  pending.push(left, right)
  return true
}

const sameContents = (left: TomlTable, right: TomlTable, pending: Pending): boolean => {
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => sameSoFar(left[key], right[key], pending))
}

const sameItems = (left: ReadonlyArray<TomlValue>, right: ReadonlyArray<TomlValue>, pending: Pending): boolean =>
  left.length === right.length && left.every((item, index) => sameSoFar(item, right[index], pending))

/** Deep equality, key order aside. It keeps its own stack, because a hand-written file may nest very deep. */
export const sameValue = (left: TomlTable, right: TomlTable): boolean => {
  const pending: Pending = [left, right]
  for (let other = pending.pop(); other !== undefined; other = pending.pop()) {
    const one = pending.pop()
    const isSame =
      isArray(one) && isArray(other)
        ? sameItems(one, other, pending)
        : isTable(one) && isTable(other) && sameContents(one, other, pending)
    if (!isSame) return false
  }
  return true
}
