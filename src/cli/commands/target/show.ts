/** `mp target show`. */
import * as Effect from "effect/Effect"
import { Targets } from "../../../services/config/Targets.ts"
import { declare } from "../../app/declare.ts"
import { record } from "../../app/output.ts"
import { name, targetRecord } from "./records.ts"

export const show = declare(
  "show",
  { summary: "show a target", examples: ["mp target show ecom"] },
  { name },
  ({ name }) =>
    Effect.gen(function* () {
      const targets = yield* Targets
      yield* record(targetRecord(yield* targets.show(name)))
    })
)
