/** An application of its own, with a service that uses this library, run by one `ManagedRuntime`. */
import { Console, Context, Effect, Layer, ManagedRuntime } from "effect"
import { Mixpanel, type RequestError, type ResolutionError, SessionResolver } from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"
import { sandbox } from "./support/sandbox.ts"

/** A service of the application. What it needs from Mixpanel is not in its type. */
class LoginReport extends Context.Tag("example/LoginReport")<
  LoginReport,
  { readonly total: (from: string, to: string) => Effect.Effect<number, RequestError | ResolutionError> }
>() {}

const loginReport = Layer.effect(
  LoginReport,
  Effect.gen(function* () {
    const resolver = yield* SessionResolver
    const mixpanel = yield* Mixpanel
    return {
      total: (from, to) =>
        Effect.gen(function* () {
          const session = yield* resolver.session()
          const { values } = yield* mixpanel.segmentation(session, { event: "Login", from, to })
          return Object.values(values["Login"] ?? {}).reduce((sum, count) => sum + count, 0)
        })
    }
  })
)

/** `Layer.provide` hides `layer` from the rest of the application; `Layer.provideMerge` would keep it visible. */
const app = loginReport.pipe(Layer.provide(layer), Layer.provideMerge(sandbox()))

const runtime = ManagedRuntime.make(app)

const program = Effect.gen(function* () {
  const report = yield* LoginReport
  yield* Console.log(`Logins in the first week of 2026: ${yield* report.total("2026-01-01", "2026-01-07")}`)
})

await runtime.runPromise(program).finally(() => runtime.dispose())
