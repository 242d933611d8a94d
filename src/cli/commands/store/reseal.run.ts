import * as Effect from "effect/Effect"
import { ConfigError } from "../../../domain/errors.ts"
import { reseal } from "../../../services/storage/reseal.ts"
import { parseKeys } from "../../../services/storage/sealingKeys.ts"
import { done } from "../../app/output.ts"
import { withSignOfLife } from "../../app/signOfLife.ts"
import { theStore } from "./theStore.ts"

export const run = () =>
  Effect.gen(function* () {
    const { opened, settings, shown } = yield* theStore
    const [first] = yield* parseKeys(shown, (yield* settings).keys)
    const { count, unopened } = yield* withSignOfLife(Effect.flatMap(opened, reseal))
    const key = first?.id ?? null
    yield* done([`Sealed ${count} ${count === 1 ? "entry" : "entries"} in ${shown} with key ${key}.`], {
      store: shown,
      key,
      resealed: count,
      unopened: unopened.map((error) => ({ entry: error.key, reason: error.reason }))
    })
    if (unopened.length > 0) {
      return yield* new ConfigError({
        message: unopened.map(({ message }) => message).join(" "),
        hints: [...new Set(unopened.flatMap(({ hints }) => hints))],
        details: { unopened: unopened.map((error) => error.key) }
      })
    }
  })
