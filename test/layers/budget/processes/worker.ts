/** One of many processes that want to send queries, on several engines at once. It says what it got and when, by the engine's clock. */
import { PgClient } from "@effect/sql-pg"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { ProjectId } from "#src/domain/account/identifiers.ts"
import { budgetLayer as redisBudget } from "#src/layers/redis/RedisBudget.ts"
import { budgetLayer as sqlBudget } from "#src/layers/sql/SqlBudget.ts"
import * as DiskBudget from "#src/services/budget/DiskBudget.ts"
import { QueryBudget } from "#src/services/budget/QueryBudget.ts"
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

/** A wish: a place that is waited for, and a query that takes a while. */
const wish = (engine: string, query: Effect.Effect<unknown>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { take } = yield* QueryBudget
      const { given } = yield* take(key, { wait: task !== "ask" })
      say(engine, Option.isSome(given) ? "given" : "uncounted", Option.isSome(given) ? given.value.now : 0)
      say(engine, "from", Date.now())
      yield* query
      say(engine, "to", Date.now())
    })
  )

const wishes = (engine: string) => {
  if (task === "hold") return wish(engine, Effect.never)
  if (task === "five") return Effect.repeatN(wish(engine, Effect.sleep(60)), 4)
  return Effect.catchAll(wish(engine, Effect.void), ({ details }) =>
    Effect.sync(() => say(engine, "spent", details.running))
  )
}

const all = Object.entries(engines).map(([name, layer]) => Effect.provide(wishes(name), layer))

void Effect.runPromise(Effect.all(all, { concurrency: "unbounded", discard: true }))
