/** `mp config migrate`. */
import { declare } from "../../app/declare.ts"
import * as flag from "../../app/flag.ts"
import { lazyHandler } from "../../app/lazyHandler.ts"

export const migrate = declare(
  "migrate",
  {
    summary: "bring a configuration of version 0.3 or 2.x to today's schema, keeping a copy of the original",
    examples: ["mp config migrate --dry-run", "mp config migrate"]
  },
  { dryRun: flag.toggle("dry-run", { description: "say what would be done, and change nothing" }) },
  lazyHandler(() => import("./migrate.run.ts"))
)
