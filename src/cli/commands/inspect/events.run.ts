/** What `mp inspect events` does. */
import * as Effect from "effect/Effect"
import { Mixpanel } from "../../../services/api/Mixpanel.ts"
import { online } from "../../app/network.ts"
import { list } from "../../app/output.ts"
import { session } from "../../app/sessionFor.ts"

export const run = () =>
  Effect.gen(function* () {
    const mixpanel = yield* Mixpanel
    const names = yield* mixpanel.events(yield* session)
    yield* list(
      names.map((name) => ({ name })),
      { columns: ["name"], empty: "No events.", default: "json", json: names }
    )
  }).pipe(Effect.provide(online))
