import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { ConfigError, type FileError } from "../errors.ts"
import type { SourceProblem } from "../account/CredentialSourceFailed.ts"
import { argument, type Command, command, quoted } from "../hints/Command.ts"
import { auditSetting } from "./auditSetting.ts"
import type { StorageError } from "../storage/StorageError.ts"
import * as Config from "./ConfigDocument.ts"
import type { ConfigDocument } from "./ConfigDocument.ts"
import { directoryRules, listName } from "./directories.ts"
import type { DirectorySources } from "../session/DirectorySources.ts"
import { rulesFor, twice } from "../session/resolution/directory.ts"
import { type GivenSource, sourceNames, sourceOf, sourcesPath, sourcesTable } from "./credentialSources.ts"
import { nearLimit, percentFull, waysToShrink } from "./configSize.ts"

export interface ConfigSource {
  readonly path: string
  readonly named: boolean
  readonly content: Either.Either<Option.Option<string>, FileError | StorageError>
  /** Why the source of an account's credential cannot be used, as a phrase that follows it, where somebody looked. */
  readonly unusableSources?: ReadonlyMap<string, SourceProblem>
}

export type ConfigSubject =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "account"; readonly name: string }
  | { readonly kind: "target"; readonly name: string }

/** A change that takes nothing away that counts. */
export type ConfigRepair =
  | { readonly kind: "chmod"; readonly path: string; readonly mode: number }
  | { readonly kind: "stripMark"; readonly path: string }
  | { readonly kind: "clearActive"; readonly keys: ReadonlyArray<"account" | "workspace"> }

type Broken =
  | "section"
  | "account"
  | "target"
  | "active"
  | "header"
  | "audit"
  | "project-credential"
  | "budget"
  | "directory-rule"
  | "credential-commands"

type ConfigProblemId =
  | "config-not-private"
  | "config-link"
  | "config-unreadable"
  | "config-byte-order-mark"
  | "config-not-toml"
  | "config-old-format"
  | "config-missing"
  | "config-nearly-full"
  | `${Broken}-broken`
  | "active-account-dangling"
  | "target-account-dangling"
  | "credential-command-unused"
  | "credential-source-missing"
  | "workspace-never-counts"
  | "directory-rule-twice"
  | "directory-rule-dangling"
  | "directory-missing"

export interface ConfigProblem {
  readonly id: ConfigProblemId
  readonly subject: ConfigSubject
  readonly error: ConfigError
  readonly repair: ConfigRepair | null
}

const problem = (
  id: ConfigProblemId,
  subject: ConfigSubject,
  error: ConfigError,
  repair: ConfigRepair | null = null
): ConfigProblem => ({ id, subject, error, repair })

export const checkConfig = (source: ConfigSource, directories: DirectorySources): ReadonlyArray<ConfigProblem> =>
  Either.match(read(source), {
    onLeft: (found) => [found],
    onRight: (document) => [
      ...missing(source),
      ...nearlyFull(document),
      ...checkDocument(document),
      ...checkPlaces(document, directories),
      ...unusableSources(document, source.unusableSources ?? new Map())
    ]
  })

export const documentOf = (source: ConfigSource): ConfigDocument =>
  Either.getOrElse(read(source), () => Config.empty(source.path))

const read = ({ content, path }: ConfigSource): Either.Either<ConfigDocument, ConfigProblem> =>
  Either.flatMap(
    Either.mapLeft(content, (error) => unreadable(path, error)),
    Option.match({
      onNone: () => Either.right(Config.empty(path)),
      onSome: (text) => Either.mapLeft(Config.parse(path, text), (error) => unparsable(path, text, error))
    })
  )

