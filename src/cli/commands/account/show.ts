import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { MeCache } from "../../../services/api/MeCache.ts"
import { Accounts } from "../../../services/config/Accounts.ts"
import { declare } from "../../app/declare.ts"
import { record } from "../../app/output.ts"
import { identity } from "../../app/sessionFor.ts"
import { datedCell, detailsRecord, optionalName } from "./records.ts"

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
    const me = yield* Effect.flatMap(MeCache, ({ names }) => names({ account, origin }))
    const details = yield* accounts.describe(account, origin)
    yield* record(detailsRecord(details, origin, me), {
      cell: datedCell(details, yield* Clock.currentTimeMillis)
    })
  }
)
