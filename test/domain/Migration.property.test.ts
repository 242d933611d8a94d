/** Generated files of both old formats: nothing is lost, and a second migration finds nothing to do. */
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import type { Account } from "#src/domain/account/Account.ts"
import { checkDocument } from "#src/domain/config/checkConfig.ts"
import * as Config from "#src/domain/config/ConfigDocument.ts"
import { planMigration } from "#src/domain/config/migration/MigrationPlan.ts"
import { isFaithful } from "#src/domain/toml/TomlDocument.ts"
import { renderKey } from "#src/domain/toml/render.ts"

const pick = <A>(...values: ReadonlyArray<A>) => fc.constantFrom(...values)

const names = ["alpha", "beta", "gamma", "my prod", "a.b", "Äpfel", "my-prod", "x".repeat(70)]
const regionText = pick("us", "US", "Eu", "in")
const projectText = pick("1", "22", "0333")

const header = "# header of mine\n# second line\n"
const settings = [
  "",
  "# about the settings",
  "[settings] # keep s",
  "theme = 'dark'   # keep theme",
  "odd = [ 1,",
  "  2 ]",
  "[settings.deep]",
  'x = { a = 1, "b c" = [] } # keep deep',
  ""
].join("\n")

interface Flat {
  readonly name: string
  readonly username: string
  readonly secret: string
  readonly region: string
  readonly project: string
}

const flat = (name: string) =>
  fc.record({
    name: fc.constant(name),
    username: pick("u1", "u2"),
    secret: pick("s3cret-1", 's3"cret\\2'),
    region: regionText,
    project: projectText
  })

const flats = fc
  .subarray(names, { minLength: 1 })
  .chain((chosen) => fc.tuple(...chosen.map(flat)))
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }))

const basic = (text: string): string => JSON.stringify(text)

const layouts: ReadonlyArray<(path: ReadonlyArray<string>, fields: Readonly<Record<string, string>>) => string> = [
  (path, fields) =>
    [`[${renderKey(path)}] # mine`, ...Object.entries(fields).map(([k, v]) => `  ${k}   = ${v} # why`), ""].join("\n"),
  (path, fields) =>
    [
      `# about ${path.join(" ")}`,
      `[${renderKey(path)}]`,
      "",
      ...Object.entries(fields)
        .toReversed()
        .map(([k, v]) => `${k}=${v}`),
      "",
      ""
    ].join("\n")
]

const flatFile = fc
  .record({
    accounts: flats,
    choice: fc.option(pick(...names)),
    layout: pick(...layouts),
    ends: pick("\n", "\r\n"),
    hasSettings: fc.boolean()
  })
  .map(({ accounts, choice, ends, hasSettings, layout }) => {
    const chosen = choice !== null && accounts.some(({ name }) => name === choice) ? choice : null
    const blocks = accounts.map(({ name, project, region, secret, username }) =>
      layout(["accounts", name], {
        username: basic(username),
        secret: basic(secret),
        project_id: basic(project),
        region: basic(region)
      })
    )
    const first = chosen === null ? "" : `default = ${basic(chosen)} # chosen\n`
    const text = [header, first, ...blocks, hasSettings ? settings : ""].join("\n")
    return { accounts, chosen, hasSettings, text: text.replaceAll("\n", ends) }
  })

const migrate = (text: string) => {
  const before = Either.getOrThrow(Config.parseAnyVersion("/c.toml", text))
  return Option.getOrThrow(planMigration(before))
}

const accountOf = (document: Config.ConfigDocument, name: string): Option.Option<Account> =>
  Option.flatMap(Config.account(document, name), Option.getRight)

interface Reached {
  readonly account: Account
  readonly project: string | null
  readonly workspace: number | null
}

/** Every session that a name leads to: the account's own, and the target's. */
const sessionsOf = (document: Config.ConfigDocument, name: string): ReadonlyArray<Reached> => {
  const asAccount = Option.map(
    accountOf(document, name),
    (account): Reached => ({ account, project: Option.getOrNull(account.defaultProject), workspace: null })
  )
  const target = Option.flatMap(Config.target(document, name), Option.getRight)
  const asTarget = Option.flatMap(target, ({ account, project, workspace }) =>
    Option.map(
      accountOf(document, account),
      (account): Reached => ({ account, project, workspace: Option.getOrNull(workspace) })
    )
  )
  return [...Option.toArray(asAccount), ...Option.toArray(asTarget)]
}

const isService = ({ username, secret, region }: Pick<Flat, "username" | "secret" | "region">, account: Account) =>
  account.type === "service_account" &&
  account.username === username &&
  Redacted.value(account.secret) === secret &&
  account.region === region.toLowerCase()

const expectSound = (text: string, hasSettings: boolean) => {
  const { after, before, left } = migrate(text)
  expect(isFaithful(after.toml)).toBe(true)
  // A workspace that was chosen without a project is kept as it was: it never counted.
  expect(checkDocument(after).filter(({ id }) => id !== "workspace-never-counts")).toEqual([])
  expect(Either.isLeft(Config.parse("/c.toml", before.toml.text))).toBe(true)
  const again = Either.getOrThrow(Config.parse("/c.toml", after.toml.text))
  expect(planMigration(again)).toEqual(Option.none())
  expect(after.toml.value["settings"]).toEqual(before.toml.value["settings"])
  const normal = after.toml.text.replaceAll("\r\n", "\n")
  expect(normal.startsWith(header)).toBe(true)
  if (hasSettings) expect(normal).toContain(settings.trim())
  return { after, left }
}

