/** `mp query segmentation`. */
import { segmentationUnits } from "../../../domain/api/Segmentation.ts"
import { declare } from "../../app/declare.ts"
import * as flag from "../../app/flag.ts"
import { lazyHandler } from "../../app/lazyHandler.ts"

export const segmentation = declare(
  "segmentation",
  {
    summary: "count an event over time, perhaps by a property",
    examples: [
      "mp query segmentation -e Login --from 2026-04-01 --to 2026-04-21",
      "mp query segmentation -e Login --from 2026-04-01 --unit week --on 'properties[\"country\"]' --format table"
    ]
  },
  {
    event: flag.requiredText("event", "EVENT", { short: "e", description: "name of the event" }),
    from: flag.requiredText("from", "DATE", { description: "first day, YYYY-MM-DD" }),
    to: flag.text("to", "DATE", { description: "last day, YYYY-MM-DD; today (UTC) if left out" }),
    unit: flag.choice("unit", "UNIT", segmentationUnits, { description: "length of an interval; day if left out" }),
    on: flag.text("on", "EXPRESSION", { description: "property expression to segment by" }),
    where: flag.text("where", "EXPRESSION", { description: "expression that events must satisfy" })
  },
  lazyHandler(() => import("./segmentation.run.ts"))
)
