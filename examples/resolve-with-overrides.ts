/**
 * Which account, project and workspace a call would use, why, and what overrides change. Resolution needs no
 * network; the in-memory world stands in for the disk and the variables (a program would provide `layer` of `effect-mixpanel/node`).
 */
import { Console, Effect, Option } from "effect"
import { type SessionRequest, SessionResolver } from "effect-mixpanel"
import { layer } from "effect-mixpanel/testing"

const config = `
[active]
account = "team"
workspace = 3448414

[accounts.team]
type = "service_account"
region = "us"
default_project = "3018488"
username = "team.292e7c.mp-service-account"
secret = "not-a-secret"

[accounts.europe]
type = "oauth_token"
region = "eu"
default_project = "4100077"
token_env = "EUROPE_TOKEN"

[targets.ai]
account = "team"
project = "3713224"
workspace = 3448413
`

const show = (label: string, request: SessionRequest) =>
  Effect.gen(function* () {
    const resolver = yield* SessionResolver
    const session = yield* resolver.session(request)
    const workspace = Option.match(session.workspaceId, { onNone: () => "none", onSome: String })
    yield* Console.log(`${label}: ${session.account.name} → ${session.projectId}, workspace ${workspace}`)
  })

const program = Effect.gen(function* () {
  yield* show("as configured", {})
  yield* show("another account", { account: "europe" })
  yield* show("another project", { project: "3713224" }) // the pinned workspace does not follow
  yield* show("a target", { target: "ai" })

  const resolver = yield* SessionResolver
  const { explain } = yield* resolver.inspect({ project: "3713224" })
  yield* Console.log("project, source by source:")
  yield* Effect.forEach(explain.project, ({ origin, status, value }) => Console.log(`  ${value} ${status} (${origin})`))

  const refused = yield* Effect.flip(resolver.session({ account: "nobody" }))
  yield* Console.log(`${refused.code}: ${refused.message}`)
})

await Effect.runPromise(Effect.provide(program, layer({ files: { "~/.mp/config.toml": config } })))
