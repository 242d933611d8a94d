/** `mp cache`: what makes mp start quickly. */
import { group, leaf } from "../../app/declare.ts"
import { onDemand } from "../../app/lazyHandler.ts"

const warm = leaf(
  {
    name: "warm",
    summary: "write the code cache while an image is built, so that no first run is slow",
    examples: ["mp cache warm"]
  },
  onDemand(
    () => import("./warm.run.ts"),
    ({ cacheWarm }) =>
      () =>
        cacheWarm
  )
)

export const cache = group("cache", "what makes mp start quickly", [warm])
