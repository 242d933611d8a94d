/** A tracer that keeps every span, and what metrics have become since a moment. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as MetricState from "effect/MetricState"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"

export interface CollectedSpan {
  readonly name: string
  readonly kind: Tracer.SpanKind
  /** The names of the spans above, the nearest last. */
  readonly path: ReadonlyArray<string>
  readonly attributes: Readonly<Record<string, unknown>>
  /** `null` until it ends. */
  readonly failed: boolean | null
}

/** Spans in the order in which they began. */
export const collectingTracer = () => {
  const spans = new Array<Tracer.Span>()
  const exits = new Map<Tracer.Span, Exit.Exit<unknown, unknown>>()
  const names = (span: Option.Option<Tracer.AnySpan>): ReadonlyArray<string> =>
    Option.match(span, {
      onNone: () => [],
      onSome: (above) => (above._tag === "Span" ? [...names(above.parent), above.name] : [])
    })
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind, options) => {
      const attributes = new Map(Object.entries(options?.attributes ?? {}))
      const span: Tracer.Span = {
        _tag: "Span",
        name,
        spanId: `${spans.length}`,
        traceId: "trace",
        parent,
        context,
        links: [...links],
        kind,
        sampled: true,
        status: { _tag: "Started", startTime },
        attributes,
        attribute: (key, value) => void attributes.set(key, value),
        event: () => undefined,
        addLinks: () => undefined,
        end: (_, exit) => void exits.set(span, exit)
      }
      spans.push(span)
      return span
    },
    context: (run) => run()
  })
  const collected = Effect.sync(() =>
    spans.map((span): CollectedSpan => {
      const exit = exits.get(span)
      return {
        name: span.name,
        kind: span.kind,
        path: names(span.parent),
        attributes: Object.fromEntries(span.attributes),
        failed: exit === undefined ? null : Exit.isFailure(exit)
      }
    })
  )
  return { tracer, collected, exits }
}

const snapshot = Effect.map(Metric.snapshot, (pairs) =>
  pairs
    .filter(({ metricKey }) => metricKey.name.startsWith("mixpanel."))
    .map(({ metricKey, metricState }) => {
      const labels = metricKey.tags.map(({ key, value }) => `${key}=${value}`).toSorted()
      const id = `${metricKey.name}{${labels.join(",")}}`
      if (MetricState.isHistogramState(metricState)) return [id, metricState.count, metricState.sum] as const
      return [id, MetricState.isCounterState(metricState) ? Number(metricState.count) : Number.NaN, 0] as const
    })
)

export interface Counted {
  /** How often each metric counted, by `name{label=value,…}`. */
  readonly counts: Readonly<Record<string, number>>
  /** The sums of histograms. */
  readonly sums: Readonly<Record<string, number>>
}

/** What an effect does to the metrics: they are those of the process, and other tests count as well. */
export const counting = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<readonly [A, Counted], E, R> =>
  Effect.gen(function* () {
    const before = new Map((yield* snapshot).map(([id, count, sum]) => [id, { count, sum }]))
    const result = yield* effect
    const changed = (yield* snapshot)
      .map(([id, count, sum]) => {
        const was = before.get(id)
        return { id, count: count - (was?.count ?? 0), sum: sum - (was?.sum ?? 0) }
      })
      .filter(({ count }) => count > 0)
    const counts = Object.fromEntries(changed.map(({ id, count }) => [id, count]))
    const sums = Object.fromEntries(changed.filter(({ sum }) => sum > 0).map(({ id, sum }) => [id, sum]))
    return [result, { counts, sums }] as const
  })
