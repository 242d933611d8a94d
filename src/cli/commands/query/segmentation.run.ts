import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Segmentation, SegmentationUnit } from "../../../domain/api/Segmentation.ts"
import { Mixpanel } from "../../../services/api/Mixpanel.ts"
import { list } from "../../app/output.ts"
import type { Fields, Json } from "../../app/Json.ts"
import { withBudget } from "../../app/withBudget.ts"
import { session } from "../../app/sessionFor.ts"

const today = Effect.map(Clock.currentTimeMillis, (now) => new Date(now).toISOString().slice(0, 10))

const rowsOf = ({ series, values }: Segmentation): ReadonlyArray<Fields> =>
  Object.entries(values).flatMap(([segment, counts]) =>
    series.map((date) => ({ segment, date, count: counts[date] ?? 0 }))
  )

interface Flags {
  readonly event: string
  readonly from: string
  readonly to: Option.Option<string>
  readonly unit: Option.Option<SegmentationUnit>
  readonly on: Option.Option<string>
  readonly where: Option.Option<string>
  readonly wait: boolean
}

export function* run({ event, from, on, to, unit, wait, where }: Flags) {
  const mixpanel = yield* Mixpanel
  const current = yield* session
  const asked = mixpanel.segmentation(current, {
    event,
    from,
    to: yield* Option.match(to, { onNone: () => today, onSome: Effect.succeed }),
    unit: Option.getOrUndefined(unit),
    on: Option.getOrUndefined(on),
    where: Option.getOrUndefined(where)
  })
  const answer = yield* withBudget(asked, wait)
  const json: Json = { data: { series: answer.series, values: answer.values }, legend_size: answer.legendSize }
  yield* list(rowsOf(answer), { columns: ["segment", "date", "count"], empty: "No data.", default: "json", json })
}
