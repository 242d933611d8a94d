/** `mp account login`. */
import { declare, lazyHandler } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { name } from "./names.ts"

export const login = declare(
  "login",
  {
    summary: "log an oauth_browser account in, through the browser",
    examples: ["mp account login me", "mp account login me --no-browser"]
  },
  {
    name,
    noBrowser: flag("no-browser", {
      description: "open no browser; print the address and read the redirect from stdin"
    }),
    timeout: flag("timeout", { value: "SECONDS", description: "how long to wait (300)" })
  },
  lazyHandler(() => import("./login.run.ts"))
)
