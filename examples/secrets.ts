/**
 * A bearer that a command prints: asked for once, kept until it expires, and never part of the configuration. The
 * in-memory world stands in for the program; with `layer` of `effect-mixpanel/node` it would be run.
 */
import { Clock, Console, Effect } from "effect"
import { Mixpanel, SessionResolver } from "effect-mixpanel"
import { layer, ScriptedHttp, ScriptedSecrets } from "effect-mixpanel/testing"

const config = `
[active]
account = "ci"

[accounts.ci]
type = "oauth_token"
region = "us"
default_project = "3018488"
token_env = "MP_TOKEN_BY_COMMAND"

[settings.credential_commands.ci]
token = ["vault", "read", "-format=json", "secret/mixpanel"]
`

const world = layer({
  files: { "~/.mp/config.toml": config },
  http: () => ({ status: 200, body: '["Login"]' }),
  commands: () =>
    Effect.map(Clock.currentTimeMillis, (now) =>
      JSON.stringify({ token: "leased-for-an-hour", expires_at: now / 1000 + 3600 })
    )
})

const program = Effect.gen(function* () {
  const session = yield* Effect.flatMap(SessionResolver, (resolver) => resolver.session())
  const mixpanel = yield* Mixpanel
  yield* Effect.all([mixpanel.events(session), mixpanel.events(session)], { concurrency: "unbounded" })
  const ran = yield* Effect.flatMap(ScriptedSecrets, (secrets) => secrets.ran)
  const sent = yield* Effect.flatMap(ScriptedHttp, ({ requests }) => requests)
  yield* Console.log(`${sent.length} requests with ${sent[0]?.headers["authorization"]}`)
  yield* Console.log(`${ran.length} run of ${ran[0]?.join(" ")}`)
})

await Effect.runPromise(Effect.provide(program, world))
