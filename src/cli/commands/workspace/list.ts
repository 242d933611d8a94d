/** `mp workspace list`. */
import { declare } from "../../app/declare.ts"
import * as flag from "../../app/flag.ts"
import { lazyHandler } from "../../app/lazyHandler.ts"

export const list = declare(
  "list",
  {
    summary: "list the workspaces of the project",
    examples: ["mp workspace list", "mp -p 3018488 workspace list --refresh"]
  },
  { refresh: flag.toggle("refresh", { description: "ask Mixpanel, and not the answer kept for 24 h" }) },
  lazyHandler(() => import("./list.run.ts"))
)
