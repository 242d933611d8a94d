/**
 * What a user of the library writes: one session out of `~/.mp`, and one out of the in-memory world, printed as JSON.
 * It is compiled and run against the installed package.
 */
import { Console, Effect } from "effect"
import { type Session, SessionResolver, version } from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"
import { layer as memory } from "effect-mixpanel/testing"

const config = `
[active]
account = "memory"

[accounts.memory]
type = "service_account"
region = "eu"
default_project = "3713224"
username = "memory.fake.mp-service-account"
secret = "fake-secret-of-a-test"
`

const told = (session: Session) => ({
  account: session.account.name,
  region: session.account.region,
  project: session.projectId
})

const resolved = Effect.gen(function* () {
  const resolver = yield* SessionResolver
  return told(yield* resolver.session())
})

// @ts-expect-error The types are there: were they `any`, this would be no error.
const wrong: number = told
void wrong

const program = Effect.gen(function* () {
  const onDisk = yield* Effect.provide(resolved, layer)
  const inMemory = yield* Effect.provide(resolved, memory({ files: { "~/.mp/config.toml": config } }))
  const nobody = yield* Effect.provide(resolved, memory()).pipe(
    Effect.catchTag("NoAccount", ({ code }) => Effect.succeed(code))
  )
  yield* Console.log(JSON.stringify({ node: process.versions.node, version, onDisk, inMemory, nobody }))
})

await Effect.runPromise(program)
