import { declare, lazyHandler } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"

export const doctor = declare(
  "doctor",
  {
    summary: "find what is wrong with configuration, files, variables and network, and how to fix it",
    examples: ["mp doctor", "mp doctor --fix", "mp doctor --report --offline"]
  },
  {
    fix: flag("fix", { description: "make the repairs that are safe" }),
    report: flag("report", { description: "print a report without names, ids and addresses, safe to publish" }),
    offline: flag("offline", { description: "send no request" })
  },
  lazyHandler(() => import("./doctor.run.ts"))
)
