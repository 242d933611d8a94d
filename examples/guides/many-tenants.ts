import { FetchHttpClient } from "@effect/platform"
import { Console, Effect, Layer, type Redacted, Stream } from "effect"
import {
  AccountName,
  Mixpanel,
  Project,
  ProjectId,
  type Region,
  ServiceAccount,
  Session,
  stateless
} from "effect-mixpanel"

/** A row of your database. */
interface Tenant {
  readonly name: string
  readonly region: Region
  readonly username: string
  readonly secret: Redacted.Redacted
  readonly project: string
  readonly projectSecret: Redacted.Redacted
}

const sessionOf = ({ name, project, region, secret, username }: Tenant) =>
  new Session({
    account: new ServiceAccount({ name: AccountName.make(name), region, username, secret }),
    project: new Project({ id: ProjectId.make(project) })
  })

const report = (tenant: Tenant) =>
  Effect.gen(function* () {
    const mixpanel = yield* Mixpanel
    const session = sessionOf(tenant)
    const names = yield* mixpanel.events(session)
    const day = { from: "2026-01-01", to: "2026-01-01" }
    const { projectSecret } = tenant
    const exported = yield* Stream.runCount(mixpanel.export(session, day, { projectSecret }))
    return `${names.length} kinds of events, ${exported} on that day`
  })

/** The failure of one tenant is its own: the others' reports are made. */
const reports = (tenants: ReadonlyArray<Tenant>) =>
  Effect.forEach(
    tenants,
    (tenant) =>
      report(tenant).pipe(
        Effect.catchAll(({ code, message }) => Effect.as(Effect.logWarning(message), code)),
        Effect.flatMap((said) => Console.log(`${tenant.name}: ${said}`))
      ),
    { concurrency: 16, discard: true }
  )

const services = Layer.provide(stateless, FetchHttpClient.layer)

const tenants: ReadonlyArray<Tenant> = []

await Effect.runPromise(Effect.provide(reports(tenants), services))
