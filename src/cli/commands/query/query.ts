import { declare, group } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { waitFlag } from "../../app/waitFlag.ts"
import { onlineHandler } from "../../app/onlineHandler.ts"
import { segmentationUnits } from "../../../domain/api/Segmentation.ts"

const segmentation = declare(
  "segmentation",
  {
    summary: "count an event over time, perhaps by a property",
    examples: [
      "mp query segmentation -e Login --from 2026-04-01 --to 2026-04-21",
      "mp query segmentation -e Login --from 2026-04-01 --unit week --on 'properties[\"country\"]' --format table"
    ]
  },
  {
    event: flag("event", { value: "EVENT", required: true, short: "e", description: "name of the event" }),
    from: flag("from", { value: "DATE", required: true, description: "first day, YYYY-MM-DD" }),
    to: flag("to", { value: "DATE", description: "last day, YYYY-MM-DD; today (UTC) if left out" }),
    unit: flag("unit", {
      value: "UNIT",
      choices: segmentationUnits,
      description: "length of an interval; day if left out"
    }),
    on: flag("on", { value: "EXPRESSION", description: "property expression to segment by" }),
    wait: waitFlag,
    where: flag("where", { value: "EXPRESSION", description: "expression that events must satisfy" })
  },
  onlineHandler(() => import("./segmentation.run.ts"))
)

export const query = group("query", "ask the Query API", [segmentation])
