/** `mp query` and `mp inspect`: the two calls that the guides open with. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Segmentation, segmentationUnits } from "../../domain/api/Segmentation.ts"
import { Mixpanel } from "../../services/Mixpanel.ts"
import { group, leaf } from "../CommandTree.ts"
import * as Flag from "../Flag.ts"
import { type Fields, type Json, list } from "../Output.ts"
import { online } from "../online.ts"
import { session } from "../Resolved.ts"

const flags = {
  event: Flag.required("event", "EVENT", { short: "e", description: "name of the event" }),
  from: Flag.required("from", "DATE", { description: "first day, YYYY-MM-DD" }),
  to: Flag.optional("to", "DATE", { description: "last day, YYYY-MM-DD; today (UTC) if left out" }),
  unit: Flag.optional("unit", "UNIT", {
    description: "length of an interval; day if left out",
    choices: segmentationUnits
  }),
  on: Flag.optional("on", "EXPRESSION", { description: "property expression to segment by" }),
  where: Flag.optional("where", "EXPRESSION", { description: "expression that events must satisfy" })
}

const today = Effect.map(Clock.currentTimeMillis, (now) => new Date(now).toISOString().slice(0, 10))

const unitOf = (flag: Option.Option<string>) =>
  Option.getOrUndefined(
    Option.flatMap(flag, (text) => Option.fromNullable(segmentationUnits.find((unit) => unit === text)))
  )

const rowsOf = ({ series, values }: Segmentation): ReadonlyArray<Fields> =>
  Object.entries(values).flatMap(([segment, counts]) =>
    series.map((date) => ({ segment, date, count: counts[date] ?? 0 }))
  )

const segmentation = leaf(
  {
    name: "segmentation",
    summary: "count an event over time, perhaps by a property",
    flags,
    examples: [
      "mp query segmentation -e Login --from 2026-04-01 --to 2026-04-21",
      "mp query segmentation -e Login --from 2026-04-01 --unit week --on 'properties[\"country\"]' --format table"
    ]
  },
  ({ event, from, on, to, unit, where }) =>
    Effect.gen(function* () {
      const mixpanel = yield* Mixpanel
      const current = yield* session
      const answer = yield* mixpanel.segmentation(current, {
        event,
        from,
        to: yield* Option.match(to, { onNone: () => today, onSome: Effect.succeed }),
        unit: unitOf(unit),
        on: Option.getOrUndefined(on),
        where: Option.getOrUndefined(where)
      })
      const json: Json = { data: { series: answer.series, values: answer.values }, legend_size: answer.legendSize }
      yield* list(rowsOf(answer), { columns: ["segment", "date", "count"], empty: "No data.", default: "json", json })
    }).pipe(Effect.provide(online))
)

const events = leaf(
  {
    name: "events",
    summary: "list the names of the project's events",
    examples: ["mp inspect events", "mp inspect events --format plain"]
  },
  () =>
    Effect.gen(function* () {
      const mixpanel = yield* Mixpanel
      const names = yield* mixpanel.events(yield* session)
      yield* list(
        names.map((name) => ({ name })),
        { columns: ["name"], empty: "No events.", default: "json", json: names }
      )
    }).pipe(Effect.provide(online))
)

export const query = group("query", "questions to the query API", [segmentation])
export const inspect = group("inspect", "what is in a project", [events])
