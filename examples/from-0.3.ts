/**
 * The programming surface of version 0.3, call by call: `docs/from-0.3.md` says the same in a table. It starts
 * from a file of that version, in memory; a program would provide `layer` of `effect-mixpanel/node`.
 */
import { ConfigProvider, Console, Effect, Either, Option, Redacted } from "effect"
import { AccountName, Accounts, ConfigMigration, ProjectId, ServiceAccount, SessionResolver } from "effect-mixpanel"
import { layer } from "effect-mixpanel/testing"

const oldFile = `
default = "production"

[accounts.production]
username = "team.mp-service-account"
secret = "not-a-secret"
project_id = "3018488"
region = "US"

[accounts.analytics]
username = "analytics.mp-service-account"
secret = "not-a-secret"
project_id = "4100077"
region = "EU"
`

/** `Credentials`: four fields, of which the secret does not show when it is printed. */
const credentials = (account?: string) =>
  Effect.gen(function* () {
    const resolver = yield* SessionResolver
    const session = yield* resolver.session(account === undefined ? {} : { account })
    const username = session.account.type === "service_account" ? session.account.username : session.account.name
    return `${username} → ${session.projectId} (${session.region})`
  })

const variables = new Map([
  ["MP_USERNAME", "ci.mp-service-account"],
  ["MP_SECRET", "not-a-secret"],
  ["MP_PROJECT_ID", "3713224"],
  ["MP_REGION", "in"]
])

const newAccount = new ServiceAccount({
  name: AccountName.make("staging"),
  region: "us",
  defaultProject: Option.some(ProjectId.make("3713224")),
  username: "staging.mp-service-account",
  secret: Redacted.make("not-a-secret")
})

const program = Effect.gen(function* () {
  const migration = yield* Effect.flatMap(ConfigMigration, ({ run }) => run) // once; `mp config migrate` does the same
  yield* Console.log(`migrated: ${Option.isSome(migration)}`)

  yield* Console.log(`default: ${yield* credentials()}`)
  yield* Console.log(`by name: ${yield* credentials("analytics")}`)
  const environment = Effect.withConfigProvider(credentials(), ConfigProvider.fromMap(variables))
  yield* Console.log(`environment: ${yield* environment}`)

  const accounts = yield* Accounts
  const names = Effect.map(accounts.list, (all) => all.flatMap((one) => Option.toArray(Either.getRight(one))))
  const [first] = yield* names
  if (first !== undefined) yield* Console.log(`first: ${yield* credentials(first.account.name)}`)

  yield* accounts.add(newAccount)
  yield* accounts.use("staging") // set_default
  yield* accounts.remove("production")
  const left = (yield* names).map(({ account, isActive }) => (isActive ? `${account.name}*` : account.name))
  yield* Console.log(`left: ${left.join(", ")}`)

  const missing = yield* Effect.flip(accounts.get("production"))
  yield* Console.log(`${missing.code}: ${missing.message}`)
})

await Effect.runPromise(Effect.provide(program, layer({ files: { "~/.mp/config.toml": oldFile } })))
