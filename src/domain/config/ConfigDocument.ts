/**
 * `config.toml` as a value: its text, what the text says, and typed views of its blocks. A block that
 * cannot be decoded is an error of that block alone.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { type Account, decodeAccount, decodeAccountGivenElsewhere } from "../account/Account.ts"
import { ActiveSession, Target } from "../session/SavedSession.ts"
import { secretLine } from "../account/credentialText.ts"
import { lazy } from "../internal/lazy.ts"
import { type DecodeIssue, decodeTolerant, decodeWith, describeIssues } from "../internal/decode.ts"
import { type CustomHeader, parseCustomHeader } from "../session/Environment.ts"
import { argument, type Command, command } from "../hints/Command.ts"
import type { ConfigError } from "../errors.ts"
import type { ProjectId } from "../account/identifiers.ts"
import type * as Toml from "../toml/TomlDocument.ts"
import { isTable, ownValue, tableAt, valueAt } from "../toml/TomlValue.ts"
import { type ConfigDocument, editAt, problemAt } from "./ConfigText.ts"
import { hasSource, sourceFor } from "./credentialSources.ts"

export {
  ConfigDocument,
  editAt,
  empty,
  parse,
  parseAnyVersion,
  problemAt,
  problemInItem,
  verified,
  withToml
} from "./ConfigText.ts"

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

const blockNames = ({ toml }: ConfigDocument, name: Section): ReadonlyArray<string> =>
  Object.keys(tableAt(toml.value, [name])).sort()

const block = ({ toml }: ConfigDocument, name: Section, key: string): Option.Option<Toml.TomlValue> =>
  Option.fromNullable(valueAt(toml.value, [name, key]))

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

const decodeAccountBlock = (
  document: ConfigDocument,
  name: string,
  value: Toml.TomlValue
): Either.Either<Account, ConfigError> => {
  const isGiven = hasSource(document, name)
  const decode = isGiven ? decodeAccountGivenElsewhere : decodeAccount
  const decoded = decodeBlock(document, ["accounts", name], value, (table) => decode(name, table), [])
  return isGiven
    ? Either.flatMap(decoded, (account) => Either.map(sourceFor(document, account), () => account))
    : decoded
}

const decodeTargetBlock = (
  document: ConfigDocument,
  name: string,
  value: Toml.TomlValue
): Either.Either<Target, ConfigError> =>
  decodeBlock(document, ["targets", name], value, (table) => decodeTarget(name, table), [
    command`mp target remove ${argument(name)}`
  ])

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
  Option.map(block(document, "accounts", name), (value) => decodeAccountBlock(document, name, value))

/**
 * All account blocks, sorted by name.
 * @since 0.1.0
 * @category utilities
 */
export const accounts = (document: ConfigDocument): ReadonlyArray<Named<Account>> =>
  allOf(document, "accounts", decodeAccountBlock)

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
  Option.map(block(document, "targets", name), (value) => decodeTargetBlock(document, name, value))

/**
 * All target blocks, sorted by name.
 * @since 0.1.0
 * @category utilities
 */
export const targets = (document: ConfigDocument): ReadonlyArray<Named<Target>> =>
  allOf(document, "targets", decodeTargetBlock)

const allOf = <A>(
  document: ConfigDocument,
  name: Section,
  decode: (document: ConfigDocument, name: string, value: Toml.TomlValue) => Either.Either<A, ConfigError>
): ReadonlyArray<Named<A>> => {
  const table = tableAt(document.toml.value, [name])
  return blockNames(document, name).map((key) => ({ name: key, value: decode(document, key, table[key] ?? "") }))
}

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
  valueAt(document.toml.value, ["targets", name, "account"])

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
 * `[settings].query_budget`: whether `mp` keeps to what Mixpanel lets a project ask, as it does unless it is told not to.
 * @since 0.1.0
 * @category utilities
 */
export const queryBudget = (document: ConfigDocument): Either.Either<boolean, ConfigError> => {
  const keys = ["settings", "query_budget"]
  const value = valueAt(document.toml.value, keys) ?? true
  return typeof value === "boolean"
    ? Either.right(value)
    : Either.left(problemAt(document, keys, "must be true or false", [command`mp config set query_budget false`]))
}

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

const secretAt = (document: ConfigDocument, keys: ReadonlyArray<string>) => {
  const value = valueAt(document.toml.value, keys)
  return value === undefined
    ? Either.right(Option.none())
    : Either.mapBoth(decodeSecret()(value), {
        onLeft: (issues) => problemAt(document, keys, describeIssues(issues)),
        onRight: Option.some
      })
}
