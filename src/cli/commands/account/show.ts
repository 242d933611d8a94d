/** `mp account show`. */
import { Accounts } from "../../../services/config/Accounts.ts"
import { declare } from "../../app/declare.ts"
import { record } from "../../app/output.ts"
import { identity } from "../../app/sessionFor.ts"
import { detailsRecord, optionalName } from "./records.ts"

export const show = declare(
  "show",
  {
    summary: "show an account, never its secrets",
    examples: ["mp account show", "mp account show team --format json"]
  },
  { name: optionalName },
  function* ({ name }) {
    const { account, origin } = yield* identity(name)
    const accounts = yield* Accounts
    yield* record(detailsRecord(yield* accounts.describe(account, origin)))
  }
)
