/** `mp account list`. */
import * as Effect from "effect/Effect"
import { Accounts } from "../../../services/config/Accounts.ts"
import { declare } from "../../app/declare.ts"
import { showAccounts } from "./showAccounts.ts"

export const list = declare(
  "list",
  {
    summary: "list all accounts, the active one marked *",
    examples: ["mp account list", "mp account list --format json | jq -r '.[].name'"]
  },
  {},
  () => Effect.flatMap(Accounts, showAccounts)
)
