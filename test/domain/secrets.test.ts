/** Values and errors of the domain, however they are printed, show no secret. */
import * as Cause from "effect/Cause"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { inspect } from "node:util"
import { describe, expect, it } from "vitest"
import { decodeAccount } from "#src/domain/account/Account.ts"
import { decodeBridge, noBridges } from "#src/domain/session/BridgeFile.ts"
import * as Config from "#src/domain/config/ConfigDocument.ts"
import * as Edits from "#src/domain/config/ConfigEdits.ts"
import { parseBaseUrl } from "#src/domain/api/Endpoints.ts"
import { noDirectories } from "#src/domain/session/DirectorySources.ts"
import { parseEnvironment } from "#src/domain/session/Environment.ts"
import { ProjectId } from "#src/domain/account/identifiers.ts"
import { decodeTokens } from "#src/domain/oauth/OAuthTokens.ts"
import { resolve, toSession } from "#src/domain/session/Resolution.ts"
import { toOverrides } from "#src/domain/session/SessionRequest.ts"
import { bridge, config, environment, found, secrets, tokens } from "../support/leaks.ts"

const right = <A, E>(either: Either.Either<A, E>): A => Either.getOrThrow(either)
const json = (text: string): unknown => JSON.parse(text)

const document = right(Config.parse("/c.toml", config))
const variables: Readonly<Record<string, string>> = {
  ...environment,
  MP_OAUTH_TOKEN: secrets.environmentToken,
  MP_USERNAME: "u",
  MP_SECRET: secrets.environmentSecret,
  MP_PROJECT_ID: "1",
  MP_REGION: "us"
}
const read = (name: string) => Option.fromNullable(variables[name])
const loaded = { path: "/b.json", file: right(decodeBridge(json(bridge))) }
const resolution = (account?: string) =>
  resolve({
    overrides: right(toOverrides({ account })),
    environment: right(parseEnvironment(account === undefined ? read : () => Option.none())),
    config: document,
    bridges: { ...noBridges, chosen: Option.some({ path: loaded.path, content: Either.right(loaded.file) }) },
    directories: noDirectories
  })

const values: Readonly<Record<string, unknown>> = {
  accounts: Config.accounts(document).map(({ value }) => right(value)),
  "custom header": Config.customHeader(document),
  "project settings": Config.projectSettings(document, ProjectId.make("3018488")),
  tokens: right(decodeTokens(json(tokens))),
  bridge: loaded,
  environment: right(parseEnvironment(read)),
  "resolution of the environment": resolution(),
  "resolution of an account": resolution("inline"),
  "session of the environment": right(toSession(resolution())),
  "session of an account": right(toSession(resolution("team"))),
  "result of an edit": right(Edits.updateAccount("team", { username: "x" })(document)).result
}

const service = { type: "service_account", region: "us", username: "u" }
const failures: Readonly<Record<string, unknown>> = {
  "secret of the wrong type": decodeAccount("a", { ...service, secret: [secrets.configSecret] }),
  "secret under another key": decodeAccount("a", { ...service, secret: "x", colour: secrets.configSecret }),
  "secret as the region": decodeAccount("a", { ...service, secret: "x", region: secrets.configSecret }),
  "secret as the project": decodeAccount("a", { ...service, secret: "x", default_project: secrets.configSecret }),
  "secret as the type": decodeAccount("a", { type: secrets.configSecret }),
  "two tokens": decodeAccount("a", { type: "oauth_token", region: "us", token: secrets.inlineToken, token_env: "X" }),
  "tokens without an end": decodeTokens({
    access_token: secrets.accessToken,
    token_type: "Bearer",
    scope: "",
    expires_at: secrets.refreshToken
  }),
  "tokens in a list": decodeTokens([secrets.accessToken]),
  "a bridge of another version": decodeBridge({ version: secrets.bridgeAccessToken, account: {} }),
  "a bridge with a header of two lines": decodeBridge({
    account: { name: "b", type: "oauth_token", region: "us", token: "x" },
    headers: { a: `${secrets.bridgeHeader}\n` }
  }),
  "a region with a secret": parseEnvironment(() => Option.some(secrets.environmentSecret)),
  "a base URL with a password": parseBaseUrl("MP_API_BASE_URL", `https://u:${secrets.proxyPassword}@x`),
  "no TOML": Config.parse("/c.toml", config.replace(`${secrets.configSecret}"`, secrets.configSecret)),
  "no such account": Edits.useAccount("nobody")(document)
}

const printed = (value: unknown): ReadonlyArray<string> => [
  inspect(value, { depth: 12, showHidden: true, getters: true }),
  JSON.stringify(value) ?? "",
  String(value),
  value instanceof Error ? `${value.message}\n${value.stack}` : "",
  Cause.pretty(Cause.fail(value)),
  Cause.pretty(Cause.die(value))
]

describe("nothing shows a secret", () => {
  it.each(Object.keys(values))("%s", (name) => {
    expect(found(printed(values[name]).join("\n"))).toEqual([])
  })

  it.each(Object.keys(failures))("%s, which fails", (name) => {
    const failure = failures[name]
    const error = Either.isEither(failure) && Either.isLeft(failure) ? failure.left : expect.fail("it did not fail")
    expect(found([...printed(failure), ...printed(error)].join("\n"))).toEqual([])
  })
})
