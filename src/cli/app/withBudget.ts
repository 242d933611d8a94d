/** Queries of `mp`, within what Mixpanel lets a project ask: without room they fail, or wait with `--wait`. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { waitingWords } from "../../domain/budget/BudgetSpent.ts"
import { queryBudget } from "../../domain/config/ConfigDocument.ts"
import { BudgetPolicy, withoutBudget } from "../../services/budget/QueryBudget.ts"
import { ConfigStore } from "../../services/config/ConfigStore.ts"
import type { Globals } from "./Globals.ts"
import { notice } from "./output.ts"
import type { Terminal } from "./Terminal.ts"

export const withBudget = <A, E, R>(query: Effect.Effect<A, E, R>, wait: boolean) =>
  Effect.gen(function* () {
    // A file that cannot be used at all says nothing of it, and credentials of the environment do without.
    const known = yield* Effect.option(Effect.flatMap(ConfigStore, (store) => store.known))
    const isOn = Option.isNone(known) || (yield* queryBudget(known.value.document))
    const terminal = yield* Effect.context<Globals | Terminal>()
    const said = (words: string) => Effect.provide(notice(words), terminal)
    return yield* Effect.provideService(query, BudgetPolicy, {
      whenSpent: !isOn ? "off" : wait ? "wait" : "fail",
      waiting: (spent) => said(waitingWords(spent)),
      unavailable: (error) => said(withoutBudget(error))
    })
  })
