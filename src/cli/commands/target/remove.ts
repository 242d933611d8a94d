import * as Effect from "effect/Effect"
import { Directories } from "../../../services/config/Directories.ts"
import { Targets } from "../../../services/config/Targets.ts"
import { declare } from "../../app/declare.ts"
import { done } from "../../app/output.ts"
import { name } from "./show.ts"

export const remove = declare(
  "remove",
  { summary: "remove a target", examples: ["mp target remove ecom"] },
  { name },
  function* ({ name }) {
    const targets = yield* Targets
    const removed = yield* targets.remove(name)
    const orphaned = yield* Effect.flatMap(Directories, ({ naming }) => naming("target", removed))
    const orphans = orphaned.length === 0 ? [] : [`Orphaned directories: ${orphaned.join(", ")}`]
    yield* done([`Removed target '${removed}'.`, ...orphans], {
      name: removed,
      removed: true,
      orphaned_directories: orphaned
    })
  }
)
