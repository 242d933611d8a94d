/**
 * `config.toml` as a value: its text, what the text says, and typed views of its blocks. A block that
 * cannot be decoded is an error of that block alone.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { type Account, decodeAccount } from "../account/Account.ts"
import { ActiveSession, Target } from "../session/SavedSession.ts"
import { secretLine } from "../account/credentialText.ts"
import { lazy } from "../internal/lazy.ts"
import { type DecodeIssue, decodeTolerant, decodeWith, describeIssues } from "../internal/decode.ts"
import { type CustomHeader, parseCustomHeader } from "../session/Environment.ts"
import { argument, type Command, command } from "../hints/Command.ts"
import { ConfigError } from "../errors.ts"
import type { ProjectId } from "../account/identifiers.ts"
import { recognise } from "./migration/OldFormat.ts"
import * as Toml from "../toml/TomlDocument.ts"
import { isTable, ownValue, tableAt, valueAt } from "../toml/TomlValue.ts"

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
 * A block by its name, decoded or explained.
 * @since 0.1.0
 * @category models
 */
export interface Named<A> {
  readonly name: string
  readonly value: Either.Either<A, ConfigError>
}

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
  return new ConfigError({
    message: `${at(document, place)}: \`${label(document, keys)}\` ${message}.`,
    hints: [...fixes, editAt(document.path, place?.line ?? 1)],
    details: { path: document.path, key: keys.join("."), ...place }
  })
}

const at = ({ path }: ConfigDocument, place: { readonly line: number } | null): string =>
  place === null ? path : `${path}:${place.line}`

const locate = (document: ConfigDocument, keys: ReadonlyArray<string>): { line: number; column: number } | null =>
  Option.getOrNull(Toml.locate(document.toml, keys)) ?? (keys.length > 1 ? locate(document, keys.slice(0, -1)) : null)

/** `[accounts.team].region`: the innermost table that is there, and the key in it. */
const label = ({ toml }: ConfigDocument, keys: ReadonlyArray<string>): string => {
  const depth = keys.findLastIndex((_, last) => isTable(valueAt(toml.value, keys.slice(0, last + 1)))) + 1
  const block = keys.slice(0, Math.max(1, depth)).map(tomlKey).join(".")
  return [`[${block}]`, ...keys.slice(Math.max(1, depth)).map(tomlKey)].join(".")
}

const tomlKey = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key))

/**
 * The top-level tables.
 * @since 0.1.0
 * @category utilities
 */
export const sections = ["accounts", "targets", "active", "settings"] as const
type Section = (typeof sections)[number]

/**
 * One of the four top-level tables; absent counts as empty.
 * @since 0.1.0
 * @category utilities
 */
export const section = (document: ConfigDocument, name: Section): Either.Either<Toml.TomlTable, ConfigError> => {
  const value = ownValue(document.toml.value, name)
  if (value === undefined) return Either.right({})
  return isTable(value) ? Either.right(value) : Either.left(problemAt(document, [name], "must be a table"))
}

const blockNames = (document: ConfigDocument, name: Section): ReadonlyArray<string> =>
  Either.match(section(document, name), { onLeft: () => [], onRight: (table) => Object.keys(table).sort() })

const block = (document: ConfigDocument, name: Section, key: string): Option.Option<Toml.TomlValue> =>
  Either.match(section(document, name), {
    onLeft: () => Option.none(),
    onRight: (table) => Option.fromNullable(ownValue(table, key))
  })

const decodeBlock = <A>(
  document: ConfigDocument,
  keys: readonly [Section, string],
  value: Toml.TomlValue,
  decode: (table: Toml.TomlTable) => Either.Either<A, ReadonlyArray<DecodeIssue>>,
  fixes: ReadonlyArray<Command>
): Either.Either<A, ConfigError> =>
  isTable(value)
    ? Either.mapLeft(decode(value), (issues) => problemOf(document, keys, issues, fixes))
    : Either.left(problemAt(document, keys, "must be a table", fixes))

