/** What is wrong with the configuration file and what it says. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Config from "../config/ConfigDocument.ts"
import { argument, command } from "../hints/Command.ts"
import { type ConfigError, type FileError, fixOf } from "../errors.ts"
import type { FindingId } from "./catalogue.ts"
import type { ConfigFacts, Facts } from "./Facts.ts"
import { account, file, type Finding, finding, target, variable } from "./Finding.ts"

/** The configuration as far as it can be used; an empty one where it cannot. */
export const documentOf = ({ content, path }: ConfigFacts): Config.ConfigDocument =>
  Either.getOrElse(parsed(path, content), () => Config.empty(path))

const parsed = (path: string, content: ConfigFacts["content"]): Either.Either<Config.ConfigDocument, unknown> =>
  Either.flatMap(
    content,
    Option.match({ onNone: () => Either.right(Config.empty(path)), onSome: (text) => Config.parse(path, text) })
  )

export const configurationFindings = ({ config: { content, path }, variables }: Facts): ReadonlyArray<Finding> =>
  Either.match(content, {
    onLeft: (error) => [unreadable(path, error)],
    onRight: Option.match({
      onNone: () => (Option.isSome(variables("MP_CONFIG_PATH")) ? [missing(path)] : []),
      onSome: (text) =>
        Either.match(Config.parse(path, text), {
          onLeft: (error) => [unparsable(path, text, error)],
          onRight: inDocument
        })
    })
  })

const missing = (path: string): Finding =>
  finding(
    "config-missing",
    variable("MP_CONFIG_PATH"),
    `MP_CONFIG_PATH names ${path}, which does not exist.`,
    command`unset MP_CONFIG_PATH`
  )

const unreadable = (path: string, error: FileError): Finding => {
  if (error.problem === "wide_mode") {
    return finding("config-not-private", file(path), sentence(error), command`chmod 600 ${path}`, {
      kind: "chmod",
      path,
      mode: 0o600
    })
  }
  const id = error.problem === "symlink" ? "config-link" : "config-unreadable"
  return finding(id, file(error.path), sentence(error), error.fix)
}

/** A phrase of the disk as a sentence. */
export const sentence = ({ message }: { readonly message: string }): string =>
  message.endsWith(".") ? message : `${message}.`

const unparsable = (path: string, text: string, error: ConfigError): Finding => {
  const fix = error.hints[0] ?? Config.editAt(path, 1)
  if (text.startsWith("\uFEFF")) {
    return finding("config-byte-order-mark", file(path), error.message, fix, { kind: "stripMark", path })
  }
  const isOld = error.details?.["format"] !== undefined
  return finding(isOld ? "config-old-format" : "config-not-toml", file(path), error.message, fix)
}

const inDocument = (document: Config.ConfigDocument): ReadonlyArray<Finding> => {
  const sections = (["accounts", "targets", "active", "settings"] as const).flatMap((name) =>
    problem("section-broken", document, Config.section(document, name))
  )
  return sections.length > 0 ? sections : inBlocks(document)
}

const inBlocks = (document: Config.ConfigDocument): ReadonlyArray<Finding> => [
  ...Config.accounts(document).flatMap(({ name, value }) =>
    lefts(value).map((error) => finding("account-broken", account(name), error.message, fixOf(error.hints)))
  ),
  ...Config.targets(document).flatMap(({ name, value }) =>
    lefts(value).map((error) => finding("target-broken", target(name), error.message, fixOf(error.hints)))
  ),
  ...problem("active-broken", document, Config.active(document)),
  ...problem("header-broken", document, Config.customHeader(document)),
  ...danglingActive(document),
  ...danglingTargets(document),
  ...idleWorkspace(document)
]

const lefts = <E>(value: Either.Either<unknown, E>): ReadonlyArray<E> => (Either.isLeft(value) ? [value.left] : [])

const problem = (
  id: FindingId,
  { path }: Config.ConfigDocument,
  value: Either.Either<unknown, ConfigError>
): ReadonlyArray<Finding> => lefts(value).map((error) => finding(id, file(path), error.message, fixOf(error.hints)))

const danglingActive = (document: Config.ConfigDocument): ReadonlyArray<Finding> => {
  const known = Config.accountNames(document)
  const [first] = known
  return Option.toArray(Config.activeAccountName(document))
    .filter((name) => !known.includes(name))
    .map((name) =>
      finding(
        "active-account-dangling",
        account(name),
        `${document.path}: [active] names account '${name}', which is not configured.`,
        first === undefined ? command`mp doctor --fix` : command`mp account use ${argument(first)}`,
        { kind: "clearActive", keys: ["account", "workspace"] }
      )
    )
}

const danglingTargets = (document: Config.ConfigDocument): ReadonlyArray<Finding> => {
  const known = Config.accountNames(document)
  return Config.targets(document).flatMap(({ name, value }) =>
    Either.match(value, {
      onLeft: () => [],
      onRight: (found) =>
        known.includes(found.account)
          ? []
          : [
              finding(
                "target-account-dangling",
                target(name),
                `${document.path}: target '${name}' names account '${found.account}', which is not configured.`,
                command`mp target remove ${argument(name)}`
              )
            ]
    })
  )
}

const idleWorkspace = (document: Config.ConfigDocument): ReadonlyArray<Finding> => {
  const active = Either.getOrNull(Config.active(document))
  if (active === null || Option.isNone(active.workspace)) return []
  const why = whyIdle(document, active.account)
  return why === null
    ? []
    : [
        finding(
          "workspace-never-counts",
          file(document.path),
          `${document.path}: [active] pins workspace ${active.workspace.value}, but ${why}.`,
          command`mp doctor --fix`,
          { kind: "clearActive", keys: ["workspace"] }
        )
      ]
}

const whyIdle = (document: Config.ConfigDocument, name: Option.Option<string>): string | null => {
  if (Option.isNone(name)) return "no account is active"
  const found = Option.getOrNull(Config.account(document, name.value))
  if (found === null || Either.isLeft(found)) return null
  return Option.isNone(found.right.defaultProject) ? `account '${name.value}' has no default project` : null
}
