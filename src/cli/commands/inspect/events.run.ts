/** What `mp inspect events` does. */
import { Mixpanel } from "../../../services/api/Mixpanel.ts"
import { list } from "../../app/output.ts"
import { session } from "../../app/sessionFor.ts"

export function* run() {
  const mixpanel = yield* Mixpanel
  const names = yield* mixpanel.events(yield* session)
  yield* list(
    names.map((name) => ({ name })),
    { columns: ["name"], empty: "No events.", default: "json", json: names }
  )
}
