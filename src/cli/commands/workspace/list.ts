/** `mp workspace list`. */
import { declare, lazyHandler } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"

export const list = declare(
  "list",
  {
    summary: "list the workspaces of the project",
    examples: ["mp workspace list", "mp -p 3018488 workspace list --refresh"]
  },
  { refresh: flag("refresh", { description: "ask Mixpanel, and not the answer kept for 24 h" }) },
  lazyHandler(() => import("./list.run.ts"))
)
