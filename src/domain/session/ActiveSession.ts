/** The persisted choice: the `[active]` block. The project is not in it; it lives on the account. */
import * as Schema from "effect/Schema"
import { optionalKey } from "../internal/decode.ts"
import { AccountName, WorkspaceId } from "../account/identifiers.ts"

/** The predecessor writes the workspace as an integer and reads digits in a string too; so do we. */
const LenientWorkspaceId = Schema.compose(Schema.Union(Schema.Number, Schema.NumberFromString), WorkspaceId, {
  strict: false
})

export class ActiveSession extends Schema.Class<ActiveSession>("ActiveSession")({
  account: optionalKey(AccountName, "account"),
  workspace: optionalKey(LenientWorkspaceId, "workspace")
}) {}
