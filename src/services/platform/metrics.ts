/** What is counted and timed. A metric is made when it is first needed: most programs never refresh, and `mp` rarely sends. */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricKey from "effect/MetricKey"
import * as MetricLabel from "effect/MetricLabel"
import type { ApiFamily } from "../../domain/api/Endpoints.ts"

export type RefreshOutcome = "success" | "invalid_grant" | "failure"

type Labels = Readonly<Record<string, string>>

/** A metric for each combination of labels: looking one up among all metrics of the process would cost more than to count. */
const byLabels = <M>(make: (labels: ReadonlyArray<MetricLabel.MetricLabel>) => M): ((labels: Labels) => M) => {
  const made = new Map<string, M>()
  return (labels) => {
    const id = Object.values(labels).join(" ")
    const known = made.get(id)
    if (known !== undefined) return known
    const metric = make(Object.entries(labels).map(([key, value]) => MetricLabel.make(key, value)))
    made.set(id, metric)
    return metric
  }
}

const counter = (name: string, description: string) =>
  byLabels((labels) =>
    Metric.fromMetricKey(
      MetricKey.taggedWithLabels(MetricKey.counter(name, { description, incremental: true }), labels)
    )
  )

/** Upper bounds of the buckets, in seconds: OpenTelemetry's for HTTP, and those that an export needs. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120, 300, 600]

/** `unit` is the label by which `@effect/opentelemetry` tells the unit. */
const seconds = (name: string, description: string) =>
  byLabels((labels) =>
    Metric.fromMetricKey(
      MetricKey.histogram(name, MetricBoundaries.fromIterable(boundaries), description).pipe(
        MetricKey.taggedWithLabels([MetricLabel.make("unit", "s"), ...labels])
      )
    )
  )

const requests = counter("mixpanel.client.requests", "Requests sent, each time that one is sent again included.")
const duration = seconds("mixpanel.client.duration", "From sending a request to the head of its response.")
const retries = counter("mixpanel.client.retries", "Requests sent again after a passing failure.")
const refreshes = counter("mixpanel.auth.refreshes", "Refreshes of a login.")
const refreshDuration = seconds("mixpanel.auth.refresh_duration", "From the start of a refresh to its answer.")
const lockWait = seconds("mixpanel.lock.wait", "Until the lock of a file was had, or given up.")

/** How long something takes: its end is asked for with the clock of its beginning. */
export interface Stopwatch {
  readonly clock: Clock.Clock
  readonly start: bigint
}

/** `Clock.currentTimeNanos` of a `TestClock` fails at a fraction of a millisecond; this does not. */
export const timed = <A, E, R>(work: (watch: Stopwatch) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.clockWith((clock) => work({ clock, start: clock.unsafeCurrentTimeNanos() }))

const secondsOf = ({ clock, start }: Stopwatch): number => Number(clock.unsafeCurrentTimeNanos() - start) / 1e9

export const requestEnded = (family: ApiFamily, status: number | undefined, watch: Stopwatch): Effect.Effect<void> =>
  Effect.map(Effect.metricLabels, (labels) => {
    const status_class = status === undefined ? "none" : `${Math.floor(status / 100)}xx`
    requests({ family, status_class }).unsafeUpdate(1, labels)
    duration({ family }).unsafeUpdate(secondsOf(watch), labels)
  })

export const requestRetried = (family: ApiFamily): Effect.Effect<void> =>
  Effect.map(Effect.metricLabels, (labels) => retries({ family }).unsafeUpdate(1, labels))

export const refreshEnded = (outcome: RefreshOutcome, watch: Stopwatch): Effect.Effect<void> =>
  Effect.map(Effect.metricLabels, (labels) => {
    refreshes({ outcome }).unsafeUpdate(1, labels)
    refreshDuration({}).unsafeUpdate(secondsOf(watch), labels)
  })

export const lockWaited = (watch: Stopwatch): Effect.Effect<void> =>
  Effect.map(Effect.metricLabels, (labels) => lockWait({}).unsafeUpdate(secondsOf(watch), labels))
