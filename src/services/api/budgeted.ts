import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { RateLimited, RequestError } from "../../domain/api/ApiError.ts"
import { rootUrl } from "../../domain/api/Endpoints.ts"
import type { ConfigError } from "../../domain/errors.ts"
import type { Session } from "../../domain/session/Session.ts"
import { type BudgetKey, BudgetPolicy, type Permit, type QueryBudget } from "../budget/QueryBudget.ts"
import { endpointOverrides } from "../platform/environment.ts"
import type { Call } from "./http/answers.ts"
import { AttemptListener, type AttemptOutcome } from "./http/AttemptListener.ts"

/** All of the Query API, but for the later pages of profiles. */
const isCounted = ({ family, query }: Call): boolean =>
  family === "query" || (family === "engage" && query?.["session_id"] === undefined)

export const budgetKey = ({ projectId, region }: Session): Effect.Effect<BudgetKey, ConfigError> =>
  Effect.map(endpointOverrides, (overrides) => ({
    host: new URL(rootUrl("query", region, overrides)).host,
    project: projectId
  }))

/** What Mixpanel answers without having looked at the query: no credential, no plan for it, too often. */
const uncountedStatuses: ReadonlyArray<number | null> = [401, 402, 429]

const counts = ({ isSent, status }: AttemptOutcome): boolean =>
  isSent && !uncountedStatuses.includes(status) && !(status !== null && status >= 300 && status < 400)

/** How long nobody asks where the server does not say it. */
const unsaidMillis = 60_000

/** Each attempt is counted as the server does, and who is asked to wait waits for all. */
const within =
  (permit: Permit) =>
  <A, E extends { readonly _tag: string }, R>(ask: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      let counted = 0
      const attempted = (outcome: AttemptOutcome) =>
        Effect.suspend(() => {
          if (outcome.status === 429)
            return Effect.forEach(Option.toArray(outcome.retryAfter), permit.block, { discard: true })
          if (!counts(outcome)) return Effect.void
          counted += 1
          return counted > 1 ? permit.again : Effect.void
        })
      return ask.pipe(
        Effect.provideService(AttemptListener, { attempted }),
        Effect.tapError((error) =>
          Effect.zipRight(
            counted === 0 ? permit.notCounted : Effect.void,
            isLimited(error) && Option.isNone(error.retryAfterSeconds) ? permit.block(unsaidMillis) : Effect.void
          )
        )
      )
    })

const isLimited = (error: { readonly _tag: string }): error is RateLimited => error._tag === "RateLimited"

/** Nobody else knows of it where the budget cannot be kept: whoever asked waits alone. */
const alone = (error: { readonly _tag: string }): Effect.Effect<void> =>
  isLimited(error)
    ? Effect.sleep(Option.match(error.retryAfterSeconds, { onNone: () => unsaidMillis, onSome: (wait) => wait * 1000 }))
    : Effect.void

/** Asks when there is room. Whoever waits for it waits, too, where the server says that there was none. */
export const budgeted =
  (budget: QueryBudget["Type"], session: Session, call: Call) =>
  <A, E extends RequestError | { readonly _tag: "NoWorkspaces" }, R>(
    ask: Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | RequestError, R> =>
    Effect.gen(function* () {
      const { whenSpent } = yield* BudgetPolicy
      if (whenSpent === "off" || !isCounted(call)) return yield* ask
      const key = yield* budgetKey(session)
      const wait = whenSpent === "wait"
      const query = Effect.scoped(
        Effect.flatMap(budget.take(key, { wait }), (permit) =>
          Effect.tapError(within(permit)(ask), wait && Option.isNone(permit.given) ? alone : () => Effect.void)
        )
      )
      return yield* wait ? Effect.retry(query, { while: isLimited }) : query
    })
