/** Texts that are long and repeat themselves: what takes time that grows with the square of a length is seen here. */
import { command } from "#src/domain/hints/Command.ts"
import * as Either from "effect/Either"
import * as fc from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { parseSecret } from "#src/domain/account/credentialText.ts"
import { isProxyAddress } from "#src/domain/api/ProxyAddress.ts"
import { resolveRedirect, resolveUrl, urlRoom } from "#src/domain/api/RequestUrl.ts"
import { bearer } from "#src/domain/api/RequestHeaders.ts"
import { parseRetryAfter } from "#src/domain/api/RetryPolicy.ts"
import { shown } from "#src/domain/api/Scrub.ts"
import { checkDocument } from "#src/domain/config/checkConfig.ts"
import * as Config from "#src/domain/config/ConfigDocument.ts"
import { parseBaseUrl, regionOfHost } from "#src/domain/api/Endpoints.ts"
import { parseCustomHeader } from "#src/domain/session/Environment.ts"
import { AccountName, parse, ProjectId } from "#src/domain/account/identifiers.ts"
import { parseJson } from "#src/domain/internal/json.ts"
import { judgeRedirect, parsePaste } from "#src/domain/oauth/Redirect.ts"
import { readTokenResponse } from "#src/domain/oauth/TokenResponse.ts"
import * as Option from "effect/Option"
import { decode as decodeBridge } from "#src/services/bridge/Bridge.ts"
import { pick } from "./generators.ts"
import { must, target } from "./target.ts"

const room = urlRoom("https://mixpanel.com/api/query", new Set(["https://mixpanel.com"]))
const from = new URL("https://mixpanel.com/api/app/me")
const expected = { state: Redacted.make("s"), oauthBase: "https://mixpanel.com/oauth", fix: command`mp login` }
const context = { now: 0, clientId: "c", origin: "https://mixpanel.com", previous: Option.none() }

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  "config.toml": (text) => Either.map(Config.parse("/config.toml", text), checkDocument),
  JSON: (text) => parseJson(text),
  bridge: (text) => decodeBridge("/bridge.json", text),
  "token answer": (body) => readTokenResponse({ status: 200, body }, context),
  "error text": (text) => shown(text, ["secret-1"]),
  "Retry-After": (text) => parseRetryAfter(text, 0),
  "request address": (text) => resolveUrl(text, room),
  "redirect of the API": (text) => resolveRedirect(from, text),
  override: (text) => parseBaseUrl("MP_API_BASE_URL", text),
  "redirect of a login": (text) => judgeRedirect(text, expected),
  paste: (text) => parsePaste(text),
  proxy: isProxyAddress,
  header: (text) => parseCustomHeader("X-A", text, "a test", command`unset X`),
  bearer,
  "domain of a project": regionOfHost,
  name: (text) => [parse(AccountName)(text), parse(ProjectId)(text)],
  secret: parseSecret
}

const heads = [
  "",
  "https://mixpanel.com/",
  "https://a.example/x",
  "code=",
  "?",
  "Mon, ",
  '{"access_token":"',
  'x = "',
  "# ",
  "\u001b]",
  "[a]\n"
]
const repeated = pick([
  "/",
  "#",
  " ",
  "=",
  "&",
  "?",
  ".",
  "-",
  "a",
  "0",
  "[",
  "{",
  '"',
  "\\",
  "\n",
  "\t",
  "%",
  ":",
  ",",
  "\u001b]",
  "é"
])
const large = fc
  .tuple(
    pick(heads),
    repeated,
    fc.oneof({ weight: 3, arbitrary: fc.constant("") }, repeated),
    pick([15_000, 60_000]),
    pick(["", "x", "\nx", '"'])
  )
  .map(([head, one, other, times, tail]) => `${head}${`${one}${other}`.repeat(times / 2)}${tail}`)

/** Processor time for one reader, in milliseconds: a text of 60,000 characters is read far faster. */
const longestMillis = 150

export const largeTargets = [
  target("long texts", 0.1, large, (text) => {
    for (const [name, read] of Object.entries(readers)) {
      const before = process.cpuUsage()
      read(text)
      const { user } = process.cpuUsage(before)
      must(user / 1_000 <= longestMillis, `${name} took ${Math.round(user / 1_000)} ms for ${text.length} characters`)
    }
  })
]
