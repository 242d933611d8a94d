/** The step inside of Redis and the pure one: after any steps both say the same, by the time that Redis tells. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { Redis } from "ioredis"
import { advance, emptyLog, type QueryLog, type Step, ticketMillis } from "#src/domain/budget/QueryLog.ts"
import { budgetScript } from "#src/layers/redis/budgetScript.ts"
import { needs } from "../../support/needs.ts"
import { redisServer } from "../storage/servers.ts"

const limits = { queries: 6, windowMillis: 900, atOnce: 2, leaseMillis: 120 }
const numbers = [limits.queries, limits.windowMillis, limits.atOnce, limits.leaseMillis, ticketMillis(limits)]

const id = FastCheck.constantFrom("a", "b", "c", "d", "e")
const kinds = ["take", "wait", "take", "wait", "end", "drop", "renew", "again"] as const
const step = FastCheck.oneof(
  {
    weight: 9,
    arbitrary: FastCheck.tuple(FastCheck.constantFrom(...kinds), id).map(([kind, id]): Step => ({ kind, id }))
  },
  {
    weight: 1,
    arbitrary: FastCheck.tuple(id, FastCheck.nat(60)).map(([id, millis]): Step => ({ kind: "block", id, millis }))
  }
)
const play = FastCheck.array(FastCheck.record({ step, pause: FastCheck.constantFrom(0, 0, 0, 3, 40) }), {
  minLength: 5,
  maxLength: 40
})

/** Answers of both to every step. */
const both = async (
  redis: Redis,
  key: string,
  played: ReadonlyArray<{ readonly step: Step; readonly pause: number }>
) => {
  let log: QueryLog = emptyLog
  const answers: Array<readonly [inRedis: unknown, here: unknown]> = []
  for (const { pause, step: taken } of played) {
    await new Promise((resume) => setTimeout(resume, pause))
    const millis = taken.kind === "block" ? taken.millis : 0
    const inRedis = await redis.eval(budgetScript, 1, key, taken.kind, taken.id, millis, ...numbers)
    const now = Array.isArray(inRedis) ? Number(inRedis[1]) : Number.NaN
    const [answer, next] = advance(log, taken, now, limits)
    log = next
    const { ahead, blocked, granted, openAt, roomAt, running, used } = answer
    answers.push([inRedis, [granted ? 1 : 0, now, roomAt, openAt, used, running, ahead, blocked]])
  }
  return answers
}

const redis = needs("redis")

describe.skipIf(redis.areUnmet)(redis.title("the step inside of Redis"), () => {
  it.scopedLive(
    "answers what the pure one does, whatever was done before",
    () =>
      Effect.gen(function* () {
        const { port } = yield* redisServer()
        const client = yield* Effect.acquireRelease(
          Effect.sync(() => new Redis(port, "127.0.0.1")),
          (open) => Effect.sync(() => open.disconnect())
        )
        let games = 0
        const property = FastCheck.asyncProperty(play, async (played) => {
          const answers = await both(client, `budget-${(games += 1)}`, played)
          expect(answers.map(([inRedis]) => inRedis)).toEqual(answers.map(([, here]) => here))
        })
        yield* Effect.promise(() => FastCheck.assert(property, { numRuns: 60, endOnFailure: true }))
      }),
    60_000
  )
})
