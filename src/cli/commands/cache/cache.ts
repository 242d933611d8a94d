import { declare, group, lazyHandler } from "../../app/declare.ts"

const warm = declare(
  "warm",
  {
    summary: "write the code cache while an image is built, so that no first run is slow",
    examples: ["mp cache warm"]
  },
  {},
  lazyHandler(() => import("./warm.run.ts"))
)

export const cache = group("cache", "the code cache, with which mp starts faster", [warm])
