/**
 * Many tenants in one HTTP server: their credentials come from your database, a session is made for each request, and
 * nothing is read from this machine or kept on it. A tenant whose credential fails has an error of its own.
 */
import { FetchHttpClient, HttpClient, HttpRouter, HttpServer, HttpServerResponse } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { Console, Context, Effect, Layer, Option, Redacted, Stream } from "effect"
import {
  AccountName,
  Mixpanel,
  Project,
  ProjectId,
  type RequestError,
  ServiceAccount,
  Session,
  stateless
} from "effect-mixpanel"
import { sandbox } from "./support/sandbox.ts"

interface Tenant {
  readonly session: Session
  readonly projectSecret: Redacted.Redacted
}

/** The database, in place of yours. */
class Tenants extends Context.Tag("example/Tenants")<
  Tenants,
  { readonly find: (name: string) => Effect.Effect<Option.Option<Tenant>> }
>() {}

const tenant = (name: string, secret: string): readonly [string, Tenant] => {
  const username = "team.292e7c.mp-service-account"
  const account = new ServiceAccount({
    name: AccountName.make(name),
    region: "us",
    username,
    secret: Redacted.make(secret)
  })
  const session = new Session({ account, project: new Project({ id: ProjectId.make("3018488") }) })
  return [name, { session, projectSecret: Redacted.make("sandbox-project-secret-3018488") }]
}

const rows = new Map([tenant("acme", "sandbox-secret-team"), tenant("broken", "rotated-since-then")])

const database = Layer.succeed(Tenants, { find: (name) => Effect.succeed(Option.fromNullable(rows.get(name))) })

/** What tenants are told of an error: its code. `message` and `details` are for your logs. */
const refusal = (error: RequestError) =>
  Effect.gen(function* () {
    yield* Effect.logWarning(error.message)
    const status = error._tag === "RateLimited" ? 503 : 502
    return yield* HttpServerResponse.json({ error: error.code }, { status })
  })

const forTenant = <R>(answer: (tenant: Tenant) => Effect.Effect<unknown, RequestError, R>) =>
  Effect.gen(function* () {
    const { name = "" } = yield* HttpRouter.params
    const found = yield* Effect.flatMap(Tenants, ({ find }) => find(name))
    if (Option.isNone(found)) return yield* HttpServerResponse.json({ error: "NO_TENANT" }, { status: 404 })
    return yield* Effect.matchEffect(answer(found.value), { onFailure: refusal, onSuccess: HttpServerResponse.json })
  })

const events = forTenant(({ session }) => Effect.flatMap(Mixpanel, (mixpanel) => mixpanel.events(session)))

/** An export goes out with the secret of the tenant's own project, which this one call carries. */
const exported = forTenant(({ projectSecret, session }) =>
  Effect.gen(function* () {
    const mixpanel = yield* Mixpanel
    const day = { from: "2026-01-01", to: "2026-01-01" }
    return { exported: yield* Stream.runCount(mixpanel.export(session, day, { projectSecret })) }
  })
)

const server = HttpRouter.empty.pipe(
  HttpRouter.get("/:name/events", events),
  HttpRouter.get("/:name/exported", exported),
  HttpServer.serve(),
  Layer.provide([database, Layer.provide(stateless, FetchHttpClient.layer)])
)

/** Your program would launch `server` over `NodeHttpServer.layer`; this one asks it itself. */
const program = Effect.gen(function* () {
  const client = yield* HttpClient.HttpClient
  const paths = ["/acme/events", "/broken/events", "/acme/exported", "/nobody/events"]
  const answers = yield* Effect.forEach(
    paths,
    (path) =>
      Effect.flatMap(client.get(path), (response) => Effect.map(response.text, (text) => `${response.status} ${text}`)),
    { concurrency: "unbounded" }
  )
  yield* Effect.forEach(paths, (path, index) => Console.log(`${path}: ${answers[index]}`))
})

const world = Layer.provideMerge(server, NodeHttpServer.layerTest).pipe(Layer.provideMerge(sandbox()))

await Effect.runPromise(Effect.provide(program, world))
