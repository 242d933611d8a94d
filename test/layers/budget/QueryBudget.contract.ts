/** What every `QueryBudget` must do, whatever it stands on. */
import { expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { ProjectId } from "#src/domain/account/identifiers.ts"
import type { BudgetOptions } from "#src/services/budget/BudgetEngine.ts"
import {
  type BudgetKey,
  BudgetPolicy,
  defaultBudgetPolicy,
  type QueryBudgetShape
} from "#src/services/budget/QueryBudget.ts"

/** Another process or machine on the same engine. */
export interface BudgetGround {
  readonly machine: (options: BudgetOptions) => Effect.Effect<QueryBudgetShape, unknown, Scope.Scope>
}

type Case = (ground: BudgetGround) => Effect.Effect<void, unknown, Scope.Scope>

const keyOf = (project: string, host = "mixpanel.com"): BudgetKey => ({ host, project: ProjectId.make(project) })

const key = keyOf("3018488")

/** A query that runs until its scope is closed. */
const running = (budget: QueryBudgetShape, of: BudgetKey = key) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const permit = yield* Scope.extend(budget.take(of), scope)
    return { permit, end: Scope.close(scope, Exit.void) }
  })

const spent = (budget: QueryBudgetShape, of: BudgetKey = key) => Effect.flip(Effect.scoped(budget.take(of)))

const long: BudgetOptions = { window: "1 hour", lease: "1 minute" }

/** Until the time of the engine has come: all of these wait at once. */
const timed: Readonly<Record<string, Case>> = {
  "no more are sent within a window than may, and the error says when there is room": ({ machine }) =>
    Effect.gen(function* () {
      const options: BudgetOptions = { queries: 3, window: "2 seconds" }
      const [one, two] = [yield* machine(options), yield* machine(options)]
      yield* Effect.scoped(one.take(key))
      yield* Effect.scoped(two.take(key))
      yield* Effect.scoped(one.take(key))
      const { details, found } = yield* spent(two)
      expect(details).toMatchObject({ limit: 3, used: 3, running: 0 })
      expect(found.roomAt).toBeGreaterThan(found.now)
      yield* Effect.sleep(found.roomAt - found.now + 20)
      yield* Effect.scoped(two.take(key))
    }),
  "nobody sends while the server wants to be left alone": ({ machine }) =>
    Effect.gen(function* () {
      const [one, two] = [yield* machine(long), yield* machine(long)]
      yield* Effect.scoped(Effect.flatMap(one.take(key), ({ block }) => block(1500)))
      const { found, message } = yield* spent(two)
      expect(message).toContain("429")
      expect(found.roomAt - found.now).toBeLessThanOrEqual(1500)
      yield* Effect.sleep(found.roomAt - found.now + 20)
      yield* Effect.scoped(two.take(key))
    }),
  "a place is kept for as long as a query runs": ({ machine }) =>
    Effect.gen(function* () {
      const options: BudgetOptions = { window: "1 hour", lease: "2 seconds", atOnce: 1 }
      const [one, two] = [yield* machine(options), yield* machine(options)]
      const { end } = yield* running(one)
      yield* Effect.sleep(4500)
      expect((yield* spent(two)).found.running).toBe(1)
      yield* end
      yield* Effect.scoped(two.take(key))
    })
}