describe("migration of generated 0.3 files", () => {
  it("keeps every name's username, secret, region and project", () => {
    fc.assert(
      fc.property(flatFile, ({ accounts, chosen, hasSettings, text }) => {
        const { after, left } = expectSound(text, hasSettings)
        expect(left).toEqual([])
        for (const old of accounts) {
          const found = sessionsOf(after, old.name)
          expect(found.some(({ account, project }) => isService(old, account) && project === old.project)).toBe(true)
        }
        const distinct = new Set(accounts.map((a) => JSON.stringify([a.username, a.secret, a.region.toLowerCase()])))
        expect(Config.accountNames(after)).toHaveLength(distinct.size)
        const wanted = chosen ?? accounts.map(({ name }) => name).sort()[0]
        const active = accountOf(after, Option.getOrThrow(Config.activeAccountName(after)))
        const old = accounts.find(({ name }) => name === wanted)
        expect(old !== undefined && isService(old, Option.getOrThrow(active))).toBe(true)
      }),
      { numRuns: 250 }
    )
  })
})

interface Credential {
  readonly name: string
  readonly type: string
  readonly region: string
  readonly username: string
  readonly secret: string
}

const credential = (name: string): fc.Arbitrary<Credential> =>
  fc.record({
    name: fc.constant(name),
    type: pick("service_account", "oauth"),
    region: regionText,
    username: pick("u1", "u2"),
    secret: pick("s1", "s2")
  })

const saved = (credentials: ReadonlyArray<Credential>) => (name: string) =>
  fc.record({
    name: fc.constant(name),
    credential: pick(...credentials.map(({ name }) => name)),
    project: projectText,
    workspace: fc.option(pick(7, 8))
  })

const versionTwo = fc
  .subarray(names, { minLength: 1 })
  .chain((chosen) => fc.tuple(...chosen.map(credential)))
  .chain((credentials) =>
    fc.record({
      credentials: fc.constant(credentials),
      projects: fc.subarray(["one", "two", "a b", "alpha"]).chain((p) => fc.tuple(...p.map(saved(credentials)))),
      active: fc.option(
        fc.record({
          credential: pick(...credentials.map(({ name }) => name)),
          project: fc.option(projectText),
          workspace: fc.option(pick(5, 6))
        })
      ),
      layout: pick(...layouts),
      hasSettings: fc.boolean()
    })
  )

type VersionTwo = typeof versionTwo extends fc.Arbitrary<infer A> ? A : never

const textOf = ({ active, credentials, hasSettings, layout, projects }: VersionTwo): string =>
  [
    header,
    "config_version = 2\n",
    ...credentials.map(({ name, region, secret, type, username }) =>
      layout(["credentials", name], {
        type: basic(type),
        region: basic(region),
        ...(type === "oauth" ? {} : { username: basic(username), secret: basic(secret) })
      })
    ),
    ...projects.map(({ credential, name, project, workspace }) =>
      layout(["projects", name], {
        project_id: basic(project),
        credential: basic(credential),
        ...(workspace === null ? {} : { workspace_id: String(workspace) })
      })
    ),
    ...(active === null
      ? []
      : [
          layout(["active"], {
            credential: basic(active.credential),
            ...(active.project === null ? {} : { project_id: basic(active.project) }),
            ...(active.workspace === null ? {} : { workspace_id: String(active.workspace) })
          })
        ]),
    hasSettings ? settings : ""
  ].join("\n")

const isCredential = (old: Credential, account: Account): boolean =>
  old.type === "oauth"
    ? account.type === "oauth_browser" && account.region === old.region.toLowerCase()
    : isService(old, account)

describe("migration of generated 2.x files", () => {
  it("keeps every credential, saved project and choice", () => {
    fc.assert(
      fc.property(versionTwo, (file) => {
        const { after, left } = expectSound(textOf(file), file.hasSettings)
        expect(left).toEqual([])
        expect(Config.accountNames(after)).toHaveLength(file.credentials.length)
        const all = Config.accounts(after).flatMap(({ value }) => Option.toArray(Either.getRight(value)))
        for (const old of file.credentials) expect(all.some((account) => isCredential(old, account))).toBe(true)
        for (const { credential, name, project, workspace } of file.projects) {
          const old = file.credentials.find(({ name }) => name === credential)
          const isMine = (session: Reached) =>
            old !== undefined &&
            isCredential(old, session.account) &&
            session.project === project &&
            session.workspace === workspace
          expect(sessionsOf(after, name).some(isMine)).toBe(true)
        }
        expectChoice(file, after)
      }),
      { numRuns: 250 }
    )
  })
})

const expectChoice = ({ active, credentials }: VersionTwo, after: Config.ConfigDocument) => {
  const choice = Either.getOrThrow(Config.active(after))
  const account = Option.flatMap(choice.account, (name) => accountOf(after, name))
  const old = credentials.find(({ name }) => name === active?.credential)
  expect(Option.isSome(account)).toBe(old !== undefined)
  if (old === undefined || Option.isNone(account) || active === null) return
  expect(isCredential(old, account.value)).toBe(true)
  expect(Option.getOrNull(account.value.defaultProject)).toBe(active.project)
  expect(Option.getOrNull(choice.workspace)).toBe(active.workspace)
}
