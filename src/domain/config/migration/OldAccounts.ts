import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Account } from "../../account/Account.ts"
import { AccountName, parse } from "../../account/identifiers.ts"
import { freeName } from "../../account/newAccountName.ts"
import type { TomlTable, TomlValue } from "../../toml/TomlDocument.ts"
import { isTable, ownValue, tableAt } from "../../toml/TomlValue.ts"
import { type ConvertedAccount, convertAccount, projectOf } from "./OldBlocks.ts"

type OldTable = "accounts" | "credentials"

export interface OldAccount {
  readonly table: OldTable
  readonly name: string
  /** The project of its block, whatever became of it. */
  readonly project: Option.Option<string>
  readonly converted: Either.Either<ConvertedAccount, string>
  /** The old name whose account stands for this one, too: its own, or that of an equal one. */
  readonly standIn: string
  readonly nameToday: string
}

export const oldAccounts = (root: TomlTable): ReadonlyArray<OldAccount> => {
  const today = typedAccounts(root)
  const nameToday = makeNames(today, [...validNames(root, "accounts"), ...validNames(root, "credentials")])
  const named = ([name, block]: Block) => ({ name, block, nameToday: nameToday(name) })
  const flat = flatBlocks(root).map(named)
  const credentials = sorted(tableAt(root, ["credentials"])).map(named)
  return [...merged(flat.map(convert("accounts"))), ...credentials.map(convert("credentials"))]
}

type Block = readonly [name: string, block: TomlValue]

const sorted = (table: TomlTable): ReadonlyArray<Block> =>
  Object.entries(table).sort(([a], [b]) => (a < b ? -1 : Number(a > b)))

const flatBlocks = (root: TomlTable): ReadonlyArray<Block> =>
  sorted(tableAt(root, ["accounts"])).filter(([, block]) => !isTyped(block))

const isTyped = (block: TomlValue): boolean => isTable(block) && ownValue(block, "type") !== undefined

const typedAccounts = (root: TomlTable): ReadonlySet<string> =>
  new Set(Object.entries(tableAt(root, ["accounts"])).flatMap(([name, block]) => (isTyped(block) ? [name] : [])))

const parseName = parse(AccountName)

const validNames = (root: TomlTable, table: OldTable): ReadonlyArray<string> =>
  Object.keys(tableAt(root, [table])).filter((name) => Either.isRight(parseName(name)))

/**
 * Gives a name that no other account has: the old one where that is possible.
 *
 * @param today the names of accounts that stay as they are
 * @param wanted names that somebody may keep: nobody is renamed to one of them
 */
const makeNames = (today: Iterable<string>, wanted: ReadonlyArray<string>) => {
  const given = [...today]
  return (name: string): AccountName => {
    const base = AccountName.make(name.replace(/[^a-zA-Z0-9_-]+/g, "-").slice(0, 56) || "account")
    const kept = Option.filter(Either.getRight(parseName(name)), (valid) => freeName(valid, given) === valid)
    const chosen = Option.getOrElse(kept, () => freeName(base, [...given, ...wanted]))
    given.push(chosen)
    return chosen
  }
}

const convert =
  (table: OldTable) =>
  ({ block, name, nameToday }: { readonly name: string; readonly block: TomlValue; readonly nameToday: string }) => ({
    table,
    name,
    nameToday,
    standIn: name,
    project: isTable(block) ? Option.map(projectOf(block), ([, project]) => project) : Option.none(),
    converted: convertAccount(nameToday, block)
  })

/** Flat accounts that differ in nothing but their project share the account that comes first. */
const merged = (accounts: ReadonlyArray<OldAccount>): ReadonlyArray<OldAccount> => {
  const firsts = new Map<string, OldAccount>()
  return accounts.map((old) => {
    const key = Either.match(old.converted, { onLeft: () => undefined, onRight: ({ account }) => identityOf(account) })
    if (key === undefined) return old
    const first = firsts.get(key)
    if (first === undefined) firsts.set(key, old)
    return first === undefined ? old : { ...old, standIn: first.name, nameToday: first.nameToday }
  })
}

const identityOf = (account: Account): string | undefined =>
  account.type === "service_account"
    ? JSON.stringify([account.username, Redacted.value(account.secret), account.region])
    : undefined

/** The account of today that a credential's name leads to; the tables of 2.x come first. */
export const nameTodayOf = (root: TomlTable, old: ReadonlyArray<OldAccount>, name: string): Option.Option<string> => {
  const usable = old.filter((account) => account.name === name && Either.isRight(account.converted))
  const found = usable.find(({ table }) => table === "credentials") ?? usable[0]
  if (found !== undefined) return Option.some(found.nameToday)
  const block = ownValue(tableAt(root, ["accounts"]), name)
  return isTable(block) && ownValue(block, "type") !== undefined ? Option.some(name) : Option.none()
}
