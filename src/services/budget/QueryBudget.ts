import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { ProjectId } from "../../domain/account/identifiers.ts"
import { type BudgetSpent, waitingWords } from "../../domain/budget/BudgetSpent.ts"
import type { BudgetState } from "../../domain/budget/QueryLog.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"

/**
 * Whose queries are counted together: those of a project, whoever sends them.
 * @since 0.1.0
 * @category models
 */
export interface BudgetKey {
  /** Where they are sent to, with the port where it is none of HTTP's own. */
  readonly host: string
  readonly project: ProjectId
}

/**
 * A place for one query, which is given back with the scope.
 * @since 0.1.0
 * @category services
 */
export interface Permit {
  /** What was known when it was given, with its time by the engine's clock; `None` where the budget could not be kept. */
  readonly given: Option.Option<BudgetState>
  /** The server did not get the query, or did not count it. */
  readonly notCounted: Effect.Effect<void>
  /** The query was sent once more, and counts once more. */
  readonly again: Effect.Effect<void>
  /** The server wants to be left alone for as long: nobody sends before. */
  readonly block: (millis: number) => Effect.Effect<void>
}

/**
 * What `QueryBudget` offers.
 * @since 0.1.0
 * @category services
 */
export interface QueryBudgetShape {
  /**
   * A place for a query of a project, or `BudgetSpent` with the time at which there is room; with `wait`, it is waited for:
   * who came first is served first. While the scope lasts the place is kept, and renewed; of a process that is killed it is
   * free again after a minute.
   *
   * Where the budget itself cannot be kept (a disk that takes no writes, an engine that is away), the query goes on without:
   * `BudgetPolicy` is told once.
   */
  readonly take: (
    key: BudgetKey,
    options?: { readonly wait?: boolean }
  ) => Effect.Effect<Permit, BudgetSpent, Scope.Scope>
  /** What is known of a project's queries; `None` where nothing is. Nothing is changed. */
  readonly known: (key: BudgetKey) => Effect.Effect<Option.Option<BudgetState>, StorageError>
}

/**
 * Mixpanel's 60 queries an hour and 5 at once, for each project.
 *
 * @example
 * ```ts
 * const key = { host: "mixpanel.com", project: ProjectId.make("3713224") }
 * const place = Effect.flatMap(QueryBudget, ({ take }) => take(key, { wait: true }))
 * ```
 * @since 0.1.0
 * @category services
 */
export class QueryBudget extends Context.Tag("effect-mixpanel/QueryBudget")<QueryBudget, QueryBudgetShape>() {}

/**
 * What `BudgetPolicy` says.
 * @since 0.1.0
 * @category services
 */
export interface BudgetPolicyShape {
  /** What becomes of a query that there is no room for; `off`: it is sent, and nothing is counted. */
  readonly whenSpent: "fail" | "wait" | "off"
  /** Called when a query begins to wait, and every minute that it goes on. */
  readonly waiting: (spent: BudgetSpent) => Effect.Effect<void>
  /** Called once where the budget cannot be kept: queries go on without it. */
  readonly unavailable: (error: StorageError) => Effect.Effect<void>
}

/**
 * How the typed calls use the budget: by default a query that there is no room for fails.
 *
 * @example
 * ```ts
 * const patient = Layer.succeed(BudgetPolicy, { ...defaultBudgetPolicy, whenSpent: "wait" })
 * ```
 * @since 0.1.0
 * @category services
 */
export class BudgetPolicy extends Context.Reference<BudgetPolicy>()("effect-mixpanel/BudgetPolicy", {
  defaultValue: (): BudgetPolicyShape => defaultBudgetPolicy
}) {}

/**
 * Fails, and logs.
 * @since 0.1.0
 * @category services
 */
export const defaultBudgetPolicy: BudgetPolicyShape = {
  whenSpent: "fail",
  waiting: (spent) => Effect.logInfo(waitingWords(spent)),
  unavailable: (error) => Effect.logWarning(withoutBudget(error))
}

export const withoutBudget = ({ hints: [fix], message }: StorageError): string =>
  `The queries of the project are not counted, and go on: ${message}${fix === undefined ? "" : `. Mend it with: ${fix}`}`
