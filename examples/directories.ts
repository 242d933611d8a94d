/**
 * Rules for directories: which account counts depends on where the program is, and `-a` beside a rule takes nothing of it.
 * The in-memory world stands in for the disk; a program would provide `layer` of `effect-mixpanel/node`.
 */
import { Console, Effect, Either } from "effect"
import { Directories, type SessionRequest, SessionResolver } from "effect-mixpanel"
import { layer } from "effect-mixpanel/testing"

const config = `
[active]
account = "team"

[accounts.team]
type = "oauth_token"
region = "us"
default_project = "3018488"
token_env = "TEAM_TOKEN"

[accounts.acme]
type = "oauth_token"
region = "eu"
default_project = "4100077"
token_env = "ACME_TOKEN"

[targets.acme-shop]
account = "acme"
project = "4100099"

[[directories]]
path = "~/work/acme"
target = "acme-shop"
`

const show = (label: string, request: SessionRequest = {}) =>
  Effect.gen(function* () {
    const resolver = yield* SessionResolver
    const { account, projectId } = yield* resolver.session(request)
    yield* Console.log(`${label}: ${account.name} → ${projectId}`)
  })

const inDirectory = <A, E>(workingDirectory: string, program: Effect.Effect<A, E, SessionResolver | Directories>) =>
  Effect.provide(program, layer({ files: { "~/.mp/config.toml": config }, workingDirectory }))

await Effect.runPromise(
  Effect.gen(function* () {
    yield* inDirectory("~/work", show("~/work"))
    yield* inDirectory("~/work/acme/src", show("~/work/acme/src"))
    yield* inDirectory("~/work/acme", show("--account acme", { account: "acme" }))

    yield* inDirectory(
      "~/notes",
      Effect.gen(function* () {
        const directories = yield* Directories
        const path = yield* directories.useHere({ target: "acme-shop" })
        yield* show(`${path}, from now on`)
        const rules = yield* directories.list
        yield* Console.log(`${rules.filter(({ choice }) => Either.isRight(choice)).length} rules`)
      })
    )
  })
)
