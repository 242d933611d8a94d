/**
 * What one configuration says and another does not, added to that other. What is there stays as it is: what differs is
 * named, and nothing of it is taken.
 */
import { collide } from "../account/newAccountName.ts"
import * as Toml from "../toml/TomlDocument.ts"
import { isTable, isWritable, sameValue, tableAt, type TomlTable, type TomlValue, valueAt } from "../toml/TomlValue.ts"
import { accountNames, type ConfigDocument, withToml } from "./ConfigDocument.ts"
import { sourcesPath } from "./credentialSources.ts"

export interface MergedConfig {
  readonly document: ConfigDocument
  /** The key paths of what is another thing there, or cannot be written there. */
  readonly differing: ReadonlyArray<Toml.TomlPath>
}

export const mergeConfig = (ours: ConfigDocument, theirs: ConfigDocument): MergedConfig => {
  const there = accountNames(theirs)
  const others = accountNames(ours).filter((name) => isAnother(ours, theirs, name, there))
  const differing: Array<Toml.TomlPath> = []

  const added = (toml: Toml.TomlDocument, path: Toml.TomlPath, value: TomlValue): Toml.TomlDocument => {
    const found = valueAt(toml.value, path)
    if (others.some((name) => ofAccount(name, path))) {
      differing.push(path)
      return toml
    }
    if (found === undefined) return isTable(value) ? newTable(toml, path, value) : newValue(toml, path, value)
    if (isChosenThere(path) || sameValue({ value }, { value: found })) return toml
    if (isTable(found) && isTable(value) && !isBlock(path)) return withAll(toml, path, value)
    differing.push(path)
    return toml
  }
  const newValue = (toml: Toml.TomlDocument, path: Toml.TomlPath, value: TomlValue) => {
    if (isWritable(value)) return Toml.set(toml, path, value)
    differing.push(path)
    return toml
  }
  const newTable = (toml: Toml.TomlDocument, path: Toml.TomlPath, table: TomlTable) => {
    const own = Object.entries(table).flatMap(
      ([key, value]): Toml.TomlEntries => (isWritable(value) ? [[key, value]] : [])
    )
    const rest = Object.entries(table).filter(([, value]) => !isWritable(value))
    const started = own.length > 0 || rest.length === 0 ? Toml.putTable(toml, path, own) : toml
    return rest.reduce((document, [key, value]) => added(document, [...path, key], value), started)
  }
  const withAll = (toml: Toml.TomlDocument, path: Toml.TomlPath, table: TomlTable): Toml.TomlDocument =>
    Object.entries(table).reduce((document, [key, value]) => added(document, [...path, key], value), toml)

  return { document: withToml(theirs, withAll(theirs.toml, [], ours.toml.value)), differing }
}

const startsWith = (path: Toml.TomlPath, prefix: Toml.TomlPath): boolean =>
  prefix.every((key, index) => path[index] === key)

/** Which account is active, and its project, is a choice that all make together who share a configuration. */
const isChosenThere = (path: Toml.TomlPath): boolean =>
  path[0] === "active" || (path[0] === "accounts" && path.length === 2)

/** A target is one thing, as is the command that gives a credential: no half of it is taken. */
const isBlock = (path: Toml.TomlPath): boolean =>
  (path.length === 2 && path[0] === "targets") ||
  (path.length === sourcesPath.length + 1 && startsWith(path, sourcesPath))

const ofAccount = (name: string, path: Toml.TomlPath): boolean =>
  startsWith(path, ["accounts", name]) || startsWith(path, [...sourcesPath, name])

/** An account of that name has another credential or region there, or one has whose files would be the same. */
const isAnother = (ours: ConfigDocument, theirs: ConfigDocument, name: string, there: ReadonlyArray<string>) => {
  if (!there.includes(name)) return there.some((other) => collide(name, other))
  const identity = ({ toml }: ConfigDocument): TomlTable => ({
    block: { ...tableAt(toml.value, ["accounts", name]), default_project: "" },
    source: tableAt(toml.value, [...sourcesPath, name])
  })
  return !sameValue(identity(ours), identity(theirs))
}