const problemOf = (
  document: ConfigDocument,
  keys: ReadonlyArray<string>,
  issues: ReadonlyArray<DecodeIssue>,
  fixes: ReadonlyArray<Command>
): ConfigError => {
  const [only] = issues
  return issues.length === 1 && only !== undefined && only.path.length > 0
    ? problemAt(document, [...keys, ...only.path], only.message, fixes)
    : problemAt(document, keys, `cannot be used: ${describeIssues(issues)}`, fixes)
}

/**
 * The names of all account blocks, sorted, broken ones too.
 * @since 0.1.0
 * @category utilities
 */
export const accountNames = (document: ConfigDocument): ReadonlyArray<string> => blockNames(document, "accounts")

/**
 * One account block: absent, broken, or an account.
 * @since 0.1.0
 * @category utilities
 */
export const account = (document: ConfigDocument, name: string): Option.Option<Either.Either<Account, ConfigError>> =>
  Option.map(block(document, "accounts", name), (value) =>
    decodeBlock(document, ["accounts", name], value, (table) => decodeAccount(name, table), [])
  )

/**
 * All account blocks, sorted by name.
 * @since 0.1.0
 * @category utilities
 */
export const accounts = (document: ConfigDocument): ReadonlyArray<Named<Account>> =>
  allOf(accountNames(document), (name) => account(document, name))

/**
 * The names of all target blocks, sorted, broken ones too.
 * @since 0.1.0
 * @category utilities
 */
export const targetNames = (document: ConfigDocument): ReadonlyArray<string> => blockNames(document, "targets")

/**
 * One target block: absent, broken, or a target.
 * @since 0.1.0
 * @category utilities
 */
export const target = (document: ConfigDocument, name: string): Option.Option<Either.Either<Target, ConfigError>> =>
  Option.map(block(document, "targets", name), (value) =>
    decodeBlock(document, ["targets", name], value, (table) => decodeTarget(name, table), [
      command`mp target remove ${argument(name)}`
    ])
  )

/**
 * All target blocks, sorted by name.
 * @since 0.1.0
 * @category utilities
 */
export const targets = (document: ConfigDocument): ReadonlyArray<Named<Target>> =>
  allOf(targetNames(document), (name) => target(document, name))

const allOf = <A>(
  names: ReadonlyArray<string>,
  get: (name: string) => Option.Option<Either.Either<A, ConfigError>>
): ReadonlyArray<Named<A>> =>
  names.flatMap((name) => Option.toArray(Option.map(get(name), (value) => ({ name, value }))))

const decodeTargetFields = decodeWith(Target)

const decodeTarget = (name: string, table: Toml.TomlTable): Either.Either<Target, ReadonlyArray<DecodeIssue>> =>
  Object.hasOwn(table, "name")
    ? Either.left([{ path: ["name"], message: "is not a known key" }])
    : decodeTargetFields({ ...table, name })

/**
 * The names of the targets that point at each account, sorted. An account without targets is not in it.
 * @since 0.1.0
 * @category utilities
 */
export const targetsByAccount = (document: ConfigDocument): ReadonlyMap<string, ReadonlyArray<string>> => {
  const found = new Map<string, Array<string>>()
  for (const name of targetNames(document)) {
    const account = accountOfTarget(document, name)
    if (typeof account !== "string") continue
    const names = found.get(account)
    if (names === undefined) found.set(account, [name])
    else names.push(name)
  }
  return found
}

/**
 * The names of the targets that point at one account, sorted.
 * @since 0.1.0
 * @category utilities
 */
export const targetsOf = (document: ConfigDocument, accountName: string): ReadonlyArray<string> =>
  targetNames(document).filter((name) => accountOfTarget(document, name) === accountName)

const accountOfTarget = (document: ConfigDocument, name: string): Toml.TomlValue | undefined =>
  ownValue(Option.getOrUndefined(block(document, "targets", name)), "account")

