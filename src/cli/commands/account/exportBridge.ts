/** `mp account export-bridge`. */
import { declare, lazyHandler } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"

export const exportBridge = declare(
  "export-bridge",
  {
    summary: "write an account and its credential to a file for another machine",
    globals: {
      account: "account to export, instead of the active one",
      project: "project to pin in the bridge",
      workspace: "workspace to pin in the bridge",
      target: "saved target to take all three from"
    },
    examples: [
      "mp account export-bridge --to ~/.claude/mixpanel/auth.json",
      "mp account export-bridge --to auth.json --account me --project 3018488 --no-refresh-token"
    ]
  },
  {
    to: flag("to", {
      value: "PATH",
      required: true,
      description: "the file to write, such as ~/.claude/mixpanel/auth.json"
    }),
    noRefreshToken: flag("no-refresh-token", {
      description: "leave the refresh token out: the file is worth nothing once the access token expires"
    })
  },
  lazyHandler(() => import("./exportBridge.run.ts"))
)
