/** `mp account show`. */
import * as Effect from "effect/Effect"
import { Accounts } from "../../../services/config/Accounts.ts"
import { declare } from "../../app/declare.ts"
import { record } from "../../app/output.ts"
import { identity } from "../../app/sessionFor.ts"
import { optionalName } from "./names.ts"
import { detailsRecord } from "./records.ts"

export const show = declare(
  "show",
  {
    summary: "show an account, never its secrets",
    examples: ["mp account show", "mp account show team --format json"]
  },
  { name: optionalName },
  ({ name }) =>
    Effect.gen(function* () {
      const { account, origin } = yield* identity(name)
      const accounts = yield* Accounts
      yield* record(detailsRecord(yield* accounts.describe(account, origin)))
    })
)
