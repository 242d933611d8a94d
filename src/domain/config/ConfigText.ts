import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type Command, command } from "../hints/Command.ts"
import { ConfigError } from "../errors.ts"
import { recognise } from "./migration/OldFormat.ts"
import * as Toml from "../toml/TomlText.ts"
import { locateItem } from "../toml/listText.ts"
import { isTable, valueAt } from "../toml/TomlValue.ts"

/**
 * The whole configuration file. `path` is only for messages. The content, which holds secrets in clear, does
 * not show when the value is printed or serialised.
 * @since 0.1.0
 * @category models
 */
export class ConfigDocument {
  readonly #toml: Toml.TomlDocument
  constructor(
    readonly path: string,
    toml: Toml.TomlDocument
  ) {
    this.#toml = toml
  }
  get toml(): Toml.TomlDocument {
    return this.#toml
  }
}

/**
 * The same file with another content.
 * @since 0.1.0
 * @category utilities
 */
export const withToml = (document: ConfigDocument, toml: Toml.TomlDocument): ConfigDocument =>
  new ConfigDocument(document.path, toml)

/**
 * The last guard before a write: the text must say what was intended, so that an editor's mistake never reaches the disk.
 * @since 0.1.0
 * @category utilities
 */
export const verified = (document: ConfigDocument): Either.Either<ConfigDocument, ConfigError> =>
  Toml.isFaithful(document.toml)
    ? Either.right(document)
    : Either.left(
        new ConfigError({
          message: `${document.path} has a layout that mp cannot change safely. Nothing was changed.`,
          hints: [editAt(document.path, 1)],
          details: { path: document.path }
        })
      )

/**
 * A configuration that says nothing, as when there is no file.
 * @since 0.1.0
 * @category constructors
 */
export const empty = (path: string): ConfigDocument => new ConfigDocument(path, Toml.empty)

/**
 * Parses the text of the file. Only one of an earlier version, or no TOML at all, fails as a whole.
 * @since 0.1.0
 * @category constructors
 */
export const parse = (path: string, text: string): Either.Either<ConfigDocument, ConfigError> =>
  Either.flatMap(parseAnyVersion(path, text), (document) =>
    Option.match(recognise(document.toml), {
      onNone: () => Either.right(document),
      onSome: ({ format, key }) => Either.left(outdated(document, format, key))
    })
  )

const outdated = (document: ConfigDocument, format: string, keys: ReadonlyArray<string>): ConfigError => {
  const place = locate(document, keys)
  return new ConfigError({
    message: `${at(document, place)}: \`${keys.map(tomlKey).join(".")}\` belongs to the configuration of version ${format}, which has to be migrated once.`,
    hints: [command`mp config migrate`],
    details: { path: document.path, format, key: keys.join("."), ...place }
  })
}

/**
 * Parses the text of a file that may be of an earlier version, for those that show or migrate it.
 * @since 0.1.0
 * @category constructors
 */
export const parseAnyVersion = (path: string, text: string): Either.Either<ConfigDocument, ConfigError> => {
  if (text.startsWith("\uFEFF")) {
    return Either.left(
      new ConfigError({
        message: `${path}:1: the file starts with a byte-order mark, which TOML does not allow.`,
        hints: [command`mp doctor --fix`],
        details: { path, line: 1, column: 1 }
      })
    )
  }
  return Either.mapBoth(Toml.parse(text), {
    onLeft: ({ column, line, reason }) =>
      new ConfigError({
        message: `${path}:${line}:${column}: not valid TOML: ${reason}.`,
        hints: [editAt(path, line)],
        details: { path, line, column }
      }),
    onRight: (toml) => new ConfigDocument(path, toml)
  })
}

/**
 * The command that opens the file where it is wrong.
 * @since 0.1.0
 * @category utilities
 */
export const editAt = (path: string, line: number): Command => command`\${EDITOR:-vi} ${`+${line}`} ${path}`

/**
 * An error about one key path of the file, with its line and the commands that help.
 * @since 0.1.0
 * @category utilities
 */
export const problemAt = (
  document: ConfigDocument,
  keys: ReadonlyArray<string>,
  message: string,
  fixes: ReadonlyArray<Command> = []
): ConfigError => {
  const place = locate(document, keys)
  return problem(document, place, label(document, keys), message, fixes, keys.join("."))
}

/**
 * The same about one table of a list, or about a key of it.
 * @since 0.1.0
 * @category utilities
 */
export const problemInItem = (
  document: ConfigDocument,
  list: string,
  index: number,
  key: string | null,
  message: string
): ConfigError => {
  const place = Option.getOrNull(locateItem(document.toml, [list], index, key ?? undefined))
  const inItem = key === null ? "" : `.${tomlKey(key)}`
  return problem(document, place, `[[${list}]]${inItem}`, message, [], `${list}${inItem}`)
}

const problem = (
  { path }: ConfigDocument,
  place: { readonly line: number } | null,
  label: string,
  message: string,
  fixes: ReadonlyArray<Command>,
  key: string
) =>
  new ConfigError({
    message: `${at({ path }, place)}: \`${label}\` ${message}.`,
    hints: [...fixes, editAt(path, place?.line ?? 1)],
    details: { path, key, ...place }
  })

const at = ({ path }: Pick<ConfigDocument, "path">, place: { readonly line: number } | null): string =>
  place === null ? path : `${path}:${place.line}`

const locate = (document: ConfigDocument, keys: ReadonlyArray<string>): { line: number; column: number } | null =>
  Option.getOrNull(Toml.locate(document.toml, keys)) ?? (keys.length > 1 ? locate(document, keys.slice(0, -1)) : null)

export const lineOf = (document: ConfigDocument, keys: ReadonlyArray<string>): number =>
  locate(document, keys)?.line ?? 1

const label = ({ toml }: ConfigDocument, keys: ReadonlyArray<string>): string => {
  const depth = keys.findLastIndex((_, last) => isTable(valueAt(toml.value, keys.slice(0, last + 1)))) + 1
  const block = keys.slice(0, Math.max(1, depth)).map(tomlKey).join(".")
  return [`[${block}]`, ...keys.slice(Math.max(1, depth)).map(tomlKey)].join(".")
}

const tomlKey = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key))