const unreadable = (path: string, error: FileError | StorageError): ConfigProblem => {
  const message = error.message.endsWith(".") ? error.message : `${error.message}.`
  const shown = new ConfigError({ message, hints: error.hints, details: error.details })
  if (error._tag === "StorageError") return problem("config-unreadable", { kind: "file", path }, shown)
  const subject = { kind: "file", path: error.path } as const
  switch (error.problem) {
    case "wide_mode":
      return problem("config-not-private", subject, shown, { kind: "chmod", path, mode: 0o600 })
    case "symlink":
      return problem("config-link", subject, shown)
    default:
      return problem("config-unreadable", subject, shown)
  }
}

const unparsable = (path: string, text: string, error: ConfigError): ConfigProblem => {
  const subject = { kind: "file", path } as const
  if (text.startsWith("\uFEFF")) return problem("config-byte-order-mark", subject, error, { kind: "stripMark", path })
  const isOld = error.details["format"] !== undefined
  return problem(isOld ? "config-old-format" : "config-not-toml", subject, error)
}

const missing = ({ content, named, path }: ConfigSource): ReadonlyArray<ConfigProblem> =>
  named && Option.isNone(Either.getOrElse(content, Option.none))
    ? [
        problem(
          "config-missing",
          { kind: "variable", name: "MP_CONFIG_PATH" },
          new ConfigError({
            message: `MP_CONFIG_PATH names ${path}, which does not exist.`,
            hints: [command`unset MP_CONFIG_PATH`],
            details: { path }
          })
        )
      ]
    : []

const nearlyFull = (document: ConfigDocument): ReadonlyArray<ConfigProblem> => {
  const { path, toml } = document
  const percent = percentFull(toml.text)
  if (percent === null) return []
  const error = new ConfigError({
    message: `${nearLimit(path, percent)}.`,
    hints: waysToShrink(document),
    details: { path }
  })
  return [problem("config-nearly-full", { kind: "file", path }, error)]
}

export const checkDocument = (document: ConfigDocument): ReadonlyArray<ConfigProblem> => {
  const file = { kind: "file", path: document.path } as const
  const broken = (what: Broken, ...values: ReadonlyArray<Either.Either<unknown, ConfigError>>) =>
    values.flatMap((value) => (Either.isLeft(value) ? [problem(`${what}-broken`, file, value.left)] : []))
  const blocks = (what: "account" | "target", all: ReadonlyArray<Config.Named<unknown>>) =>
    all.flatMap(({ name, value }) =>
      Either.isLeft(value) ? [problem(`${what}-broken`, { kind: what, name }, value.left)] : []
    )
  const sections = broken("section", ...Config.sections.map((name) => Config.section(document, name)))
  if (sections.length > 0) return sections
  return [
    ...blocks("account", Config.accounts(document)),
    ...blocks("target", Config.targets(document)),
    ...broken("active", Config.active(document)),
    ...broken("audit", auditSetting(document)),
    ...broken("header", Config.customHeader(document)),
    ...broken("project-credential", ...Config.projectCredentials(document)),
    ...broken("directory-rule", ...directoryRules(document).map(({ choice }) => choice)),
    ...broken("budget", Config.queryBudget(document)),
    ...broken("credential-commands", sourcesTable(document)),
    ...unusedSources(document),
    ...danglingReferences(document),
    ...danglingRules(document),
    ...idleWorkspace(document)
  ]
}

const danglingReferences = (document: ConfigDocument): ReadonlyArray<ConfigProblem> => {
  const names = Config.accountNames(document)
  const known = new Set(names)
  const unknown = (keys: ReadonlyArray<string>, name: string, fix: Command) =>
    Config.problemAt(document, keys, `names account '${name}', which is not configured`, [fix])
  const [first] = names
  return [
    ...Option.toArray(Config.activeAccountName(document))
      .filter((name) => !known.has(name))
      .map((name) =>
        problem(
          "active-account-dangling",
          { kind: "account", name },
          unknown(
            ["active", "account"],
            name,
            first === undefined ? command`mp doctor --fix` : command`mp account use ${argument(first)}`
          ),
          { kind: "clearActive", keys: ["account", "workspace"] }
        )
      ),
    ...Config.targets(document).flatMap(({ name, value }) =>
      Either.isLeft(value) || known.has(value.right.account)
        ? []
        : [
            problem(
              "target-account-dangling",
              { kind: "target", name },
              unknown(["targets", name, "account"], value.right.account, command`mp target remove ${argument(name)}`)
            )
          ]
    )
  ]
}

