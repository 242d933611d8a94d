import { declare, group } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { onlineHandler } from "../../app/onlineHandler.ts"
import { show } from "./show.ts"
import { unset } from "./unset.ts"
import { use } from "./use.ts"

const list = declare(
  "list",
  {
    summary: "list the workspaces of the project",
    examples: ["mp workspace list", "mp -p 3018488 workspace list --refresh"]
  },
  { refresh: flag("refresh", { description: "ignore the 24-hour cache" }) },
  onlineHandler(() => import("./list.run.ts"))
)

export const workspace = group("workspace", "list and choose workspaces", [list, use, unset, show])
