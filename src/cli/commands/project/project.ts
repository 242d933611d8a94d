/** `mp project`: which project. */
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
  { refresh: flag("refresh", { description: "ask Mixpanel, and not the answer kept for 24 h" }) },
  onlineHandler(() => import("./list.run.ts"))
)

export const project = group("project", "projects: what the calls are about", [list, use, show])
