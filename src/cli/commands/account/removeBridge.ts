/** `mp account remove-bridge`. */
import { declare } from "../../app/declare.ts"
import * as flag from "../../app/flag.ts"
import { lazyHandler } from "../../app/lazyHandler.ts"

export const removeBridge = declare(
  "remove-bridge",
  {
    summary: "delete a bridge; by default the one that is in force",
    examples: ["mp account remove-bridge", "mp account remove-bridge --at ./mixpanel_auth.json"]
  },
  { at: flag.text("at", "PATH", { description: "the file to delete" }) },
  lazyHandler(() => import("./removeBridge.run.ts"))
)
