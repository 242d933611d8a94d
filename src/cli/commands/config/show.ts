/** `mp config show`. */
import { declare } from "../../app/declare.ts"
import { lazyHandler } from "../../app/lazyHandler.ts"

export const show = declare(
  "show",
  { summary: "print the configuration with secrets hidden", examples: ["mp config show"] },
  {},
  lazyHandler(() => import("./show.run.ts"))
)
