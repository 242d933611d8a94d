/** Traces through `@effect/opentelemetry`: a call whose first attempt is answered with 503, as an exporter gets it. */
import { NodeSdk } from "@effect/opentelemetry"
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { Console, Effect, Layer, Metric } from "effect"
import { Mixpanel, SessionResolver } from "effect-mixpanel"
import { layer } from "effect-mixpanel/node"
import { sandbox } from "./support/sandbox.ts"

/** Yours sends spans to a collector: `new OTLPTraceExporter()` of `@opentelemetry/exporter-trace-otlp-http`. */
const exporter = new InMemorySpanExporter()

const telemetry = NodeSdk.layer(() => ({
  resource: { serviceName: "events-of-a-project" },
  spanProcessor: new SimpleSpanProcessor(exporter)
}))

const program = Effect.gen(function* () {
  const session = yield* Effect.flatMap(SessionResolver, (resolver) => resolver.session())
  const mixpanel = yield* Mixpanel
  return yield* mixpanel.events(session)
})

/** A span and those below it, indented. */
const lines = (spans: ReadonlyArray<ReadableSpan>, parent: string | undefined, indent: string): ReadonlyArray<string> =>
  spans
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
    .flatMap((span) => {
      const status = span.attributes["http.response.status_code"] ?? ""
      const resent = span.attributes["http.request.resend_count"] === undefined ? "" : "(sent again)"
      const line = `${indent}${span.name} ${status} ${resent}`.trimEnd()
      return [line, ...lines(spans, span.spanContext().spanId, `${indent}  `)]
    })

const shown = Effect.gen(function* () {
  yield* Console.log(lines(exporter.getFinishedSpans(), undefined, "").join("\n"))
  const names = (yield* Metric.snapshot).map(({ metricKey }) => metricKey.name)
  const ours = new Set(names.filter((name) => name.startsWith("mixpanel.")))
  yield* Console.log(`counted: ${[...ours].toSorted().join(", ")}`)
})

const faults = [{ path: "/api/query/events/names", status: 503 }]
const world = Layer.provideMerge(layer, sandbox({ faults }))
await Effect.runPromise(program.pipe(Effect.provide(world), Effect.zipRight(shown), Effect.provide(telemetry)))
