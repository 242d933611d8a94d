import { declare, lazyHandler } from "../../app/declare.ts"
import { flag } from "../../app/facts.ts"
import { onlineHandler } from "../../app/onlineHandler.ts"

const show = lazyHandler(() => import("./show.run.ts"))

const check = onlineHandler(() => import("./check.run.ts"))

export const status = declare(
  "status",
  {
    summary: "show account, project and workspace, where each comes from, and when the login expires",
    examples: ["mp status", "mp status --check", "mp status --format json | jq -r .expires_at"]
  },
  { check: flag("check", { description: "ask the server whether the credential works" }) },
  (given) => (given.check ? check({}) : show({}))
)
