/** `mp account remove-bridge`. */
import { declare, lazyHandler } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"

export const removeBridge = declare(
  "remove-bridge",
  {
    summary: "delete a bridge; by default the one that is in force",
    examples: ["mp account remove-bridge", "mp account remove-bridge --at ./mixpanel_auth.json"]
  },
  { at: flag("at", { value: "PATH", description: "the file to delete" }) },
  lazyHandler(() => import("./removeBridge.run.ts"))
)
