/** The persisted choice: the `[active]` block. The project is not in it; it lives on the account. */
import * as Schema from "effect/Schema"
import { optionalKey } from "../internal/decode.ts"
import { onDemand } from "../internal/onDemand.ts"
import { AccountName, lenientWorkspaceId } from "../account/identifiers.ts"

export class ActiveSession extends onDemand(() =>
  Schema.Class<ActiveSession>("ActiveSession")({
    account: optionalKey(AccountName, "account"),
    workspace: optionalKey(lenientWorkspaceId(), "workspace")
  })
) {}
