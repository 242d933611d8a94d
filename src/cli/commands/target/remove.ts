/** `mp target remove`. */
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
    yield* done([`Removed target '${removed}'.`], { name: removed, removed: true })
  }
)
