/** Each edit of a hand-written file, with the exact text that it leaves. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { OAuthBrowserAccount, OAuthTokenAccount, ServiceAccount } from "#src/domain/account/Account.ts"
import * as Config from "#src/domain/config/ConfigDocument.ts"
import * as Edits from "#src/domain/config/ConfigEdits.ts"
import { AccountName, ProjectId, WorkspaceId } from "#src/domain/account/identifiers.ts"
import { Target } from "#src/domain/session/SavedSession.ts"
import { isFaithful } from "#src/domain/toml/TomlDocument.ts"
import { handWritten } from "../support/handWritten.ts"

const path = "/home/test/.mp/config.toml"
const parse = (text: string) => Either.getOrThrow(Config.parse(path, text))
const project = ProjectId.make
const workspace = WorkspaceId.make

/** The text after an edit, which must say what the edit's value says. */
const after = (text: string, edit: Edits.Edit<unknown>): string => {
  const { document } = Either.getOrThrow(edit(parse(text)))
  expect(isFaithful(document.toml)).toBe(true)
  return document.toml.text
}

/** The text with passages replaced; each occurs exactly once. */
const changed = (text: string, ...changes: ReadonlyArray<readonly [from: string, to: string]>): string =>
  changes.reduce((result, [from, to]) => {
    expect([from, result.split(from).length - 1]).toEqual([from, 1])
    return result.replace(from, () => to)
  }, text)

const failure = (text: string, edit: Edits.Edit<unknown>) => {
  const result = edit(parse(text))
  return Either.isLeft(result) ? result.left : expect.fail("the edit was made")
}

const newService = new ServiceAccount({
  name: AccountName.make("new"),
  region: "eu",
  defaultProject: Option.some(project("9")),
  username: "u",
  secret: Redacted.make('s"\\')
})
const newBlock = `[accounts.new]
type = "service_account"
region = "eu"
default_project = "9"
username = "u"
secret = "s\\"\\\\"
`
const lastAccount = `[accounts.me]
type = "oauth_browser"
region = "in"
`
const pin = "workspace = 5 # the pin\n"
const active = '[active] # now\naccount = "team"\n'

describe("add account", () => {
  it("goes behind the last account and touches nothing else", () => {
    expect(after(handWritten, Edits.addAccount(newService))).toBe(
      changed(handWritten, [lastAccount, `${lastAccount}\n${newBlock}`])
    )
  })

  it("the first one is active, in a file of its own making", () => {
    expect(after("", Edits.addAccount(newService))).toBe(`${newBlock}\n[active]\naccount = "new"\n`)
  })

  it("the first one takes over a stale [active] and its pin", () => {
    const stale = '# c\n[active]\naccount = "gone" # x\nworkspace = 9\n\n[settings]\na = 1\n'
    expect(after(stale, Edits.addAccount(newService))).toBe(
      `# c\n[active]\naccount = "new" # x\n\n[settings]\na = 1\n\n${newBlock}`
    )
  })

  it("writes each type with its own keys only", () => {
    const browser = new OAuthBrowserAccount({ name: AccountName.make("b"), region: "in" })
    const bearer = new OAuthTokenAccount({ name: AccountName.make("t"), region: "us", tokenEnv: Option.some("V") })
    const inline = new OAuthTokenAccount({
      name: AccountName.make("i"),
      region: "us",
      defaultProject: Option.some(project("1")),
      token: Option.some(Redacted.make("x"))
    })
    const all = [browser, bearer, inline].reduce((text, account) => after(text, Edits.addAccount(account)), "")
    expect(all).toBe(
      [
        '[accounts.b]\ntype = "oauth_browser"\nregion = "in"\n',
        '[accounts.t]\ntype = "oauth_token"\nregion = "us"\ntoken_env = "V"\n',
        '[accounts.i]\ntype = "oauth_token"\nregion = "us"\ndefault_project = "1"\ntoken = "x"\n',
        '[active]\naccount = "b"\n'
      ].join("\n")
    )
  })

  it.each(["team", "foreign"])("refuses the name %s, broken or not", (name) => {
    const account = new OAuthBrowserAccount({ name: AccountName.make(name), region: "us" })
    expect(failure(handWritten, Edits.addAccount(account))).toMatchObject({ code: "ACCOUNT_EXISTS", account: name })
  })

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("a name like %s is a name", (name) => {
    const account = new OAuthBrowserAccount({ name: AccountName.make(name), region: "us" })
    const text = after(handWritten, Edits.addAccount(account))
    expect(text).toBe(
      changed(handWritten, [lastAccount, `${lastAccount}\n[accounts.${name}]\ntype = "oauth_browser"\nregion = "us"\n`])
    )
    const moved = after(text, Edits.updateAccount(name, { region: "eu" }))
    expect(moved).toContain(`[accounts.${name}]\ntype = "oauth_browser"\nregion = "eu"\n`)
    expect(after(moved, Edits.removeAccount(name, { force: false }))).toBe(handWritten)
    expect(failure(handWritten, Edits.removeAccount(name, { force: true }))).toMatchObject({
      code: "ACCOUNT_NOT_FOUND"
    })
  })
})

