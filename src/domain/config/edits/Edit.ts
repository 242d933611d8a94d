import * as Either from "effect/Either"
import * as Option from "effect/Option"
import {
  type Account,
  decodeAccount,
  decodeAccountGivenElsewhere,
  encodeAccount,
  isGivenElsewhere
} from "../../account/Account.ts"
import { type EditError, InvalidArgument } from "../../errors.ts"
import type { Command } from "../../hints/Command.ts"
import { describeIssues } from "../../internal/decode.ts"
import * as Toml from "../../toml/TomlDocument.ts"
import { tableAt } from "../../toml/TomlValue.ts"
import * as Config from "../ConfigDocument.ts"
import type { ConfigDocument } from "../ConfigDocument.ts"
import { hasSource } from "../credentialSources.ts"
import { accountNamed } from "../named.ts"

/**
 * The edited document, and what the edit has to tell about itself.
 * @since 0.1.0
 * @category models
 */
export interface Edited<A> {
  readonly document: ConfigDocument
  readonly result: A
}

/**
 * A change of the configuration.
 * @since 0.1.0
 * @category models
 */
export type Edit<A> = (document: ConfigDocument) => Either.Either<Edited<A>, EditError>

/**
 * Runs one edit after the other as one change; the second sees what the first did.
 * @since 0.1.0
 * @category edits
 */
export const andThen =
  <A, B>(first: Edit<A>, second: (result: A) => Edit<B>): Edit<B> =>
  (document) =>
    Either.flatMap(first(document), (edited) => second(edited.result)(edited.document))

export const onToml = (
  document: ConfigDocument,
  change: (toml: Toml.TomlDocument) => Toml.TomlDocument
): ConfigDocument => Config.withToml(document, change(document.toml))

export const setKey = (document: ConfigDocument, keys: Toml.TomlPath, value: Toml.TomlScalar): ConfigDocument =>
  onToml(document, (toml) => Toml.set(toml, keys, value))

export const removeKey = (document: ConfigDocument, keys: Toml.TomlPath): ConfigDocument =>
  onToml(document, (toml) => Toml.remove(toml, keys))

export const putAccount = (document: ConfigDocument, account: Account): ConfigDocument =>
  putBlock(document, account, encodeAccount(account))

const putBlock = (document: ConfigDocument, { name }: Account, entries: Toml.TomlEntries): ConfigDocument =>
  onToml(document, (toml) => Toml.putTable(toml, ["accounts", name], entries))

/** What stands in the block of an account whose credential is given elsewhere is the user's: it stays as it is. */
const entriesOf = (account: Account, body: Readonly<Record<string, unknown>>): Toml.TomlEntries => {
  const encoded = encodeAccount(account)
  if (!isGivenElsewhere(account)) return encoded
  const unused = ["secret", "token", "token_env"]
  return [
    ...encoded.filter(([key]) => !unused.includes(key)),
    ...unused.flatMap((key) => (typeof body[key] === "string" ? [[key, body[key]] as const] : []))
  ]
}

export const requireTables = (document: ConfigDocument) =>
  Either.all([
    Config.section(document, "accounts"),
    Config.section(document, "targets"),
    Config.section(document, "active")
  ])

export const requireAccount = (
  document: ConfigDocument,
  name: string,
  origin: string,
  fix?: Command
): Either.Either<Account, EditError> =>
  Either.flatMap(requireTables(document), () => accountNamed(document, name, origin, fix))

export const rewriteAccount = (
  document: ConfigDocument,
  name: string,
  changes: Readonly<Record<string, string | null>>
): Either.Either<Edited<Account>, EditError> =>
  Either.flatMap(Config.section(document, "accounts"), (accounts) => {
    const keys = Object.entries({ ...tableAt(accounts, [name]), ...changes })
    const body = Object.fromEntries(keys.filter(([, value]) => value !== null))
    const decode = hasSource(document, name) ? decodeAccountGivenElsewhere : decodeAccount
    return Either.mapBoth(decode(name, body), {
      onLeft: (issues) =>
        new InvalidArgument({
          message: `Account '${name}': ${describeIssues(issues)}.`,
          hints: [Config.editAt(document.path, 1)]
        }),
      onRight: (account) => ({
        document: putBlock(document, account, entriesOf(account, body)),
        result: account
      })
    })
  })

export const isActive = (document: ConfigDocument, name: string): boolean =>
  Option.contains(Config.activeAccountName(document), name)

export const activate = (document: ConfigDocument, name: string): ConfigDocument =>
  clearPin(setKey(document, ["active", "account"], name))

export const clearPin = (document: ConfigDocument): ConfigDocument =>
  onToml(document, (toml) => clearActive(toml, ["workspace"]))

/** A pinned workspace does not follow its account to another project or region. */
export const unpinIfMoved = (document: ConfigDocument, before: Account, after: Account): ConfigDocument => {
  const moved = after.region !== before.region || !sameProject(after.defaultProject, before.defaultProject)
  return moved && isActive(document, after.name) ? clearPin(document) : document
}

const sameProject = Option.getEquivalence<string>((a, b) => a === b)

export const clearActive = (toml: Toml.TomlDocument, keys: ReadonlyArray<string>): Toml.TomlDocument => {
  const cleared = keys.reduce((edited, key) => Toml.remove(edited, ["active", key]), toml)
  return Object.keys(tableAt(cleared.value, ["active"])).length === 0 ? Toml.remove(cleared, ["active"]) : cleared
}
