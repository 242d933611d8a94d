/** `mp account login` and `mp account logout`. */
import { leaf } from "../../app/declare.ts"
import * as Flag from "../../app/flag.ts"
import { onDemand } from "../../app/lazyHandler.ts"

const name = Flag.argument("NAME", "name of the account")

const handlers = () => import("./login.run.ts")

export const login = leaf(
  {
    name: "login",
    summary: "log an oauth_browser account in, through the browser",
    arguments: { name },
    flags: {
      noBrowser: Flag.toggle("no-browser", {
        description: "open no browser; print the address and read the redirect from stdin"
      }),
      timeout: Flag.optional("timeout", "SECONDS", { description: "how long to wait (300)" })
    },
    examples: ["mp account login me", "mp account login me --no-browser"]
  },
  onDemand(handlers, ({ login }) => login)
)

export const logout = leaf(
  {
    name: "logout",
    summary: "revoke and delete the tokens of an oauth_browser account",
    arguments: { name },
    examples: ["mp account logout me"]
  },
  onDemand(handlers, ({ logout }) => logout)
)