const cases: Readonly<Record<string, Case>> = {
  "no more run at once than may, and who has ended makes room": ({ machine }) =>
    Effect.gen(function* () {
      const [one, two] = [yield* machine({ ...long, atOnce: 2 }), yield* machine({ ...long, atOnce: 2 })]
      const first = yield* running(one)
      const second = yield* running(two)
      const error = yield* spent(one)
      expect(error.details).toMatchObject({ project: "3018488", limit: 60, used: 2, running: 2, sent: false })
      expect(error.found.roomAt - error.found.now).toBeGreaterThan(50_000)
      expect(error.found.roomAt - error.found.now).toBeLessThanOrEqual(60_000)
      yield* first.end
      yield* Effect.scoped(two.take(key))
      yield* second.end
    }),
  "what the server did not count is given back": ({ machine }) =>
    Effect.gen(function* () {
      const budget = yield* machine({ ...long, queries: 1 })
      yield* Effect.scoped(Effect.flatMap(budget.take(key), ({ notCounted }) => notCounted))
      expect(yield* budget.known(key)).toEqual(Option.none())
      yield* Effect.scoped(budget.take(key))
      expect((yield* spent(budget)).found.used).toBe(1)
    }),
  "what was sent once more counts once more": ({ machine }) =>
    Effect.gen(function* () {
      const budget = yield* machine({ ...long, queries: 3 })
      yield* Effect.scoped(Effect.flatMap(budget.take(key), ({ again }) => Effect.zipRight(again, again)))
      expect((yield* spent(budget)).found.used).toBe(3)
    }),
  "who waits is served in the order of arrival, is told so once, and overtaken by nobody": ({ machine }) =>
    Effect.gen(function* () {
      const options: BudgetOptions = { ...long, atOnce: 1 }
      const budget = yield* machine(options)
      const holder = yield* running(budget)
      const served: Array<string> = []
      const told: Array<string> = []
      const waiter = (name: string) =>
        Effect.gen(function* () {
          const other = yield* machine(options)
          const waits = yield* Deferred.make<void>()
          const waiting = () =>
            Effect.zipRight(
              Effect.sync(() => told.push(name)),
              Deferred.succeed(waits, undefined)
            )
          const fiber = yield* Effect.scoped(
            Effect.zipRight(
              other.take(key, { wait: true }),
              Effect.zipRight(
                Effect.sync(() => served.push(name)),
                Effect.sleep(50)
              )
            )
          ).pipe(Effect.provideService(BudgetPolicy, { ...defaultBudgetPolicy, waiting }), Effect.fork)
          yield* Deferred.await(waits)
          return fiber
        })
      const first = yield* waiter("first")
      const impatient = yield* waiter("impatient")
      const third = yield* waiter("third")
      yield* Fiber.interrupt(impatient)
      expect((yield* spent(budget)).found.ahead).toBe(2)
      yield* holder.end
      expect((yield* spent(budget)).found.ahead).toBeGreaterThan(0)
      yield* Fiber.join(first)
      yield* Fiber.join(third)
      expect(served).toEqual(["first", "third"])
      expect(told).toEqual(["first", "impatient", "third"])
    }),
  "each project has its own, and each host": ({ machine }) =>
    Effect.gen(function* () {
      const budget = yield* machine({ ...long, queries: 1 })
      yield* Effect.scoped(budget.take(key))
      yield* Effect.scoped(budget.take(keyOf("3018489")))
      yield* Effect.scoped(budget.take(keyOf("3018488", "eu.mixpanel.com")))
      yield* Effect.scoped(budget.take(keyOf("3018488", "127.0.0.1:4711")))
      expect((yield* spent(budget)).details.project).toBe("3018488")
    }),
  "what is known is told, and changes nothing": ({ machine }) =>
    Effect.gen(function* () {
      const [one, two] = [yield* machine(long), yield* machine(long)]
      expect(yield* one.known(key)).toEqual(Option.none())
      const { end } = yield* running(one)
      for (const budget of [one, two]) {
        expect(yield* budget.known(key)).toMatchObject(Option.some({ used: 1, running: 1, ahead: 0, granted: false }))
      }
      yield* end
      expect(yield* two.known(key)).toMatchObject(Option.some({ used: 1, running: 0 }))
    }),
  "of many at once exactly as many are let in as may": ({ machine }) =>
    Effect.gen(function* () {
      const options: BudgetOptions = { ...long, queries: 12, atOnce: 8 }
      const machines = yield* Effect.all(Array.from({ length: 4 }, () => machine(options)))
      const asked = machines.flatMap((budget) => Array.from({ length: 10 }, () => Effect.option(running(budget))))
      const holders = (yield* Effect.all(asked, { concurrency: "unbounded" })).flatMap(Option.toArray)
      expect(holders.length).toBe(8)
      yield* Effect.forEach(holders, ({ end }) => end, { concurrency: "unbounded" })
      expect((yield* Effect.all(asked, { concurrency: "unbounded" })).flatMap(Option.toArray).length).toBe(4)
    })
}

export const contract = (ground: Effect.Effect<BudgetGround, never, Scope.Scope>): void => {
  for (const [name, test] of Object.entries({ ...timed, ...cases })) {
    it.scopedLive(name, () => Effect.flatMap(ground, test), { concurrent: name in timed, timeout: 60_000 })
  }
}
