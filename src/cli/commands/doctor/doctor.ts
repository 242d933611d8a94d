/** `mp doctor`: what is wrong, why, and the command that mends it. */
import { leaf } from "../../app/declare.ts"
import * as Flag from "../../app/flag.ts"
import { onDemand } from "../../app/lazyHandler.ts"

export const doctor = leaf(
  {
    name: "doctor",
    summary: "find what is wrong with configuration, files, variables and network, and how it is mended",
    flags: {
      fix: Flag.toggle("fix", { description: "make the repairs that are safe" }),
      report: Flag.toggle("report", {
        description: "print a report without names, ids and addresses, safe to publish"
      }),
      offline: Flag.toggle("offline", { description: "send no request" })
    },
    examples: ["mp doctor", "mp doctor --fix", "mp doctor --report --offline"]
  },
  onDemand(
    () => import("./doctor.run.ts"),
    ({ examineAll }) => examineAll
  )
)
