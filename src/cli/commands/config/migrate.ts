/** `mp config migrate`. */
import { declare, lazyHandler } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"

export const migrate = declare(
  "migrate",
  {
    summary: "bring a configuration of version 0.3 or 2.x to today's schema, keeping a copy of the original",
    examples: ["mp config migrate --dry-run", "mp config migrate"]
  },
  { dryRun: flag("dry-run", { description: "say what would be done, and change nothing" }) },
  lazyHandler(() => import("./migrate.run.ts"))
)
