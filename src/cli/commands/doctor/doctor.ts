/** `mp doctor`: what is wrong, why, and the command that mends it. */
import { declare } from "../../app/declare.ts"
import * as flag from "../../app/flag.ts"
import { lazyHandler } from "../../app/lazyHandler.ts"

export const doctor = declare(
  "doctor",
  {
    summary: "find what is wrong with configuration, files, variables and network, and how it is mended",
    examples: ["mp doctor", "mp doctor --fix", "mp doctor --report --offline"]
  },
  {
    fix: flag.toggle("fix", { description: "make the repairs that are safe" }),
    report: flag.toggle("report", { description: "print a report without names, ids and addresses, safe to publish" }),
    offline: flag.toggle("offline", { description: "send no request" })
  },
  lazyHandler(() => import("./doctor.run.ts"))
)
