/** `Retry-After` as a date is read by one parser wherever an answer may carry it: a request, a refresh, `mp api`. */
import { expect, it } from "@effect/vitest"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { api, Globals, noGlobals, Terminal } from "effect-mixpanel/cli"
import { layer } from "effect-mixpanel/testing"
import { withParserServices } from "#src/cli/app/command.ts"
import { decodeAccount } from "#src/domain/account/Account.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"
import { silentTerminal } from "../support/silentTerminal.ts"

const now = Date.parse("2026-04-22T12:00:00Z")

/** Longer than anybody waits: it is told instead. */
const limited = {
  status: 429,
  headers: { "retry-after": new Date(now + 120_000).toUTCString() },
  body: { error: "slow" }
}

const config = `[active]
account = "team"
[accounts.team]
type = "service_account"
region = "us"
default_project = "1"
username = "u"
secret = "s"
[accounts.me]
type = "oauth_browser"
region = "us"
`

const tokens = JSON.stringify({
  access_token: "old",
  expires_at: "2026-04-22T11:00:00.000000+00:00",
  token_type: "Bearer",
  scope: "",
  refresh_token: "refresh",
  client_id: "client"
})

const terminal = Layer.succeed(Terminal, silentTerminal)

const world = layer({
  files: { "~/.mp/config.toml": config, "~/.mp/accounts/me/tokens.json": tokens },
  http: () => limited
}).pipe(Layer.merge(terminal), Layer.merge(Layer.succeed(Globals, noGlobals)))

const expected = { again: [{ after: "sleep 120" }], details: { retry_after: 120 } }

it.effect("a request that the command line sends", () =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now)
    const app = Command.make("app").pipe(Command.withSubcommands([api]))
    const send = Command.run(app, { name: "app", version: "0" })(["node", "app", "api", "/api/app/me"])
    expect(yield* Effect.flip(withParserServices(send))).toMatchObject({ _tag: "RateLimited", ...expected })
  }).pipe(Effect.provide(world))
)

it.effect("a refresh", () =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now)
    const account = Either.getOrThrow(decodeAccount("me", { type: "oauth_browser", region: "us" }))
    if (account.type !== "oauth_browser") return expect.fail()
    const resolver = yield* TokenResolver
    const failure = yield* Effect.flip(resolver.bearer(account, "config"))
    expect(failure).toMatchObject({ _tag: "OAuthRefreshError", temporary: true, ...expected })
  }).pipe(Effect.provide(world))
)
