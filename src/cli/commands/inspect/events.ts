/** `mp inspect events`. */
import { declare } from "../../app/declare.ts"
import { lazyHandler } from "../../app/lazyHandler.ts"

export const events = declare(
  "events",
  {
    summary: "list the names of the project's events",
    examples: ["mp inspect events", "mp inspect events --format plain"]
  },
  {},
  lazyHandler(() => import("./events.run.ts"))
)
