/** `mp account login`. */
import { declare } from "../../app/declare.ts"
import * as flag from "../../app/flag.ts"
import { lazyHandler } from "../../app/lazyHandler.ts"
import { name } from "./names.ts"

export const login = declare(
  "login",
  {
    summary: "log an oauth_browser account in, through the browser",
    examples: ["mp account login me", "mp account login me --no-browser"]
  },
  {
    name,
    noBrowser: flag.toggle("no-browser", {
      description: "open no browser; print the address and read the redirect from stdin"
    }),
    timeout: flag.text("timeout", "SECONDS", { description: "how long to wait (300)" })
  },
  lazyHandler(() => import("./login.run.ts"))
)
