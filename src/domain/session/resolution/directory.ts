/** The rule of `[[directories]]` for the working directory. Its axes go together, and count for nobody else. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { ProjectId, WorkspaceId } from "../../account/identifiers.ts"
import * as Config from "../../config/ConfigDocument.ts"
import { type ConfigDocument, editAt, problemInItem } from "../../config/ConfigText.ts"
import {
  type DirectoryChoice,
  type DirectoryRule,
  directoryRules,
  lineOfRule,
  listName
} from "../../config/directories.ts"
import { targetNamed } from "../../config/named.ts"
import { ConfigError, type ResolutionError } from "../../errors.ts"
import { type Command, command } from "../../hints/Command.ts"
import type { DirectorySources } from "../DirectorySources.ts"
import type { Inputs, Source } from "./Inputs.ts"
import { type Offer, offer, sourceNames } from "./Offer.ts"

export interface RuleSays {
  readonly account: Option.Option<string>
  readonly project: Option.Option<ProjectId>
  readonly workspace: Option.Option<WorkspaceId>
}

export interface ChosenRule {
  readonly origin: string
  readonly value: string
  readonly says: Either.Either<RuleSays, ResolutionError>
  readonly index: number
}

/** The deepest rule for the working directory; one that nobody can understand may be for it, and counts where no other does. */
export const chosenRule = ({ config, directories }: Inputs): Option.Option<ChosenRule> => {
  const rules = directoryRules(config)
  if (rules.length === 0) return Option.none()
  if (Option.isNone(directories.workingDirectory)) return Option.some(broken(config, noWorkingDirectory(config)))
  for (const directory of directories.workingDirectory.value) {
    const [rule, other] = rulesFor(rules, directories, directory)
    if (rule === undefined) continue
    return Option.some(
      other === undefined ? chosen(config, rule) : broken(config, twice(config, rule, other, directory))
    )
  }
  return Option.map(Option.fromNullable(rules.find(({ path }) => Option.isNone(path))), (rule) => chosen(config, rule))
}

export const rulesFor = (
  rules: ReadonlyArray<DirectoryRule>,
  { places }: DirectorySources,
  directory: string
): ReadonlyArray<DirectoryRule> =>
  // What is no UTF-8 cannot be told apart: no rule is for such a directory, only for those above it.
  directory.includes("\ufffd")
    ? []
    : rules.filter(({ path }) => Option.exists(path, (text) => places.get(text)?.path === directory))

const chosen = (config: ConfigDocument, rule: DirectoryRule): ChosenRule => {
  const { index } = rule
  const path = Option.getOrElse(rule.path, () => "?")
  return Either.match(rule.choice, {
    onLeft: (error) => broken(config, error),
    onRight: (choice) => {
      const key = "target" in choice ? "target" : "account" in choice ? "account" : "project"
      const origin = `[[${listName}]].${key} of ${path} in ${config.path}`
      return { origin, index, value: valueOf(choice), says: saysOf(config, choice, origin, index) }
    }
  })
}

const valueOf = (choice: DirectoryChoice): string =>
  "target" in choice ? choice.target : "account" in choice ? choice.account : choice.project

const saysOf = (config: ConfigDocument, choice: DirectoryChoice, origin: string, index: number) => {
  if ("target" in choice) {
    const isThere = Option.isSome(Config.target(config, choice.target))
    return Either.map(targetNamed(config, choice.target, origin, ruleFix(config, index, isThere)), (target) => ({
      account: Option.some(target.account),
      project: Option.some(target.project),
      workspace: target.workspace
    }))
  }
  const none = Option.none()
  return Either.right(
    "account" in choice
      ? { account: Option.some(choice.account), project: choice.project, workspace: none }
      : { account: none, project: Option.some(choice.project), workspace: none }
  )
}

/** Where to look when a rule names what is not there: the line costs a walk through the file. */
export const ruleFix = (config: ConfigDocument, index: number, isThere: boolean): Command | undefined =>
  isThere ? undefined : editAt(config.path, lineOfRule(config, index))

const broken = ({ path }: ConfigDocument, error: ConfigError): ChosenRule => ({
  origin: `[[${listName}]] in ${path}`,
  value: "(broken)",
  says: Either.left(error),
  index: 0
})

const noWorkingDirectory = ({ path }: ConfigDocument) =>
  new ConfigError({
    message: `The working directory cannot be found: it was removed, may not be read, or has too long a path. ${path} has rules under [[${listName}]], and one may be for it; --account or --target says who calls all the same.`,
    hints: [command`cd /`],
    details: { path, key: listName }
  })

/** Two rules for one directory: which of them is meant, only their author knows. */
export const twice = (config: ConfigDocument, first: DirectoryRule, second: DirectoryRule, directory: string) => {
  const [one, two] = [first, second].map(({ path }) => Option.getOrElse(path, () => "?"))
  const line = lineOfRule(config, first.index)
  return problemInItem(
    config,
    listName,
    second.index,
    "path",
    `${two} is for the same directory as ${one} of line ${line}: ${directory}`
  )
}

export const fromRule = <A>(
  rule: Option.Option<ChosenRule>,
  accountFrom: Source | null,
  get: (says: RuleSays) => Option.Option<A>
): ReadonlyArray<Offer<A>> =>
  Option.toArray(rule).flatMap(({ origin, says }) =>
    Either.match(says, {
      onLeft: () => [],
      onRight: (said) =>
        Option.toArray(get(said)).map((value) => ({
          ...offer("directory", origin, value),
          skip: whyNot(said, accountFrom)
        }))
    })
  )

/** The account of a rule is its own, or where it names none, the active one. */
const whyNot = ({ account }: RuleSays, accountFrom: Source | null): string | null => {
  const own = Option.isSome(account) ? "directory" : "active"
  if (accountFrom === own) return null
  const where = accountFrom === null ? "there is no account" : `the account comes from ${sourceNames[accountFrom]}`
  return `it goes with ${Option.isSome(account) ? "the account of the rule" : "the active account"}, and ${where}`
}
