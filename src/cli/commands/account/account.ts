/** `mp account`: who may call. What a verb does is in its file; where that needs much, in its `.run.ts`, loaded when it runs. */
import { declare, group, lazyHandler } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { onlineHandler } from "../../app/onlineHandler.ts"
import { browserFlags } from "../login/browserFlags.ts"
import { add } from "./add.ts"
import { list } from "./list.ts"
import { name, optionalName } from "./records.ts"
import { remove } from "./remove.ts"
import { rename } from "./rename.ts"
import { show } from "./show.ts"
import { token } from "./token.ts"
import { update } from "./update.ts"
import { use } from "./use.ts"

const test = declare(
  "test",
  { summary: "ask the server whether the credential works", examples: ["mp account test", "mp account test team"] },
  { name: optionalName },
  onlineHandler(() => import("./test.run.ts"))
)

const login = declare(
  "login",
  {
    summary: "log an oauth_browser account in, through the browser",
    examples: ["mp account login me", "mp account login me --no-browser"]
  },
  {
    name,
    ...browserFlags
  },
  lazyHandler(() => import("./login.run.ts"))
)

const logout = declare(
  "logout",
  { summary: "log an oauth_browser account out: revoke and delete its tokens", examples: ["mp account logout me"] },
  { name },
  lazyHandler(() => import("./logout.run.ts"))
)

const exportBridge = declare(
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
      description: "leave out the refresh token: the file is useless once the access token expires"
    })
  },
  lazyHandler(async () => ({ run: (await import("./bridge.run.ts")).write }))
)

const removeBridge = declare(
  "remove-bridge",
  {
    summary: "delete a bridge; by default the one in use",
    examples: ["mp account remove-bridge", "mp account remove-bridge --at ./mixpanel_auth.json"]
  },
  { at: flag("at", { value: "PATH", description: "the file to delete" }) },
  lazyHandler(async () => ({ run: (await import("./bridge.run.ts")).remove }))
)

export const account = group("account", "add, show, test and change accounts", [
  list,
  add,
  update,
  remove,
  rename,
  use,
  show,
  token,
  test,
  login,
  logout,
  exportBridge,
  removeBridge
])
