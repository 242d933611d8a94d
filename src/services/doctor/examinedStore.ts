/** What the store that machines share says of itself, or why it says nothing. */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { StoreFacts } from "../../domain/doctor/Facts.ts"
import { parseKeys } from "../storage/sealingKeys.ts"
import type { SharedStore } from "../storage/SharedStore.ts"

export const examinedStore = (store: Context.Tag.Service<SharedStore>): Effect.Effect<StoreFacts> =>
  Effect.gen(function* () {
    const { opened, report, settings, shown } = store
    const known = yield* Effect.option(settings)
    const keys = yield* Effect.orElseSucceed(
      Effect.flatMap(settings, (found) => parseKeys(shown, found.keys)),
      () => []
    )
    const asked = Effect.gen(function* () {
      const { now } = yield* opened
      const engine = yield* now
      const ahead = (yield* Clock.currentTimeMillis) - engine
      return { report: yield* report, ahead }
    })
    return {
      shown,
      keys: keys.map(({ id }) => id),
      replicas: known._tag === "Some" ? known.value.replicas : 0,
      outcome: yield* Effect.either(asked)
    }
  })
