/** `mp config show`. */
import { declare, lazyHandler } from "../../app/declare.ts"

export const show = declare(
  "show",
  { summary: "print the configuration with secrets hidden", examples: ["mp config show"] },
  {},
  lazyHandler(() => import("./show.run.ts"))
)
