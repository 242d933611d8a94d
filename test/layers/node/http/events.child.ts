/** A program of an app: exports what a server has, imports as much again, and says how much memory it took at most. */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { AccountName, Mixpanel, Project, ProjectId, ServiceAccount, Session, stateless } from "effect-mixpanel"
import * as UndiciHttp from "#src/layers/node/http/UndiciHttp.ts"

const [port = "", count = "0"] = process.argv.slice(2)

const account = new ServiceAccount({
  name: AccountName.make("tenant"),
  username: "tenant.292e7c",
  secret: Redacted.make("s3cr3t"),
  region: "us"
})
const session = new Session({ account, project: new Project({ id: ProjectId.make("3018488") }) })

const peakMiB = () => Math.round(process.resourceUsage().maxRSS / 1024)

const program = Effect.gen(function* () {
  const mixpanel = yield* Mixpanel
  const exported = yield* Stream.runCount(mixpanel.export(session, { from: "2026-01-01", to: "2026-01-31" }))
  const afterExport = peakMiB()
  const events = Stream.map(Stream.range(0, Number(count) - 1), (n) => ({
    event: "Page viewed",
    properties: { time: 1_767_225_600, distinct_id: `user-${n}`, $insert_id: `id-${n}`, text: "x".repeat(900) }
  }))
  const imported = yield* Stream.runFold(mixpanel.import(session, events), 0, (sum, { accepted }) => sum + accepted)
  return { exported, imported, afterExport, afterImport: peakMiB() }
})

const provider = ConfigProvider.fromMap(new Map([["MP_API_BASE_URL", `http://127.0.0.1:${port}`]]))

Effect.runPromise(
  program.pipe(Effect.provide(Layer.provide(stateless, UndiciHttp.layer)), Effect.withConfigProvider(provider))
).then(
  (said) => process.stdout.write(JSON.stringify(said)),
  (error: unknown) => process.stderr.write(String(error))
)
