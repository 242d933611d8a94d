/** `mp cache`: what makes mp start quickly. */
import { group, leaf } from "../CommandTree.ts"
import { onDemand } from "../onDemand.ts"

const warm = leaf(
  {
    name: "warm",
    summary: "write the code cache while an image is built, so that no first run is slow",
    examples: ["mp cache warm"]
  },
  onDemand(
    () => import("../handlers/cacheWarm.ts"),
    ({ cacheWarm }) =>
      () =>
        cacheWarm
  )
)

export const cache = group("cache", "what makes mp start quickly", [warm])
