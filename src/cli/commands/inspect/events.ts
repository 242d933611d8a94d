/** `mp inspect events`. */
import { declare, lazyHandler } from "../../app/declare.ts"

export const events = declare(
  "events",
  {
    summary: "list the names of the project's events",
    examples: ["mp inspect events", "mp inspect events --format plain"]
  },
  {},
  lazyHandler(() => import("./events.run.ts"))
)
