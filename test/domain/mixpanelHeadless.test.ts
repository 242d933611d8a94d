/** mixpanel_headless's own files: read as it meant them, and left so that it can read them again. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { decodeBridge } from "#src/domain/session/BridgeFile.ts"
import { checkDocument } from "#src/domain/config/checkConfig.ts"
import * as Config from "#src/domain/config/ConfigDocument.ts"
import { isTable } from "#src/domain/toml/TomlValue.ts"
import * as Edits from "#src/domain/config/ConfigEdits.ts"
import { ProjectId, WorkspaceId } from "#src/domain/account/identifiers.ts"
import { decodeTokens, encodeTokens } from "#src/domain/oauth/OAuthTokens.ts"
import { headlessFile } from "../support/mp.ts"

const read = (path: string): string => readFileSync(headlessFile(path), "utf8")
const json = (path: string): unknown => JSON.parse(read(path))
const right = <A, E>(either: Either.Either<A, E>): A => Either.getOrThrow(either)

const config = right(Config.parse("/c.toml", read("home-mp/config.toml")))

describe("config.toml", () => {
  it("is read without a complaint", () => {
    expect(checkDocument(config)).toEqual([])
    const accounts = Config.accounts(config).map(({ value }) => right(value))
    expect(accounts.map(({ name, region, type }) => [name, type, region])).toEqual([
      ["ci", "oauth_token", "us"],
      ["inline", "oauth_token", "in"],
      ["personal", "oauth_browser", "eu"],
      ["team", "service_account", "us"]
    ])
    const team = accounts[3]
    expect(team?.type === "service_account" && Redacted.value(team.secret)).toBe('s3cr3t "quoted" \\ value')
    const inline = accounts[1]
    expect(inline?.type === "oauth_token" && Option.map(inline.token, Redacted.value)).toEqual(
      Option.some("inline-bearer-0001")
    )
    expect(right(Config.active(config))).toMatchObject({
      account: Option.some("team"),
      workspace: Option.some(3448414)
    })
    expect(Option.map(right(Config.customHeader(config)), ({ name, value }) => [name, Redacted.value(value)])).toEqual(
      Option.some(["X-Mixpanel-Cluster", "internal-1"])
    )
    expect(Config.targets(config).map(({ name, value }) => [name, right(value).account, right(value).project])).toEqual(
      [
        ["ecom", "team", "3018488"],
        ["plain", "ci", "3713224"]
      ]
    )
  })

  it("keeps its key names, types and order of keys through every edit of an account", () => {
    const update = Edits.updateAccount("personal", { defaultProject: ProjectId.make("00012"), region: "us" })
    const token = Edits.updateAccount("ci", { token: Redacted.make("bearer") })
    const back = Edits.updateAccount("inline", { tokenEnv: "VAR" })
    const pin = Edits.useWorkspace(WorkspaceId.make(12), Option.none())
    const all = [update, token, back, Edits.useTarget("ecom"), pin].reduce(
      (document, edit: Edits.Edit<unknown>) => right(edit(document)).document,
      config
    )
    expect(all.toml.text).toBe(
      read("home-mp/config.toml")
        .replace(
          'type = "oauth_browser"\nregion = "eu"\n',
          'type = "oauth_browser"\nregion = "us"\ndefault_project = "00012"\n'
        )
        .replace('token_env = "MP_CI_TOKEN"', 'token = "bearer"')
        .replace('token = "inline-bearer-0001"', 'token_env = "VAR"')
        .replace('account = "team"\nworkspace = 3448414\n\n[targets', 'account = "team"\nworkspace = 12\n\n[targets')
    )
    const accounts = all.toml.value["accounts"]
    const keys = isTable(accounts)
      ? Object.values(accounts).map((block) => (isTable(block) ? Object.keys(block) : []))
      : []
    expect(keys).toEqual([
      ["type", "region", "default_project", "username", "secret"],
      ["type", "region", "default_project"],
      ["type", "region", "default_project", "token"],
      ["type", "region", "default_project", "token_env"]
    ])
  })
})

describe("tokens.json", () => {
  it("is read, and written with the same keys in the same order", () => {
    const tokens = right(decodeTokens(json("home-mp/accounts/personal/tokens.json")))
    expect(Redacted.value(tokens.accessToken)).toBe("at-eyJhbGciOi.personal")
    expect(tokens.expiresAt).toEqual(Option.some(Date.parse("2036-01-01T12:00:00.123Z")))
    expect(Object.keys(encodeTokens(tokens))).toEqual([
      "access_token",
      "expires_at",
      "token_type",
      "scope",
      "refresh_token"
    ])
    expect(encodeTokens(tokens)["expires_at"]).toBe("2036-01-01T12:00:00.123000+00:00")
    expect(tokens.isExpiredAt(Date.parse("2036-01-01T11:59:30.122Z"))).toBe(false)
    expect(tokens.isExpiredAt(Date.parse("2036-01-01T11:59:30.123Z"))).toBe(true)
  })

  const good = { access_token: "a", token_type: "Bearer", scope: "" }
  it.each<[string, object, string | null]>([
    ["no expiry", good, null],
    ["Z", { ...good, expires_at: "2036-01-01T12:00:00Z" }, null],
    ["epoch seconds", { ...good, expires_at: 2_082_715_200 }, null],
    ["unknown keys", { ...good, later: 1 }, null],
    ["null refresh token", { ...good, refresh_token: null }, null],
    ["no time zone", { ...good, expires_at: "2036-01-01T12:00:00" }, "expires_at"],
    ["no time at all", { ...good, expires_at: "soon+00:00" }, "expires_at"],
    ["empty token", { ...good, access_token: "" }, "access_token"],
    ["number as token", { ...good, access_token: 5 }, "access_token"],
    ["no scope", { access_token: "a", token_type: "Bearer" }, "scope"]
  ])("%s", (_, wire, wrong) => {
    const decoded = decodeTokens(wire)
    expect(Either.isLeft(decoded) ? decoded.left.map(({ path }) => path.join(".")) : null).toEqual(
      wrong === null ? null : [wrong]
    )
  })
})

describe("bridges", () => {
  it.each([
    ["bridge-browser.json", "oauth_browser", Option.some("3713224"), Option.some(3448413)],
    ["bridge-service.json", "service_account", Option.none(), Option.none()],
    ["bridge-token-env.json", "oauth_token", Option.none(), Option.none()]
  ])("%s", (file, type, project, workspace) => {
    const bridge = right(decodeBridge(json(file)))
    expect(bridge.account.type).toBe(type)
    expect(bridge).toMatchObject({ project, workspace })
    expect(Object.keys(bridge.headers)).toEqual(["X-Mixpanel-Cluster"])
    expect(Option.isSome(bridge.tokens)).toBe(type === "oauth_browser")
  })

  const bearer = { name: "b", type: "oauth_token", region: "us", token: "x" }
  it.each<[string, unknown, string | null]>([
    ["no version is version 2", { account: bearer }, null],
    ["workspace as digits", { account: bearer, workspace: "12" }, null],
    ["another version", { version: 3, account: bearer }, "version"],
    ["an unknown key", { account: bearer, more: 1 }, "more"],
    ["project as a number", { account: bearer, project: 12 }, "project"],
    ["project with other digits", { account: bearer, project: "٣" }, "project"],
    ["workspace 0", { account: bearer, workspace: 0 }, "workspace"],
    ["a header that is no string", { account: bearer, headers: { a: 1 } }, "headers"],
    ["a header of two lines", { account: bearer, headers: { a: "x\ny" } }, "headers.a"],
    ["a login without tokens", { account: { name: "b", type: "oauth_browser", region: "us" } }, "tokens"],
    ["a region in capitals", { account: { ...bearer, region: "US" } }, "account.region"],
    ["no account", { version: 2 }, "account"],
    ["a list", [], ""]
  ])("%s", (_, wire, wrong) => {
    const decoded = decodeBridge(wire)
    expect(Either.isLeft(decoded) ? decoded.left[0]?.path.join(".") : null).toEqual(wrong)
  })
})
