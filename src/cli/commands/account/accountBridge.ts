/** `mp account export-bridge` and `mp account remove-bridge`. */
import { leaf } from "../../app/declare.ts"
import * as Flag from "../../app/flag.ts"
import { onDemand } from "../../app/lazyHandler.ts"

const handlers = () => import("./exportBridge.run.ts")

export const exportBridge = leaf(
  {
    name: "export-bridge",
    summary: "write an account and its credential to a file for another machine",
    flags: {
      to: Flag.required("to", "PATH", { description: "the file to write, such as ~/.claude/mixpanel/auth.json" }),
      noRefreshToken: Flag.toggle("no-refresh-token", {
        description: "leave the refresh token out: the file is worth nothing once the access token expires"
      })
    },
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
  onDemand(handlers, ({ exportBridge }) => exportBridge)
)

export const removeBridge = leaf(
  {
    name: "remove-bridge",
    summary: "delete a bridge; by default the one that is in force",
    flags: { at: Flag.optional("at", "PATH", { description: "the file to delete" }) },
    examples: ["mp account remove-bridge", "mp account remove-bridge --at ./mixpanel_auth.json"]
  },
  onDemand(handlers, ({ removeBridge }) => removeBridge)
)