describe("update account", () => {
  const ci = "ci"
  it.each<[string, Edits.Edit<unknown>, ReadonlyArray<readonly [string, string]>]>([
    [
      "region of the active one, which drops the pin",
      Edits.updateAccount("team", { region: "in" }),
      [
        ['region = "us" # moved', 'region = "in" # moved'],
        [pin, ""]
      ]
    ],
    [
      "project of the active one, which drops the pin",
      Edits.updateAccount("team", { defaultProject: project("5") }),
      [
        ['default_project = "3018488"', 'default_project = "5"'],
        [pin, ""]
      ]
    ],
    ["the same project keeps the pin", Edits.updateAccount("team", { defaultProject: project("3018488") }), []],
    ["username", Edits.updateAccount("team", { username: "x" }), [['username = "team-user"', 'username = "x"']]],
    [
      "secret",
      Edits.updateAccount("team", { secret: Redacted.make("n") }),
      [["secret = 'team-secret'", 'secret = "n"']]
    ],
    ["region of another one", Edits.updateAccount(ci, { region: "in" }), [['region = "eu"', 'region = "in"']]],
    ["token_env", Edits.updateAccount(ci, { tokenEnv: "OTHER" }), [['"CI_TOKEN"', '"OTHER"']]],
    [
      "token instead of token_env",
      Edits.updateAccount(ci, { token: Redacted.make("b") }),
      [['token_env = "CI_TOKEN"', 'token = "b"']]
    ],
    [
      "a first default_project comes in its place",
      Edits.updateAccount("me", { defaultProject: project("4") }),
      [[lastAccount, `${lastAccount}default_project = "4"\n`]]
    ]
  ])("%s", (_, edit, changes) => {
    expect(after(handWritten, edit)).toBe(changed(handWritten, ...changes))
  })

  it("all fields at once, and says which", () => {
    const edit = Edits.updateAccount("team", {
      region: "eu",
      defaultProject: project("1"),
      username: "n",
      secret: Redacted.make("m")
    })
    const { document, result } = Either.getOrThrow(edit(parse(handWritten)))
    expect(result).toMatchObject({
      changed: ["region", "default_project", "username", "secret"],
      identityChanged: true
    })
    expect(document.toml.text).toBe(
      changed(
        handWritten,
        ['region = "us" # moved', 'region = "eu" # moved'],
        ['default_project = "3018488"', 'default_project = "1"'],
        ['username = "team-user"', 'username = "n"'],
        ["secret = 'team-secret'", 'secret = "m"'],
        [pin, ""]
      )
    )
  })

  it.each<[string, Edits.AccountChanges, string]>([
    ["team", { tokenEnv: "X" }, "service_account, which has no token_env"],
    ["me", { username: "x" }, "oauth_browser, which has no username"],
    ["me", { secret: Redacted.make("x") }, "has no secret"],
    ["ci", { token: Redacted.make("x"), tokenEnv: "Y" }, "not both"],
    ["ci", {}, "Nothing to change"]
  ])("refuses for %s: %o", (name, changes, words) => {
    const error = failure(handWritten, Edits.updateAccount(name, changes))
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT" })
    expect(error.message).toContain(words)
    expect(error.hints.length).toBeGreaterThan(0)
  })

  it("a broken block is refused by name and line, another is not found", () => {
    expect(failure(handWritten, Edits.updateAccount("foreign", { region: "us" }))).toMatchObject({
      code: "CONFIG_ERROR",
      details: { line: 22, key: "accounts.foreign.type" }
    })
    expect(failure(handWritten, Edits.updateAccount("nobody", { region: "us" }))).toMatchObject({
      code: "ACCOUNT_NOT_FOUND"
    })
  })
})

