/** The configuration: TOML, its editor, the accounts in it, and old formats. `smol-toml` says what a text means. */
import { isDeepStrictEqual } from "node:util"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as TOML from "smol-toml"
import { checkDocument } from "#src/domain/config/checkConfig.ts"
import * as Config from "#src/domain/config/ConfigDocument.ts"
import * as Edits from "#src/domain/config/ConfigEdits.ts"
import { AccountName, ProjectId, WorkspaceId } from "#src/domain/account/identifiers.ts"
import { OAuthBrowserAccount } from "#src/domain/account/Account.ts"
import { planMigration } from "#src/domain/config/migration/MigrationPlan.ts"
import { maskText } from "#src/domain/toml/mask.ts"
import { putItem, removeItem, setInItem } from "#src/domain/toml/TomlList.ts"
import * as Toml from "#src/domain/toml/TomlDocument.ts"
import { fixtures, mutated, nasty, pick } from "./generators.ts"
import { must, target } from "./target.ts"

const today = [
  ...fixtures(".toml"),
  '[accounts.a]\ntype = "oauth_browser"\nregion = "us"\n\n[active]\naccount = "a"\nworkspace = 5\n\n[targets.t]\naccount = "a"\nproject = "1"\n',
  'accounts.a.type = "oauth_browser"\naccounts."a".region = \'us\'\nactive = { account = "a" } # why\n',
  "accounts = { a = { type = 'oauth_browser', region = 'us' } }\n[settings]\nx = [ 1,\n 2 ] # keep\n",
  '\ufeff# first\r\n[accounts.a]\r\ntype = "oauth_browser"\r\nregion = "us"\r\n',
  '# mine\n[[directories]]\npath = "~/w" # here\naccount = "a"\n\n[[directories]]\n[directories.sub]\n[accounts.a]\ntype = "oauth_browser"\nregion = "us"\n',
  'directories = [ { path = "/", target = "t" }, # }\n  { path = "~" } ]\n[targets.t]\naccount = "a"\nproject = "1"\n',
  '[settings.custom_header]\nname = "X-C"\nvalue = """\nlong\n"""\n[[other]]\nx = 1\n[[other]]\n'
]
const old = [
  'default = "a"\n[accounts.a]\nusername = "u"\nsecret = "s"\nproject_id = "1"\nregion = "US"\n[accounts.b]\nusername = "u"\nsecret = "s"\nproject_id = "2"\nregion = "us"\n',
  'config_version = 2\n[credentials.c]\ntype = "oauth"\nregion = "eu"\n[projects.p]\ncredential = "c"\nproject_id = "1"\nworkspace_id = 3\n[active]\ncredential = "c"\nproject_id = "1"\nworkspace_id = 3\n'
]

/** What the text means to another reader. Integers as there: beyond the safe range as `bigint`. */
const meaning = (text: string): unknown => TOML.parse(text, { integersAsBigInt: "asNeeded" })

const isFaithful = (document: Toml.TomlDocument): boolean =>
  isDeepStrictEqual(plain(meaning(document.text)), plain(document.value))

/** Without prototypes, which say nothing. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null || value instanceof Date) return value
  return new Map(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

const key = pick([
  "accounts",
  "active",
  "a",
  "type",
  "region",
  "x",
  "__proto__",
  "",
  "b c",
  "settings",
  "deep",
  ...nasty.slice(0, 12)
])
const path = fc.array(key, { minLength: 1, maxLength: 3 })
const scalar = fc.oneof(pick(nasty), fc.integer(), fc.boolean())
const edit = fc.oneof(
  fc.tuple(fc.constant("set" as const), path, scalar),
  fc.tuple(fc.constant("remove" as const), path, scalar),
  fc.tuple(fc.constant("put" as const), path, scalar),
  fc.tuple(
    fc.constantFrom("item", "setItem", "removeItem"),
    fc.constantFrom(["directories"], ["other"], ["a", "x"]),
    scalar
  )
)

const edited = (
  document: Toml.TomlDocument,
  [kind, at, value]: typeof edit extends fc.Arbitrary<infer E> ? E : never
) => {
  const index = typeof value === "string" ? value.length % 3 : 0
  if (kind === "item") return putItem(document, at, index, [["path", value]])
  if (kind === "setItem") return setInItem(document, at, index, "account", value)
  if (kind === "removeItem") return removeItem(document, at, index)
  if (kind === "set") return Toml.set(document, at, value)
  return kind === "remove"
    ? Toml.remove(document, at)
    : Toml.putTable(document, at, [
        ["k", value],
        ["type", "x"]
      ])
}

const account = new OAuthBrowserAccount({ name: AccountName.make("new"), region: "eu" })

const changes = (document: Config.ConfigDocument): ReadonlyArray<Edits.Edit<unknown>> => {
  const names = Config.accountNames(document).slice(0, 3)
  return [
    Edits.addAccount(account),
    ...names.flatMap((name) => [
      Edits.useAccount(name),
      Edits.updateAccount(name, { defaultProject: ProjectId.make("7") }),
      Edits.removeAccount(name, { force: true })
    ]),
    Edits.useInDirectory({ project: ProjectId.make("7") }, "~/w", (path) => path === "~/w"),
    Edits.unsetInDirectory((path) => path.startsWith("~")),
    ...names.map((name) => Edits.renameAccount(name, AccountName.make("renamed"))),
    Edits.useProject(ProjectId.make("8"), Option.none()),
    Edits.useWorkspace(WorkspaceId.make(9), Option.none()),
    ...Config.targetNames(document)
      .slice(0, 2)
      .flatMap((name) => [Edits.useTarget(name), Edits.removeTarget(name)])
  ]
}

const looked = (document: Config.ConfigDocument): void => {
  checkDocument(document)
  Config.accounts(document)
  Config.targets(document)
  Config.customHeader(document)
  Config.projectSettings(document, ProjectId.make("1"))
  maskText(document.toml, () => true)
}

export const configTargets = [
  target(
    "TOML and its editor",
    3,
    fc.tuple(mutated([...today, ...old]), fc.array(edit, { maxLength: 3 })),
    ([text, edits]) => {
      const parsed = Toml.parse(text)
      must(Either.isRight(parsed) === isToml(text), "both readers take the same texts")
      if (Either.isLeft(parsed)) return
      const last = edits.reduce(edited, parsed.right)
      must(isFaithful(last), "an edited text means what the edit says")
    }
  ),
  target("config.toml", 2, mutated(today), (text) => {
    const parsed = Config.parse("/config.toml", text)
    if (Either.isLeft(parsed)) return
    looked(parsed.right)
    for (const change of changes(parsed.right)) {
      const after = change(parsed.right)
      if (Either.isRight(after)) must(isFaithful(after.right.document.toml), "a change writes what it means")
    }
  }),
  target("old formats", 2, mutated(old), (text) => {
    const parsed = Config.parseAnyVersion("/config.toml", text)
    if (Either.isLeft(parsed)) return
    const plan = planMigration(parsed.right)
    if (Option.isNone(plan)) return
    must(isFaithful(plan.value.after.toml), "a migrated text means what the plan says")
    must(Option.isNone(planMigration(plan.value.after)), "a second migration finds nothing to do")
  })
]

const isToml = (text: string): boolean => Either.isRight(Either.try(() => meaning(text)))
