import { declare, group, lazyHandler } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { check } from "./check.ts"
import { path } from "./path.ts"
import { set, unset } from "./settings.ts"

const show = declare(
  "show",
  { summary: "print the configuration with secrets hidden", examples: ["mp config show"] },
  {},
  lazyHandler(() => import("./show.run.ts"))
)

const migrate = declare(
  "migrate",
  {
    summary: "bring a configuration of version 0.3 or 2.x to the current format, keeping a copy of the original",
    examples: ["mp config migrate --dry-run", "mp config migrate"]
  },
  { dryRun: flag("dry-run", { description: "show what would be done, and change nothing" }) },
  lazyHandler(() => import("./migrate.run.ts"))
)

export const config = group("config", "show, check and change the configuration file", [
  path,
  show,
  check,
  set,
  unset,
  migrate
])
