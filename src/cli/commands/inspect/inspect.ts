import { declare, group } from "../../app/declare.ts"
import { waitFlag } from "../../app/waitFlag.ts"
import { onlineHandler } from "../../app/onlineHandler.ts"

const events = declare(
  "events",
  {
    summary: "list the names of the project's events",
    examples: ["mp inspect events", "mp inspect events --format plain"]
  },
  { wait: waitFlag },
  onlineHandler(() => import("./events.run.ts"))
)

export const inspect = group("inspect", "list what a project contains", [events])