/**
 * The `[active]` block; absent counts as empty.
 * @since 0.1.0
 * @category utilities
 */
export const active = (document: ConfigDocument): Either.Either<ActiveSession, ConfigError> =>
  Either.flatMap(section(document, "active"), (table) =>
    Either.mapLeft(decodeActive(table), (issues) => problemOf(document, ["active"], issues, []))
  )

const decodeActive = decodeWith(ActiveSession)

/**
 * `[active].account` as it is written, whether or not the rest of the block can be used.
 * @since 0.1.0
 * @category utilities
 */
export const activeAccountName = (document: ConfigDocument): Option.Option<string> =>
  Option.filter(block(document, "active", "account"), (value) => typeof value === "string")

/**
 * `[settings.custom_header]`: a header that every session carries.
 * @since 0.1.0
 * @category utilities
 */
export const customHeader = (document: ConfigDocument): Either.Either<Option.Option<CustomHeader>, ConfigError> =>
  Option.match(block(document, "settings", "custom_header"), {
    onNone: () => Either.right(Option.none()),
    onSome: (value) => {
      const [name, text] = [ownValue(value, "name"), ownValue(value, "value")]
      return typeof name === "string" && typeof text === "string"
        ? Either.mapBoth(
            parseCustomHeader(name, text, `${document.path}, [settings.custom_header]`, editAt(document.path, 1)),
            {
              onLeft: () =>
                problemAt(document, ["settings", "custom_header"], "needs a header name and a single line of text"),
              onRight: Option.some
            }
          )
        : Either.left(problemAt(document, ["settings", "custom_header"], "needs `name` and `value`, both strings"))
    }
  })

/**
 * The keys that `[settings]` holds for a project.
 * @since 0.1.0
 * @category models
 */
export interface ProjectSettings {
  readonly secret: Option.Option<Redacted.Redacted>
  readonly token: Option.Option<Redacted.Redacted>
}

/**
 * A project's own credentials: `[settings.projects.ID]` with `secret` and `token`, else
 * `project_secret` and `project_token` of `[settings]`. mixpanel_headless keeps both and ignores them.
 * @since 0.1.0
 * @category utilities
 */
export const projectSettings = (
  document: ConfigDocument,
  project: ProjectId
): Either.Either<ProjectSettings, ConfigError> =>
  Either.gen(function* () {
    yield* section(document, "settings")
    const secret = yield* secretAt(document, ["settings", "projects", project, "secret"])
    const token = yield* secretAt(document, ["settings", "projects", project, "token"])
    const anySecret = yield* secretAt(document, ["settings", "project_secret"])
    const anyToken = yield* secretAt(document, ["settings", "project_token"])
    return { secret: Option.orElse(secret, () => anySecret), token: Option.orElse(token, () => anyToken) }
  })

/**
 * All credentials of projects, whichever project is asked for.
 * @since 0.1.0
 * @category utilities
 */
export const projectCredentials = (document: ConfigDocument): ReadonlyArray<Either.Either<unknown, ConfigError>> => {
  const projects = Object.keys(tableAt(document.toml.value, ["settings", "projects"]))
  return [
    ["settings", "project_secret"],
    ["settings", "project_token"],
    ...projects.flatMap((id) => ["secret", "token"].map((key) => ["settings", "projects", id, key]))
  ].map((keys) => secretAt(document, keys))
}

const decodeSecret = lazy(() => decodeTolerant(secretLine()))

const secretAt = (
  document: ConfigDocument,
  keys: ReadonlyArray<string>
): Either.Either<Option.Option<Redacted.Redacted>, ConfigError> => {
  const value = valueAt(document.toml.value, keys)
  return value === undefined
    ? Either.right(Option.none())
    : Either.mapBoth(decodeSecret()(value), {
        onLeft: (issues) => problemAt(document, keys, describeIssues(issues)),
        onRight: Option.some
      })
}
