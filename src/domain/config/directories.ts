import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type AccountName, isAccountName, isProjectId, type ProjectId } from "../account/identifiers.ts"
import type { ConfigError } from "../errors.ts"
import { isNonEmptyText } from "../internal/decode.ts"
import { locateItem, tablesAt } from "../toml/listText.ts"
import { ownValue, type TomlTable } from "../toml/TomlValue.ts"
import { type ConfigDocument, problemAt, problemInItem } from "./ConfigText.ts"

/**
 * What a rule chooses: a target, or an account and perhaps its project, or another project of the active account.
 * @since 0.1.0
 * @category models
 */
export type DirectoryChoice =
  | { readonly target: string }
  | { readonly account: AccountName; readonly project: Option.Option<ProjectId> }
  | { readonly project: ProjectId }

/**
 * One rule, sound or not. A rule without a path that can be understood may be for any directory.
 * @since 0.1.0
 * @category models
 */
export interface DirectoryRule {
  /** Its place in the list. */
  readonly index: number
  /** The path as it is written. */
  readonly path: Option.Option<string>
  readonly choice: Either.Either<DirectoryChoice, ConfigError>
}

export const listName = "directories"

/**
 * All rules, in the order of the file. What is no list of tables counts as one rule that is broken.
 * @since 0.1.0
 * @category utilities
 */
export const directoryRules = (document: ConfigDocument): ReadonlyArray<DirectoryRule> =>
  Either.match(soundList(document), {
    onLeft: (error) => [{ index: 0, path: Option.none(), choice: Either.left(error) }],
    onRight: (tables) => tables.map((table, index) => decodeRule(document, table, index))
  })

export const soundList = (document: ConfigDocument): Either.Either<ReadonlyArray<TomlTable>, ConfigError> =>
  Either.fromNullable(tablesAt(document.toml.value, [listName]), () =>
    problemAt(document, [listName], "must be tables, each under a header [[directories]]")
  )

export const lineOfRule = (document: ConfigDocument, index: number): number =>
  Option.match(locateItem(document.toml, [listName], index, "path"), { onNone: () => 1, onSome: ({ line }) => line })

const decodeRule = (document: ConfigDocument, table: TomlTable, index: number): DirectoryRule => {
  const wrong = (key: string | null, message: string) =>
    Either.left(problemInItem(document, listName, index, key, message))
  const path = ownValue(table, "path")
  if (!isRulePath(path)) {
    return { index, path: Option.none(), choice: wrong("path", path === undefined ? "is missing" : badPath) }
  }
  const unknown = Object.keys(table).find((key) => !["path", "target", "account", "project"].includes(key))
  const choice = unknown === undefined ? choiceOf(table, wrong) : wrong(unknown, "is not a known key")
  return { index, path: Option.some(path), choice }
}

const badPath =
  "must be an absolute path, or one that begins with ~/, without control characters and without U+FFFD (which stands for what is no UTF-8)"

/** Where a name of a directory is no UTF-8, the system's answer has U+FFFD in it: nobody can tell one from another. */
export const isRulePath = (value: unknown): value is string =>
  typeof value === "string" &&
  /^(\/|~$|~\/|[A-Za-z]:[\\/]|\\\\)/.test(value) &&
  !/[\x00-\x1f\x7f\ufffd]|\p{Surrogate}/u.test(value)

const choiceOf = (
  table: TomlTable,
  wrong: (key: string | null, message: string) => Either.Either<never, ConfigError>
): Either.Either<DirectoryChoice, ConfigError> => {
  const [account, project, target] = ["account", "project", "target"].map((key) => ownValue(table, key))
  if (target !== undefined) {
    const other = account === undefined ? (project === undefined ? null : "project") : "account"
    if (other !== null) return wrong(other, "cannot stand beside target, which says account and project already")
    return isNonEmptyText(target) ? Either.right({ target }) : wrong("target", "must be the name of a target")
  }
  if (account !== undefined && !isAccountName(account))
    return wrong("account", "must be the name of an account: 1 to 64 letters, digits, '_' or '-'")
  if (project !== undefined && !isProjectId(project))
    return wrong("project", 'must be a string of digits such as "3713224"')
  if (account !== undefined) return Either.right({ account, project: Option.fromNullable(project) })
  return project === undefined ? wrong(null, "needs target, account or project") : Either.right({ project })
}

export const rulesNaming = (
  document: ConfigDocument,
  key: "account" | "target",
  name: string
): ReadonlyArray<{ readonly index: number; readonly path: string }> =>
  (tablesAt(document.toml.value, [listName]) ?? []).flatMap((table, index) => {
    const path = ownValue(table, "path")
    return ownValue(table, key) === name ? [{ index, path: typeof path === "string" ? path : `rule ${index + 1}` }] : []
  })
