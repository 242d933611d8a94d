/** Everything that reads foreign bytes. */
import { apiTargets } from "./apiTargets.ts"
import { commandTargets } from "./commandTargets.ts"
import { configTargets } from "./configTargets.ts"
import { largeTargets } from "./largeTargets.ts"
import type { Target } from "./target.ts"
import { tokenTargets } from "./tokenTargets.ts"

export const targets: ReadonlyArray<Target> = [
  ...configTargets,
  ...largeTargets,
  ...tokenTargets,
  ...apiTargets,
  ...commandTargets
]