describe("remove account", () => {
  const team = handWritten.slice(handWritten.indexOf("[accounts.team]"), handWritten.indexOf('[accounts."ci"]'))

  it("is stopped by targets, which it lists", () => {
    expect(failure(handWritten, Edits.removeAccount("team", { force: false }))).toMatchObject({
      code: "ACCOUNT_IN_USE",
      referencedBy: ["ecom"],
      hints: ["mp target remove ecom", "mp account remove --force team"]
    })
  })

  it("--force takes the account and [active], and leaves the targets", () => {
    const { document, result } = Either.getOrThrow(Edits.removeAccount("team", { force: true })(parse(handWritten)))
    expect(result.orphaned).toEqual(["ecom"])
    expect(document.toml.text).toBe(changed(handWritten, [team, ""], [`${active}${pin}\n`, ""]))
  })

  it("an inactive one leaves [active] alone; a broken one can go too", () => {
    expect(after(handWritten, Edits.removeAccount("me", { force: false }))).toBe(
      changed(handWritten, [`${lastAccount}\n`, ""])
    )
    expect(after(handWritten, Edits.removeAccount("foreign", { force: false }))).toBe(
      changed(handWritten, [
        '[accounts.foreign]\ntype = "service_acount"\ncolour = "blue" # a key of somebody else\n',
        ""
      ])
    )
  })

  it("keeps foreign keys of [active]", () => {
    const text =
      '[accounts.a]\ntype = "oauth_browser"\nregion = "us"\n\n[active]\naccount = "a"\nworkspace = 1\nmood = "x"\n'
    expect(after(text, Edits.removeAccount("a", { force: false }))).toBe('[active]\nmood = "x"\n')
  })
})

