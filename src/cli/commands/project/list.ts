/** `mp project list`. */
import { declare } from "../../app/declare.ts"
import * as flag from "../../app/flag.ts"
import { lazyHandler } from "../../app/lazyHandler.ts"

export const list = declare(
  "list",
  {
    summary: "list the projects that the account can see",
    examples: ["mp project list", "mp project list --format json | jq -r '.[].id'"]
  },
  { refresh: flag.toggle("refresh", { description: "ask Mixpanel, and not the answer kept for 24 h" }) },
  lazyHandler(() => import("./list.run.ts"))
)