const danglingRules = (document: ConfigDocument): ReadonlyArray<ConfigProblem> =>
  directoryRules(document).flatMap(({ choice, index }) => {
    const named = Either.getOrNull(choice)
    if (named === null || !("target" in named || "account" in named)) return []
    const [key, name, isThere] =
      "target" in named
        ? (["target", named.target, Option.isSome(Config.target(document, named.target))] as const)
        : (["account", named.account, Option.isSome(Config.account(document, named.account))] as const)
    if (isThere) return []
    const what = key === "target" ? "is not saved" : "is not configured"
    const error = Config.problemInItem(document, listName, index, key, `names ${key} '${name}', which ${what}`)
    return [problem("directory-rule-dangling", { kind: key, name }, error)]
  })

const checkPlaces = (document: ConfigDocument, directories: DirectorySources): ReadonlyArray<ConfigProblem> => {
  const rules = directoryRules(document)
  const file = { kind: "file", path: document.path } as const
  return rules.flatMap((rule) => {
    const path = Option.getOrNull(rule.path)
    const place = directories.places.get(path ?? "")
    if (place === undefined) return []
    const [first = rule] = rulesFor(rules, directories, place.path)
    return [
      ...(place.isDirectory
        ? []
        : [
            problem(
              "directory-missing",
              file,
              Config.problemInItem(document, listName, rule.index, "path", `names ${path}, which is no directory`)
            )
          ]),
      ...(first === rule ? [] : [problem("directory-rule-twice", file, twice(document, first, rule, place.path))])
    ]
  })
}

const unusedSources = (document: ConfigDocument): ReadonlyArray<ConfigProblem> => {
  const accounts = new Set(Config.accountNames(document))
  return sourceNames(document)
    .filter((name) => !accounts.has(name))
    .map((name) =>
      problem(
        "credential-command-unused",
        { kind: "account", name },
        Config.problemAt(
          document,
          [...sourcesPath, name],
          `is for account '${name}', which is not configured, and nobody runs it`
        )
      )
    )
}

const unusableSources = (document: ConfigDocument, problems: ReadonlyMap<string, SourceProblem>) =>
  [...problems].flatMap(([name, { fix, reason }]) =>
    Option.toArray(Either.getOrElse(sourceOf(document, name), Option.none<GivenSource>)).map(({ key, source }) =>
      problem(
        "credential-source-missing",
        { kind: "account", name },
        Config.problemAt(
          document,
          [...sourcesPath, name, key],
          `names ${source.kind === "command" ? quoted(source.words[0] ?? "") : source.path}, which ${reason}`,
          fix === null ? [] : [fix]
        )
      )
    )
  )

const idleWorkspace = (document: ConfigDocument): ReadonlyArray<ConfigProblem> => {
  const active = Either.getOrNull(Config.active(document))
  if (active === null || Option.isNone(active.workspace)) return []
  const why = whyIdle(document, active.account)
  if (why === null) return []
  const says = `pins workspace ${active.workspace.value}, but ${why}`
  const error = Config.problemAt(document, ["active", "workspace"], says, [command`mp doctor --fix`])
  return [
    problem("workspace-never-counts", { kind: "file", path: document.path }, error, {
      kind: "clearActive",
      keys: ["workspace"]
    })
  ]
}

const whyIdle = (document: ConfigDocument, name: Option.Option<string>): string | null => {
  if (Option.isNone(name)) return "no account is active"
  const found = Option.getOrNull(Config.account(document, name.value))
  if (found === null || Either.isLeft(found)) return null
  return Option.isNone(found.right.defaultProject) ? `account '${name.value}' has no default project` : null
}
