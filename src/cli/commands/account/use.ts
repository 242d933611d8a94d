import { Accounts } from "../../../services/config/Accounts.ts"
import { declare } from "../../app/declare.ts"
import { done } from "../../app/output.ts"
import { noteNotInForce } from "../../app/sessionFor.ts"
import { name } from "./records.ts"

export const use = declare(
  "use",
  { summary: "make an account active; the pinned workspace is cleared", examples: ["mp account use team"] },
  { name },
  function* ({ name }) {
    const accounts = yield* Accounts
    const account = yield* accounts.use(name)
    yield* done([`Active account: ${account.name}`], { name: account.name, is_active: true, workspace: null })
    yield* noteNotInForce({ account: account.name })
  }
)
