import { Mixpanel } from "../../../services/api/Mixpanel.ts"
import { list } from "../../app/output.ts"
import { withBudget } from "../../app/withBudget.ts"
import { session } from "../../app/sessionFor.ts"

export function* run({ wait }: { readonly wait: boolean }) {
  const mixpanel = yield* Mixpanel
  const names = yield* withBudget(mixpanel.events(yield* session), wait)
  yield* list(
    names.map((name) => ({ name })),
    { columns: ["name"], empty: "No events.", default: "json", json: names }
  )
}
