/** `mp account test`. */
import { declare, lazyHandler } from "../../app/declare.ts"
import { optionalName } from "./names.ts"

export const test = declare(
  "test",
  { summary: "ask the server whether the credential works", examples: ["mp account test", "mp account test team"] },
  { name: optionalName },
  lazyHandler(() => import("./test.run.ts"))
)
