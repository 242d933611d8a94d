import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { EditError } from "../../errors.ts"
import { argument, command } from "../../hints/Command.ts"
import { removeItem, putItem } from "../../toml/TomlList.ts"
import type { TomlEntries } from "../../toml/TomlValue.ts"
import type { ConfigDocument } from "../ConfigDocument.ts"
import { type DirectoryChoice, directoryRules, listName, soundList } from "../directories.ts"
import { targetNamed } from "../named.ts"
import { type Edit, onToml, requireAccount } from "./Edit.ts"

type LeadsThere = (path: string) => boolean

const rulesThere = (document: ConfigDocument, leadsThere: LeadsThere) =>
  Either.map(soundList(document), () =>
    directoryRules(document).flatMap(({ index, path }) =>
      Option.toArray(Option.map(Option.filter(path, leadsThere), (path) => ({ index, path })))
    )
  )

/** What is chosen has to be there: a rule is not made for later. */
const requireChoice = (document: ConfigDocument, choice: DirectoryChoice): Either.Either<unknown, EditError> => {
  if ("account" in choice) return requireAccount(document, choice.account, "--account")
  if ("project" in choice) return Either.right(null)
  return Either.flatMap(targetNamed(document, choice.target), ({ account, name }) =>
    requireAccount(
      document,
      account,
      `target '${name}' in ${document.path}`,
      command`mp target remove ${argument(name)}`
    )
  )
}

const entriesOf = (choice: DirectoryChoice): TomlEntries => {
  if ("target" in choice) return [["target", choice.target]]
  if (!("account" in choice)) return [["project", choice.project]]
  return [["account", choice.account], ...Option.toArray(choice.project).map((id) => ["project", id] as const)]
}

/**
 * Makes one rule for a directory, in place of those that there are; the answer is its path as it is written. A new one is
 * written under `path`.
 * @since 0.1.0
 * @category edits
 */
export const useInDirectory =
  (choice: DirectoryChoice, path: string, leadsThere: LeadsThere): Edit<string> =>
  (document) =>
    Either.gen(function* () {
      yield* requireChoice(document, choice)
      const [first, ...others] = yield* rulesThere(document, leadsThere)
      const kept = first ?? { index: directoryRules(document).length, path }
      const alone = withoutRules(document, others)
      const entries: TomlEntries = [["path", kept.path], ...entriesOf(choice)]
      return {
        document: onToml(alone, (toml) => putItem(toml, [listName], kept.index, entries)),
        result: kept.path
      }
    })

/**
 * Removes the rules for a directory: their paths, as they were written.
 * @since 0.1.0
 * @category edits
 */
export const unsetInDirectory =
  (leadsThere: LeadsThere): Edit<ReadonlyArray<string>> =>
  (document) =>
    Either.map(rulesThere(document, leadsThere), (there) => ({
      document: withoutRules(document, there),
      result: there.map(({ path }) => path)
    }))

/** The last one first, so that the places of the others stay. */
const withoutRules = (document: ConfigDocument, rules: ReadonlyArray<{ readonly index: number }>): ConfigDocument =>
  onToml(document, (toml) => rules.reduceRight((edited, { index }) => removeItem(edited, [listName], index), toml))
