/** One of many processes that want to send queries, on several engines at once. It says what it got and when, by the engine's clock. */
import { PgClient } from "@effect/sql-pg"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { BudgetSpent } from "#src/domain/budget/BudgetSpent.ts"
import { ProjectId } from "#src/domain/account/identifiers.ts"
import { budgetLayer as redisBudget } from "#src/layers/redis/RedisBudget.ts"
import { budgetLayer as sqlBudget } from "#src/layers/sql/SqlBudget.ts"
import * as DiskBudget from "#src/services/budget/DiskBudget.ts"
import { BudgetPolicy, defaultBudgetPolicy, QueryBudget } from "#src/services/budget/QueryBudget.ts"
import { diskAt } from "../../storage/disk.ts"

const [task = "", home = "", redis = "", postgres = "", password = "", window = "", lease = ""] = process.argv.slice(2)

const options = { window: Number(window), lease: Number(lease), namespace: "test" }

const engines = {
  disk: Layer.provide(DiskBudget.layer(options), diskAt(home)),
  ...(redis === "" ? {} : { redis: redisBudget({ ...options, url: Redacted.make(`redis://127.0.0.1:${redis}`) }) }),
  ...(postgres === ""
    ? {}
    : {
        postgres: Layer.provide(
          sqlBudget(options),
          PgClient.layer({
            host: "127.0.0.1",
            port: Number(postgres),
            username: "postgres",
            password: Redacted.make(password),
            database: "postgres",
            maxConnections: 1,
            connectTimeout: "2 minutes"
          })
        )
      })
}

const key = { host: "mixpanel.com", project: ProjectId.make("3018488") }

const say = (engine: string, what: string, at: number) => process.stdout.write(`${engine} ${what} ${at}\n`)

/** All begin when the test says so. */
const begun = new Promise((resolve) => process.stdin.once("data", resolve))

/** Where somebody has to wait, there is no room: with those who wait before, 60 were sent or 5 run. */
const waitingOn = (engine: string) => ({
  ...defaultBudgetPolicy,
  waiting: ({ found: { ahead, limits, running, used } }: BudgetSpent) => {
    const isFull = used + ahead >= limits.queries || running + ahead >= limits.atOnce
    return Effect.sync(() => say(engine, isFull ? "full" : "refused", used))
  }
})

/** A wish: a place that is waited for, and a query that takes a while. */
const wish = (engine: string, query: Effect.Effect<unknown>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { take } = yield* QueryBudget
      const { given } = yield* take(key, { wait: true })
      say(engine, Option.isSome(given) ? "given" : "uncounted", Option.isSome(given) ? given.value.now : 0)
      say(engine, "running", Option.isSome(given) ? given.value.running : 0)
      say(engine, "from", Date.now())
      yield* query
      say(engine, "to", Date.now())
    })
  ).pipe(Effect.provideService(BudgetPolicy, waitingOn(engine)))

const wishes = (engine: string) => {
  if (task === "hold") return wish(engine, Effect.never)
  if (task === "wish") return wish(engine, Effect.void)
  say(engine, "ready", Date.now())
  const five = Effect.repeatN(wish(engine, Effect.sleep(60)), 4)
  return Effect.zipRight(
    Effect.promise(() => begun),
    five
  )
}

const all = Object.entries(engines).map(([name, layer]) => Effect.provide(wishes(name), layer))

void Effect.runPromise(Effect.all(all, { concurrency: "unbounded", discard: true })).then(() => process.stdin.destroy())
