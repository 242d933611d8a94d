/** What is written is what was meant, and what mixpanel_headless's reader takes. */
import { parseSecret, parseUsername } from "#src/domain/account/credentialText.ts"
import { readFileSync } from "node:fs"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { type Account, OAuthBrowserAccount, OAuthTokenAccount, ServiceAccount } from "#src/domain/account/Account.ts"
import { BridgeFile, bridgeText, decodeBridge, withTokens } from "#src/domain/session/BridgeFile.ts"
import { AccountName, ProjectId, regions, WorkspaceId } from "#src/domain/account/identifiers.ts"
import { encodeTokens, OAuthTokens } from "#src/domain/oauth/OAuthTokens.ts"
import { headlessFile } from "../support/mp.ts"
import { isItsLayout, problemsOf } from "../support/headlessBridge.ts"

const optional = <A>(arbitrary: FastCheck.Arbitrary<A>): FastCheck.Arbitrary<Option.Option<A>> =>
  FastCheck.option(arbitrary, { nil: undefined }).map(Option.fromNullable)

const text = FastCheck.string({ minLength: 1, unit: "grapheme" })
/** What the one validator of credentials takes as it is. */
const taken = (read: (value: string) => Either.Either<unknown, string>) =>
  text.filter((value) => !/\r?\n$/.test(value) && Either.isRight(read(value)))
const secret = taken(parseSecret).map((value) => Redacted.make(value))
const project = FastCheck.stringMatching(/^[0-9]{1,20}$/).map((id) => ProjectId.make(id))
const common = FastCheck.record({
  name: FastCheck.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/).map((name) => AccountName.make(name)),
  region: FastCheck.constantFrom(...regions),
  defaultProject: optional(project)
})

const account: FastCheck.Arbitrary<Account> = FastCheck.oneof(
  FastCheck.tuple(common, taken(parseUsername), secret).map(
    ([base, username, hidden]) => new ServiceAccount({ ...base, username, secret: hidden })
  ),
  common.map((base) => new OAuthBrowserAccount(base)),
  FastCheck.tuple(common, secret).map(([base, token]) => new OAuthTokenAccount({ ...base, token: Option.some(token) })),
  FastCheck.tuple(common, FastCheck.stringMatching(/^MP_CI_[A-Z0-9_]{1,20}$/)).map(
    ([base, name]) => new OAuthTokenAccount({ ...base, tokenEnv: Option.some(name) })
  )
)

const tokens = FastCheck.record({
  accessToken: secret,
  expiresAt: optional(FastCheck.integer({ min: 0, max: Date.UTC(2200, 0, 1) })),
  tokenType: text,
  scope: FastCheck.string(),
  refreshToken: optional(secret),
  clientId: optional(text),
  session: optional(text)
}).map((fields) => new OAuthTokens(fields))

const headers = FastCheck.dictionary(
  FastCheck.stringMatching(/^X-[A-Za-z0-9-]{1,20}$/),
  FastCheck.stringMatching(/^[ -~]{0,30}$/).map((value) => Redacted.make(value))
)

const bridge = FastCheck.record({
  account,
  tokens,
  project: optional(project),
  workspace: optional(FastCheck.integer({ min: 1, max: 2 ** 31 }).map((id) => WorkspaceId.make(id))),
  headers
}).map(
  (fields) =>
    new BridgeFile({
      ...fields,
      tokens: fields.account.type === "oauth_browser" ? Option.some(fields.tokens) : Option.none()
    })
)

const decoded = (written: string): BridgeFile => Either.getOrThrow(decodeBridge(JSON.parse(written)))

describe("a bridge that we write", () => {
  it("decodes to what was written, and mixpanel_headless takes it", () =>
    FastCheck.assert(
      FastCheck.property(bridge, (file) => {
        const written = bridgeText(file)
        expect(bridgeText(decoded(written))).toBe(written)
        expect(decoded(written)).toEqual(file)
        expect(problemsOf(JSON.parse(written))).toEqual([])
        expect(isItsLayout(written)).toBe(true)
      }),
      { numRuns: 300 }
    ))

  it("takes other tokens, and keeps everything else", () =>
    FastCheck.assert(
      FastCheck.property(bridge, tokens, (file, next) => {
        const written = Option.getOrThrow(withTokens(bridgeText(file), next))
        const { tokens: stored, ...others } = JSON.parse(written)
        const { tokens: _, ...before } = JSON.parse(bridgeText(file))
        expect(others).toEqual(before)
        expect(stored).toEqual(encodeTokens(next))
      }),
      { numRuns: 100 }
    ))

  it("keeps what others have put beside the tokens", () => {
    const written = withTokens('{"tokens": {"theirs": 1, "refresh_token": "r"}, "x": [1.50]}', someTokens)
    expect(JSON.parse(Option.getOrThrow(written))).toEqual({
      tokens: { theirs: 1, ...encodeTokens(someTokens) },
      x: [1.5]
    })
    expect(withTokens("[]", someTokens)).toEqual(Option.none())
    expect(withTokens("{", someTokens)).toEqual(Option.none())
  })
})

const someTokens = new OAuthTokens({ accessToken: Redacted.make("a"), tokenType: "Bearer", scope: "" })

describe("mixpanel_headless's bridges", () => {
  it.each(["bridge-browser.json", "bridge-service.json", "bridge-token-env.json"])("%s", (name) => {
    const written = readFileSync(headlessFile(name), "utf8").trimEnd()
    expect(problemsOf(JSON.parse(written))).toEqual([])
    expect(isItsLayout(written)).toBe(true)
    const ours = bridgeText(decoded(written))
    const sameTime = (given: string) => given.replace(/12:00:00\.\d+(Z|\+00:00)/, "12:00:00")
    expect(sameTime(ours)).toBe(sameTime(written))
  })

  it.each<[unknown, string]>([
    [{ version: 3 }, "version"],
    [{ more: 1 }, "more"],
    [{ project: 5 }, "project"],
    [{ workspace: 0 }, "workspace"],
    [{ headers: { a: 1 } }, "headers"],
    [{ account: { type: "oauth_browser", name: "a", region: "us" } }, "tokens"]
  ])("its rules refuse %o", (change, problem) => {
    const sound = { account: { type: "oauth_token", name: "a", region: "us", token: "t" }, headers: {} }
    expect(problemsOf(sound)).toEqual([])
    expect(problemsOf(Object.assign(sound, change))).toEqual([problem])
  })
})
