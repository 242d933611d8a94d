import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import { OAuthBrowserAccount } from "#src/domain/account/Account.ts"
import { command } from "#src/domain/hints/Command.ts"
import * as Config from "#src/domain/config/ConfigDocument.ts"
import * as Edits from "#src/domain/config/ConfigEdits.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { planMigration } from "#src/domain/config/migration/MigrationPlan.ts"
import { checkNewName, collide, freeName, whyReserved } from "#src/domain/account/newAccountName.ts"

const check = (name: string, taken: ReadonlyArray<string>) =>
  checkNewName(AccountName.make(name), taken, (free) => command`mp account add ${free}`)

const document = (...names: ReadonlyArray<string>) =>
  Either.getOrThrow(
    Config.parse("/c.toml", names.map((name) => `[accounts.${name}]\ntype = "oauth_browser"\nregion = "us"\n`).join(""))
  )
const browser = (name: AccountName) => new OAuthBrowserAccount({ name, region: "us", defaultProject: Option.none() })

/** Names as `accounts/NAME` may have them, near to those that collide or are reserved. */
const names = fc
  .oneof(
    fc.constantFrom("con", "nul", "com1", "lpt9", "env-oauth-token", "me", "__proto__", "constructor", "a".repeat(64)),
    fc.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/)
  )
  .chain((name) => fc.constantFrom(name, name.toUpperCase(), name.toLowerCase()))

describe("a new name", () => {
  it.each([
    [
      "ME",
      ["me"],
      "ACCOUNT_EXISTS",
      /'ME' cannot be added: .* share its files with account 'me'/,
      "mp account add ME-2"
    ],
    ["me", ["me"], "ACCOUNT_EXISTS", /'me' already exists/, "mp account use me"],
    ["CON", [], "INVALID_ARGUMENT", /'CON': Windows keeps it for a device/, "mp account add CON-2"],
    ["lpt1", ["lpt1-2"], "INVALID_ARGUMENT", /Windows/, "mp account add lpt1-3"],
    ["Env-OAuth-Token", [], "INVALID_ARGUMENT", /environment/, "mp account add Env-OAuth-Token-2"]
  ] as const)("%s beside %j is refused: %s", (name, taken, code, message, hint) => {
    const error = Either.getOrThrow(Either.flip(check(name, taken)))
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(error.hints[0]).toBe(hint)
  })

  it.each(["com", "com10", "console", "null", "constructor", "__proto__", "toString"])(
    "%s is one like any other",
    (name) => expect(Either.isRight(check(name, ["me"]))).toBe(true)
  )

  it.prop(
    "that is free passes the check, collides with nobody and is a name",
    [names, fc.array(names)],
    ([name, taken]) => {
      const free = freeName(AccountName.make(name), taken)
      expect(Either.isRight(check(free, taken))).toBe(true)
      expect(taken.filter((other) => other === free || collide(other, free))).toEqual([])
      expect(whyReserved(free)).toBeNull()
    }
  )
})

describe("every way that a name gets into the configuration", () => {
  it.each(["ME", "nul", "env-service-account"])("%s is not added, and no login makes it", (name) => {
    const account = browser(AccountName.make(name))
    const before = document("me")
    expect(Either.isLeft(Edits.addAccount(account)(before))).toBe(true)
    expect(Either.isLeft(Edits.signIn("given", browser, account.name)(before))).toBe(true)
  })

  it("a name that a login proposes is numbered until it is none of them", () => {
    const proposed = Edits.signIn("proposed", browser, AccountName.make("con"))(document("me", "CON-2"))
    expect(Either.getOrThrow(proposed).result.account.name).toBe("con-3")
  })

  it("who has such a name already keeps it: it is used, changed, and logged in to", () => {
    const before = document("Me", "me", "nul", "env-oauth-token")
    for (const name of ["Me", "nul", "env-oauth-token"]) {
      expect(Either.isRight(Edits.useAccount(name)(before))).toBe(true)
      expect(Either.isRight(Edits.updateAccount(name, { region: "eu" })(before))).toBe(true)
      expect(Either.isRight(Edits.signIn("given", browser, AccountName.make(name))(before))).toBe(true)
    }
  })

  it("removing one of two that share a directory on some disks says so", () => {
    const neighbour = (name: string) =>
      Either.getOrThrow(Edits.removeAccount(name, { force: false })(document("Me", "me", "you"))).result.neighbour
    expect([neighbour("Me"), neighbour("you")]).toEqual([Option.some("me"), Option.none()])
  })

  it("a migration gives each old account a name that collides with none", () => {
    const old = ["Team", "team", "TEAM", "con", "a b", "a-b"]
      .map(
        (name) =>
          `[credentials.${JSON.stringify(name)}]\ntype = "service_account"\nusername = "${name}"\nsecret = "s"\nregion = "us"\n`
      )
      .join("\n")
    const plan = Option.getOrThrow(
      planMigration(Either.getOrThrow(Config.parseAnyVersion("/c.toml", `config_version = 2\n${old}`)))
    )
    const made = Config.accountNames(plan.after)
    expect(made).toHaveLength(6)
    expect(new Set(made.map((name) => name.toLowerCase())).size).toBe(6)
    expect(made.map(whyReserved)).toEqual(made.map(() => null))
  })
})
