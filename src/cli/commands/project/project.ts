import { declare, group } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { onlineHandler } from "../../app/onlineHandler.ts"
import { show } from "./show.ts"
import { use } from "./use.ts"

const list = declare(
  "list",
  {
    summary: "list the projects that the account can see",
    examples: ["mp project list", "mp project list --format json | jq -r '.[].id'"]
  },
  { refresh: flag("refresh", { description: "ignore the 24-hour cache" }) },
  onlineHandler(() => import("./list.run.ts"))
)

export const project = group("project", "list and choose projects", [list, use, show])
