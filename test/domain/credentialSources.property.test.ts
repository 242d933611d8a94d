/** Whatever is done with accounts: their tables come and go with them, and mixpanel_headless reads the file. */
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TOML from "smol-toml"
import {
  accountGivenElsewhere,
  OAuthBrowserAccount,
  OAuthTokenAccount,
  ServiceAccount
} from "#src/domain/account/Account.ts"
import { AccountName, ProjectId, type Region } from "#src/domain/account/identifiers.ts"
import { sourceText } from "#src/domain/account/CredentialSource.ts"
import { checkDocument } from "#src/domain/config/checkConfig.ts"
import * as Config from "#src/domain/config/ConfigDocument.ts"
import * as Edits from "#src/domain/config/ConfigEdits.ts"
import { maskedText } from "#src/domain/config/ConfigView.ts"
import { sourceNames, sourceOf } from "#src/domain/config/credentialSources.ts"
import { configProblems } from "../support/headlessConfig.ts"

const right = <A, E>(either: Either.Either<A, E>): A => Either.getOrThrow(either)
const parsed = (text: string) => right(Config.parse("/c.toml", text))

const name = fc.constantFrom("a", "b", "c").map((text) => AccountName.make(text))
const word = fc.string({ unit: "grapheme", maxLength: 6 }).filter((text) => !text.includes("\0"))
const words = fc.array(word, { maxLength: 3 }).map((more) => ["pass", ...more])
const command = words.map((all): Edits.NewSource => ({ kind: "command", words: all }))
const file = fc.constant<Edits.NewSource>({ kind: "file", path: "~/token" })
const region = fc.constantFrom<Region>("us", "eu", "in")
const common = (name: AccountName, region: Region) => ({
  name,
  region,
  defaultProject: Option.none<ProjectId>()
})

const added = fc
  .tuple(
    name,
    region,
    fc.constantFrom("service", "bearer", "browser", "secret", "token"),
    command,
    fc.oneof(command, file)
  )
  .map(([name, region, kind, secret, token]): Edits.Edit<unknown> => {
    switch (kind) {
      case "secret":
        return Edits.addAccount(accountGivenElsewhere("robot", common(name, region)), Option.some(secret))
      case "token":
        return Edits.addAccount(accountGivenElsewhere("", common(name, region)), Option.some(token))
      case "service":
        return Edits.addAccount(
          new ServiceAccount({ ...common(name, region), username: "u", secret: Redacted.make("own") })
        )
      case "bearer":
        return Edits.addAccount(new OAuthTokenAccount({ ...common(name, region), tokenEnv: Option.some("VAR") }))
      default:
        return Edits.addAccount(new OAuthBrowserAccount(common(name, region)))
    }
  })

const changed = fc
  .tuple(
    name,
    fc.oneof(
      command.map((source) => ({ source })),
      file.map((source) => ({ source })),
      fc.constant({ secret: Redacted.make("own again") }),
      fc.constant({ token: Redacted.make("own again") }),
      fc.constant({ tokenEnv: "OTHER" }),
      fc.constant({ defaultProject: ProjectId.make("7") }),
      region.map((region) => ({ region }))
    )
  )
  .map(([name, changes]): Edits.Edit<unknown> => Edits.updateAccount(name, changes))

const removed = name.map((name): Edits.Edit<unknown> => Edits.removeAccount(name, { force: true }))
const renamed = fc.tuple(name, name).map(([from, to]): Edits.Edit<unknown> => Edits.renameAccount(from, to))
const edits = fc.array(fc.oneof({ arbitrary: added, weight: 3 }, changed, removed, renamed), { maxLength: 12 })

/** How the tables are written to begin with. */
const beginnings = [
  "",
  '# mine\n[settings.custom_header]\nname = "X"\nvalue = "1"\n',
  '[settings]\ncredential_commands = { z = { secret = ["op", "read"], timeout = 3 } }\n[accounts.z]\ntype = "service_account"\nregion = "us"\nusername = "u"\nsecret = ""\n',
  '[settings]\ncredential_commands.z.token_file = "/run/t"\n[accounts.z]\ntype = "oauth_token"\nregion = "us"\ntoken_env = "NOBODY"\n'
]

