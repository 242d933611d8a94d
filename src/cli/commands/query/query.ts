/** `mp query` and `mp inspect`: the two calls that the guides open with. */
import { segmentationUnits } from "../../../domain/api/Segmentation.ts"
import { group, leaf } from "../../app/declare.ts"
import * as Flag from "../../app/flag.ts"
import { onDemand } from "../../app/lazyHandler.ts"

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

const handlers = () => import("./segmentation.run.ts")

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
  onDemand(handlers, ({ segmentation }) => segmentation)
)

const events = leaf(
  {
    name: "events",
    summary: "list the names of the project's events",
    examples: ["mp inspect events", "mp inspect events --format plain"]
  },
  onDemand(
    handlers,
    ({ events }) =>
      () =>
        events
  )
)

export const query = group("query", "questions to the query API", [segmentation])
export const inspect = group("inspect", "what is in a project", [events])