describe("use", () => {
  it.each<[string, Edits.Edit<unknown>, ReadonlyArray<readonly [string, string]>]>([
    ["account", Edits.useAccount("me"), [['account = "team"\nworkspace = 5 # the pin\n', 'account = "me"\n']]],
    ["the same account clears the pin", Edits.useAccount("team"), [[pin, ""]]],
    [
      "project of the active account",
      Edits.useProject(project("8"), Option.none()),
      [
        ['default_project = "3018488"', 'default_project = "8"'],
        [pin, ""]
      ]
    ],
    ["the same project", Edits.useProject(project("3018488"), Option.none()), []],
    [
      "project of another account leaves the pin",
      Edits.useProject(project("8"), Option.some("ci")),
      [['default_project = "77"', 'default_project = "8"']]
    ],
    ["workspace", Edits.useWorkspace(workspace(6), Option.none()), [["workspace = 5 #", "workspace = 6 #"]]],
    [
      "workspace for the active account by name",
      Edits.useWorkspace(workspace(6), Option.some("team")),
      [["= 5 #", "= 6 #"]]
    ],
    ["a target with a workspace", Edits.useTarget("ecom"), [[pin, "workspace = 7\n"]]],
    [
      "a target without one, elsewhere",
      Edits.useTarget("my shop"),
      [
        ['account = "team"\nworkspace = 5 # the pin\n', 'account = "ci"\n'],
        ['default_project = "77"', 'default_project = "78"']
      ]
    ],
    [
      "a whole session at once",
      Edits.applySession({ account: "ci", project: project("6"), workspace: workspace(3) }),
      [
        ['account = "team"\nworkspace = 5 # the pin\n', 'account = "ci"\nworkspace = 3\n'],
        ['default_project = "77"', 'default_project = "6"']
      ]
    ],
    [
      "a session's project alone",
      Edits.applySession({ project: project("6") }),
      [
        ['default_project = "3018488"', 'default_project = "6"'],
        [pin, ""]
      ]
    ],
    ["a session that changes nothing", Edits.applySession({}), []]
  ])("%s", (_, edit, changes) => {
    expect(after(handWritten, edit)).toBe(changed(handWritten, ...changes))
  })

  it.each<[string, Edits.Edit<unknown>, object]>([
    ["an account that is not there", Edits.useAccount("nobody"), { code: "ACCOUNT_NOT_FOUND", origin: "NAME" }],
    ["a broken account", Edits.useAccount("foreign"), { code: "CONFIG_ERROR" }],
    [
      "a project of nobody",
      Edits.useProject(project("1"), Option.some("nobody")),
      { code: "ACCOUNT_NOT_FOUND", origin: "--account" }
    ],
    [
      "a workspace of an inactive account",
      Edits.useWorkspace(workspace(1), Option.some("ci")),
      { code: "INVALID_ARGUMENT" }
    ],
    [
      "a target that is not there",
      Edits.useTarget("nope"),
      { code: "TARGET_NOT_FOUND", available: ["ecom", "my shop"] }
    ]
  ])("refuses %s", (_, edit, wanted) => {
    expect(failure(handWritten, edit)).toMatchObject(wanted)
  })

  it("needs an active account, and one that exists", () => {
    const without = changed(handWritten, [`${active}${pin}\n`, ""])
    for (const edit of [
      Edits.useProject(project("1"), Option.none()),
      Edits.useWorkspace(workspace(1), Option.none()),
      Edits.useWorkspace(workspace(1), Option.some("team"))
    ])
      expect(failure(without, edit)).toMatchObject({ code: "NO_ACCOUNT" })
    const dangling = changed(handWritten, ['account = "team"\nworkspace = 5', 'account = "gone"\nworkspace = 5'])
    expect(failure(dangling, Edits.useProject(project("1"), Option.none()))).toMatchObject({
      code: "ACCOUNT_NOT_FOUND",
      origin: `[active].account in ${path}`
    })
  })
})

describe("targets", () => {
  const target = (name: string, account = "me") =>
    new Target({
      name,
      account: AccountName.make(account),
      project: project("1"),
      workspace: Option.some(workspace(2))
    })
  const shop = '[targets."my shop"]\naccount = "ci"\nproject = "78"\n'

  it("are added behind the last one and removed by name, whatever it is", () => {
    const added = after(handWritten, Edits.addTarget(target("new")))
    expect(added).toBe(
      changed(handWritten, [shop, `${shop}\n[targets.new]\naccount = "me"\nproject = "1"\nworkspace = 2\n`])
    )
    expect(after(added, Edits.removeTarget("new"))).toBe(handWritten)
    expect(after(handWritten, Edits.removeTarget("my shop"))).toBe(changed(handWritten, [`${shop}\n`, ""]))
  })

  it.each([
    ["a name that is taken", target("ecom"), { code: "TARGET_EXISTS" }],
    ["a new name with a space", target("a b"), { code: "INVALID_ARGUMENT" }],
    ["an account that is not there", target("x", "nobody"), { code: "ACCOUNT_NOT_FOUND", origin: "--account" }],
    ["an account that is broken", target("x", "foreign"), { code: "CONFIG_ERROR" }]
  ])("refuse %s", (_, added, wanted) => {
    expect(failure(handWritten, Edits.addTarget(added))).toMatchObject(wanted)
  })
})
