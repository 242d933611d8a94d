import { ConfigStore } from "../../../services/config/ConfigStore.ts"
import { declare } from "../../app/declare.ts"
import { record } from "../../app/output.ts"

export const path = declare(
  "path",
  { summary: "print where the configuration is", examples: ["mp config path"] },
  {},
  function* () {
    const store = yield* ConfigStore
    const file = yield* store.path
    yield* record({ path: file }, { bare: file })
  }
)