describe("tables of accounts", () => {
  it("stand for accounts of theirs after any changes, and mixpanel_headless takes the file", () => {
    fc.assert(
      fc.property(fc.constantFrom(...beginnings), edits, (beginning, all) => {
        let document = parsed(beginning)
        for (const edit of all) {
          const outcome = edit(document)
          if (Either.isRight(outcome)) document = right(Config.verified(outcome.right.document))
        }
        expect(configProblems(TOML.parse(document.toml.text))).toEqual([])
        const names = Config.accountNames(document)
        expect(sourceNames(document).filter((name) => !names.includes(name))).toEqual([])
        expect(checkDocument(document)).toEqual([])
        for (const { value } of Config.accounts(document)) {
          const account = right(value)
          const source = right(sourceOf(document, account.name))
          const own =
            account.type === "service_account"
              ? Redacted.value(account.secret) !== ""
              : account.type === "oauth_browser" || !Option.contains(account.tokenEnv, "MP_TOKEN_BY_COMMAND")
          expect([account.name, Option.isNone(source)]).toEqual([account.name, own])
        }
      }),
      { numRuns: 300 }
    )
  })

  it("keep their words through a rename and a change of something else, however they are written", () => {
    for (const beginning of beginnings.slice(2)) {
      const before = parsed(beginning)
      const text = Option.getOrThrow(Option.map(right(sourceOf(before, "z")), ({ source }) => sourceText(source)))
      const renamed = right(Edits.renameAccount("z", AccountName.make("y"))(before)).document
      const moved = right(Edits.updateAccount("y", { region: "eu" })(right(Config.verified(renamed)))).document
      expect(Option.map(right(sourceOf(moved, "y")), ({ source }) => sourceText(source))).toEqual(Option.some(text))
      expect(sourceNames(right(Config.verified(moved)))).toEqual(["y"])
    }
  })

  it("keep a time limit when the command changes, and lose a credential that stood in the account", () => {
    const before = parsed(
      '[accounts.z]\ntype = "service_account"\nregion = "us"\nusername = "u"\nsecret = "old"\n[settings.credential_commands.z]\nsecret = ["op"]\ntimeout = 3\n'
    )
    const source: Edits.NewSource = { kind: "command", words: ["pass", "show"] }
    const { document, result } = right(Edits.updateAccount("z", { source })(before))
    expect(result).toMatchObject({ changed: ["secret_command"], identityChanged: true })
    expect(document.toml.text).toBe(
      '[accounts.z]\ntype = "service_account"\nregion = "us"\nusername = "u"\nsecret = ""\n[settings.credential_commands.z]\nsecret = ["pass", "show"]\ntimeout = 3\n'
    )
  })

  it("a secret that stands beside a table is not used, and stays where it is", () => {
    const before = parsed(
      '[accounts.z]\ntype = "service_account"\nregion = "us"\nusername = "u"\nsecret = "old"\n[settings.credential_commands.z]\nsecret = ["op"]\n'
    )
    const { document, result } = right(Edits.updateAccount("z", { region: "eu" })(before))
    expect(document.toml.text).toBe(before.toml.text.replace('"us"', '"eu"'))
    expect(result.account.type === "service_account" && Redacted.value(result.account.secret)).toBe("")
  })

  it.each([
    [{ source: { kind: "file", path: "~/t" } }, "service_account", /has no token_file/],
    [{ source: { kind: "command", words: ["a"] } }, "oauth_browser", /has no token_command/],
    [{ source: { kind: "command", words: ["a"] }, tokenEnv: "X" }, "oauth_token", /not both/]
  ] as const)("%j does not fit an account of type %s", (changes, type, message) => {
    const rest = { service_account: 'username = "u"\nsecret = "s"', oauth_browser: "", oauth_token: 'token = "t"' }[
      type
    ]
    const document = parsed(`[accounts.z]\ntype = "${type}"\nregion = "us"\n${rest}\n`)
    expect(Either.getOrNull(Either.flip(Edits.updateAccount("z", changes)(document)))?.message).toMatch(message)
  })

  it("show the words of a command, and hide every secret", () => {
    const text = maskedText(
      parsed(
        '[accounts.z]\ntype = "service_account"\nsecret = "s3cret"\n[settings.credential_commands.z]\nsecret = ["op", "read"]\n'
      )
    )
    expect(text).toContain('secret = ["op", "read"]')
    expect(text).not.toContain("s3cret")
  })

  it("of accounts that are not there, and what is no table, are told with their lines", () => {
    const problems = (text: string) => checkDocument(parsed(text)).map(({ error, id }) => [id, error.message])
    expect(problems('\n[settings.credential_commands.gone]\nsecret = ["op"]\n')).toEqual([
      [
        "credential-command-unused",
        "/c.toml:2: `[settings.credential_commands.gone]` is for account 'gone', which is not configured, and nobody runs it."
      ]
    ])
    expect(problems("[settings]\ncredential_commands = 3\n")).toEqual([
      [
        "credential-commands-broken",
        "/c.toml:2: `[settings].credential_commands` must be a table with a table for each account."
      ]
    ])
  })
})
