/** Files of logins, and what authorization servers and browsers say. */
import { command } from "#src/domain/hints/Command.ts"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { bridgeText, decodeBridge, withTokens } from "#src/domain/session/BridgeFile.ts"
import { cachedMeText, decodeCachedMe } from "#src/domain/api/CachedMe.ts"
import { parseJson } from "#src/domain/internal/json.ts"
import { decodeLastCheck } from "#src/domain/account/LastCheck.ts"
import { decodeTokens, encodeTokens, type OAuthTokens, tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import { decodeRegistration, encodeRegistration, readRegistered } from "#src/domain/oauth/ClientRegistration.ts"
import { judgeRedirect, parsePaste } from "#src/domain/oauth/Redirect.ts"
import { readTokenResponse } from "#src/domain/oauth/TokenResponse.ts"
import { route } from "#src/layers/node/login/routing.ts"
import { decode as decodeBridgeText } from "#src/services/bridge/Bridge.ts"
import { fixtures, json, mutated, pick, words } from "./generators.ts"
import { must, target } from "./target.ts"

const tokens = [
  ...fixtures("tokens.json"),
  '{"access_token": "a", "expires_at": "2030-01-01T00:00:00Z", "token_type": "Bearer", "scope": "", "refresh_token": "r", "client_id": "c", "session": "l.1", "origin": "https://mixpanel.com"}'
]
const bridges = fixtures("bridge-browser.json", "bridge-service.json", "bridge-token-env.json")
const answers = [
  '{"access_token":"a","refresh_token":"r","token_type":"Bearer","expires_in":3600,"scope":"projects"}',
  '{"access_token":"a","expires_in":"3600"}',
  '{"error":"invalid_grant","error_description":"no"}'
]
const statuses = pick([200, 201, 302, 400, 401, 408, 429, 500, 503])

const readAgain = (found: OAuthTokens): void => {
  const again = decodeTokens(JSON.parse(tokensText(found)))
  must(Either.isRight(again), "stored tokens can be read again")
  if (Either.isRight(again)) must(tokensText(again.right) === tokensText(found), "and are the same")
  must(Buffer.byteLength(tokensText(found)) > 0, "they have a text")
}

const expected = {
  state: Redacted.make("state-1"),
  oauthBase: "https://mixpanel.com/oauth",
  fix: command`mp account login me`
}
const redirects = [
  "code=abc&state=state-1",
  "error=access_denied&state=state-1&iss=https%3A%2F%2Fmixpanel.com%2Foauth",
  "http://localhost:19284/callback?code=abc&state=state-1#x",
  "?code=a&code=b&state=state-1"
]

export const tokenTargets = [
  target("tokens.json", 3, json(tokens), (text) => {
    const found = Either.flatMap(parseJson(text), (value) => Either.mapLeft(decodeTokens(value), () => "refused"))
    if (Either.isRight(found)) readAgain(found.right)
  }),
  target("bridge", 3, json(bridges), (text) => {
    decodeBridgeText("/bridge.json", text)
    const found = Either.flatMap(parseJson(text), (value) => Either.mapLeft(decodeBridge(value), () => "refused"))
    if (Either.isLeft(found)) return
    must(
      Either.isRight(decodeBridge(JSON.parse(bridgeText(found.right)))),
      "a bridge that was read can be written and read"
    )
    if (Option.isSome(found.right.tokens)) {
      must(Option.isSome(withTokens(text, found.right.tokens.value)), "its tokens can be replaced")
      readAgain(found.right.tokens.value)
      encodeTokens(found.right.tokens.value)
    }
  }),
  target("client registration", 1, json(fixtures("client_eu.json")), (text) => {
    const found = Either.flatMap(parseJson(text), (value) => Either.mapLeft(decodeRegistration(value), () => "refused"))
    if (Either.isRight(found)) JSON.parse(encodeRegistration(found.right))
    Either.map(parseJson(text), readRegistered)
  }),
  target("me.json", 2, json(fixtures("me.json")), (text) => {
    const found = decodeCachedMe(text)
    if (Either.isLeft(found)) return
    const written = cachedMeText(found.right.me, 0, "mark")
    must(Either.isRight(decodeCachedMe(written)), "a cache that was read can be written and read")
  }),
  target(
    "last test",
    1,
    json(['{"at":"2026-01-01T00:00:00Z","ok":true,"code":null,"refused":false,"credential":"x"}']),
    (text) => {
      decodeLastCheck(text)
    }
  ),
  target("token answer", 3, fc.tuple(statuses, json(answers)), ([status, body]) => {
    const context = { now: 1_800_000_000_000, clientId: "c", origin: "https://mixpanel.com", previous: Option.none() }
    const found = readTokenResponse({ status, body }, context)
    if (Either.isRight(found)) readAgain(found.right)
    else must(!found.left.reason.includes("\u001b"), "a reason repeats no control sequence")
  }),
  target("redirect", 3, fc.oneof(mutated(redirects), words), (text) => {
    const query = Either.getOrElse(parsePaste(text), () => text)
    const judged = judgeRedirect(query, expected)
    if (Either.isRight(judged))
      must(new URLSearchParams(query).getAll("state").includes("state-1"), "only its own state counts")
  }),
  target(
    "callback request",
    3,
    fc.tuple(
      pick(["GET", "HEAD", "POST", "OPTIONS", "get"]),
      mutated(["/callback?code=a&state=b", "/callback/done/nonce", "/favicon.ico", "http://localhost/callback?x"]),
      mutated(["localhost:19284", "127.0.0.1:19284", "[::1]:19284", "evil.example:19284"])
    ),
    ([method, requested, host]) => {
      const found = route({ method, target: requested, headers: { host: [host] }, port: 19284 })
      if (found._tag !== "Refusal") {
        must(
          ["localhost:19284", "127.0.0.1:19284", "[::1]:19284"].includes(host.toLowerCase()),
          "only its own names count"
        )
        must(method === "GET", "only GET counts")
      }
    }
  )
]
