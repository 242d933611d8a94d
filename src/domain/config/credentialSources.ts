/**
 * `[settings.credential_commands]`: for accounts of this configuration, the commands and files that give their
 * credentials. They stand in `[settings]`, because mixpanel_headless refuses keys that it does not know in an account.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { AccountType } from "../account/Account.ts"
import {
  type CredentialSource,
  defaultTimeoutSeconds,
  maxTimeoutSeconds,
  pathProblem,
  sourceKeys,
  wordsProblem
} from "../account/CredentialSource.ts"
import type { ConfigError } from "../errors.ts"
import { isTable, ownValue, tableAt, type TomlTable, valueAt } from "../toml/TomlValue.ts"
import { type ConfigDocument, problemAt } from "./ConfigText.ts"

export const sourcesPath = ["settings", "credential_commands"] as const

/** The table of the tables; absent counts as empty. */
export const sourcesTable = (document: ConfigDocument): Either.Either<TomlTable, ConfigError> => {
  const value = valueAt(document.toml.value, sourcesPath)
  return value === undefined || isTable(value)
    ? Either.right(value ?? {})
    : Either.left(problemAt(document, sourcesPath, "must be a table with a table for each account"))
}

export const sourceNames = ({ toml }: ConfigDocument): ReadonlyArray<string> =>
  Object.keys(tableAt(toml.value, sourcesPath)).sort()

type SourceKey = keyof typeof sourceKeys

const isSourceKey = (key: string): key is SourceKey => Object.hasOwn(sourceKeys, key)

export interface GivenSource {
  readonly source: CredentialSource
  readonly key: SourceKey
}

export const hasSource = ({ toml }: ConfigDocument, name: string): boolean =>
  ownValue(valueAt(toml.value, sourcesPath), name) !== undefined

export const sourceOf = (
  document: ConfigDocument,
  name: string
): Either.Either<Option.Option<GivenSource>, ConfigError> => {
  const table = ownValue(valueAt(document.toml.value, sourcesPath), name)
  if (table === undefined) return Either.right(Option.none())
  const wrong = (message: string, ...keys: ReadonlyArray<string>) =>
    Either.left(problemAt(document, [...sourcesPath, name, ...keys], message))
  if (!isTable(table)) return wrong("must be a table")
  const unknown = Object.keys(table).find((key) => key !== "timeout" && !isSourceKey(key))
  if (unknown !== undefined) return wrong("is not a known key", unknown)
  const [key, second] = Object.keys(table).filter(isSourceKey)
  if (key === undefined || second !== undefined)
    return wrong(
      `needs exactly one of ${Object.keys(sourceKeys).join(", ")}`,
      ...(second === undefined ? [] : [second])
    )
  const timeoutSeconds = timeoutIn(table)
  if (timeoutSeconds === undefined)
    return wrong(`must be a number of seconds, more than 0 and at most ${maxTimeoutSeconds}`, "timeout")
  return Either.mapBoth(sourceIn(table, key, timeoutSeconds), {
    onLeft: (problem) => problemAt(document, [...sourcesPath, name, key], problem),
    onRight: (source) => Option.some({ source, key })
  })
}

const timeoutIn = (table: TomlTable): number | undefined => {
  const { timeout = defaultTimeoutSeconds } = table
  return typeof timeout === "number" && timeout > 0 && timeout <= maxTimeoutSeconds ? timeout : undefined
}

const sourceIn = (
  table: TomlTable,
  key: SourceKey,
  timeoutSeconds: number
): Either.Either<CredentialSource, string> => {
  const value = table[key]
  if (key === "token_file") {
    if (typeof value !== "string") return Either.left("must be the path of a file")
    const problem = pathProblem(value)
    return problem === undefined ? Either.right({ kind: "file", path: value }) : Either.left(problem)
  }
  if (!Array.isArray(value)) return Either.left('must be a list of words, such as ["pass", "show", "mixpanel"]')
  const problem = wordsProblem(value)
  return problem === undefined
    ? Either.right({ kind: "command", words: value.map(String), timeoutSeconds })
    : Either.left(problem)
}

export const sourceFor = (
  document: ConfigDocument,
  account: { readonly name: string; readonly type: AccountType }
): Either.Either<Option.Option<GivenSource>, ConfigError> =>
  Either.flatMap(sourceOf(document, account.name), (given) => {
    const foreign = Option.getOrNull(Option.filter(given, ({ key }) => sourceKeys[key] !== account.type))
    return foreign === null
      ? Either.right(given)
      : Either.left(
          problemAt(
            document,
            [...sourcesPath, account.name, foreign.key],
            `is for accounts of type ${sourceKeys[foreign.key]}, and '${account.name}' is of type ${account.type}`
          )
        )
  })
