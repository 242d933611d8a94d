/** `mp project list`. */
import { declare, lazyHandler } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"

export const list = declare(
  "list",
  {
    summary: "list the projects that the account can see",
    examples: ["mp project list", "mp project list --format json | jq -r '.[].id'"]
  },
  { refresh: flag("refresh", { description: "ask Mixpanel, and not the answer kept for 24 h" }) },
  lazyHandler(() => import("./list.run.ts"))
)
