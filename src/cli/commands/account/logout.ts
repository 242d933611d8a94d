/** `mp account logout`. */
import { declare, lazyHandler } from "../../app/declare.ts"
import { name } from "./names.ts"

export const logout = declare(
  "logout",
  { summary: "revoke and delete the tokens of an oauth_browser account", examples: ["mp account logout me"] },
  { name },
  lazyHandler(() => import("./logout.run.ts"))
)
