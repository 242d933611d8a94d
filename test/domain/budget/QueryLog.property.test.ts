import { expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { describe } from "vitest"
import {
  advance,
  type BudgetLimits,
  type BudgetState,
  emptyLog,
  type QueryLog,
  type Step
} from "#src/domain/budget/QueryLog.ts"
import { readLog, writtenLog } from "#src/domain/budget/queryLogText.ts"

const limits: BudgetLimits = { queries: 4, windowMillis: 1000, atOnce: 2, leaseMillis: 100 }

const ids = FastCheck.constantFrom("a", "b", "c", "d", "e", "f", "g")

const kinds = ["take", "wait", "wait", "renew", "end", "drop", "again"] as const

const steps: FastCheck.Arbitrary<Step> = FastCheck.oneof(
  FastCheck.record({ kind: FastCheck.constantFrom(...kinds), id: ids }),
  FastCheck.record({
    kind: FastCheck.constant("block" as const),
    id: ids,
    millis: FastCheck.integer({ min: 0, max: 2000 })
  })
)

const runs = FastCheck.array(FastCheck.tuple(steps, FastCheck.integer({ min: 0, max: 120 })), { maxLength: 120 })

interface Grant {
  readonly id: string
  readonly at: number
}

/** Every step of a run, with what came before and after it. */
const played = (
  run: ReadonlyArray<readonly [Step, number]>,
  see: (what: {
    step: Step
    now: number
    before: QueryLog
    after: QueryLog
    answer: BudgetState
    isGrant: boolean
  }) => void
) => {
  let now = 1_800_000_000_000
  let log: QueryLog = emptyLog
  for (const [step, pause] of run) {
    now += pause
    const [answer, after] = advance(log, step, now, limits)
    const isGrant = after.starts.some(({ at, id }) => at === now && id === step.id) && answer.granted
    see({
      step,
      now,
      before: log,
      after,
      answer,
      isGrant: isGrant && !log.starts.some(({ at, id }) => at === now && id === step.id)
    })
    log = after
  }
}

describe("whatever the steps", () => {
  it("no more are counted within a window than may, and no more run at once", () => {
    FastCheck.assert(
      FastCheck.property(runs, (run) => {
        played(run, ({ after, isGrant, now }) => {
          const counted = after.starts.filter(({ at }) => at + limits.windowMillis > now)
          const running = after.starts.filter(({ until }) => until > now)
          if (isGrant) expect(counted.length).toBeLessThanOrEqual(limits.queries)
          if (isGrant) expect(running.length).toBeLessThanOrEqual(limits.atOnce)
        })
      })
    )
  })

  it("what counts is what was sent within the window and not given back, and what has ended has no place", () => {
    FastCheck.assert(
      FastCheck.property(runs, (run) => {
        let sent: ReadonlyArray<Grant> = []
        played(run, ({ answer, isGrant, now, step: { id, kind } }) => {
          if (isGrant || kind === "again") sent = [...sent, { id: kind === "again" ? `${id}+` : id, at: now }]
          if (kind === "drop") sent = sent.filter((one) => one.id !== id)
          expect(answer.used).toBe(sent.filter(({ at }) => at + limits.windowMillis > now).length)
          if (kind === "end" || kind === "drop") expect(answer.granted).toBe(false)
        })
      })
    )
  })

  it("nobody is served before somebody who came earlier and still waits, unless there is room for both", () => {
    FastCheck.assert(
      FastCheck.property(runs, (run) => {
        played(run, ({ after, before, isGrant, now, step }) => {
          if (!isGrant) return
          const waiting = before.queue.filter(({ until }) => until > now).map(({ id }) => id)
          const ahead = waiting.includes(step.id) ? waiting.indexOf(step.id) : waiting.length
          const used = after.starts.filter(({ at }) => at + limits.windowMillis > now).length
          const running = after.starts.filter(({ until }) => until > now).length
          expect(used + ahead).toBeLessThanOrEqual(limits.queries)
          expect(running + ahead).toBeLessThanOrEqual(limits.atOnce)
        })
      })
    )
  })

  it("a step that is sent twice at once is as good as one, but for another sending", () => {
    FastCheck.assert(
      FastCheck.property(runs, steps, (run, step) => {
        FastCheck.pre(step.kind !== "again")
        let last: QueryLog = emptyLog
        let time = 0
        played(run, ({ after, now }) => {
          last = after
          time = now
        })
        const [first, once] = advance(last, step, time, limits)
        const [second, twice] = advance(once, step, time, limits)
        expect(second).toEqual(first)
        expect(twice).toEqual(once)
      })
    )
  })

  it("nobody sends before the end of a block, and the log is the same as a text", () => {
    FastCheck.assert(
      FastCheck.property(runs, (run) => {
        played(run, ({ after, before, isGrant, now }) => {
          if (isGrant) expect(before.blocked).toBeLessThanOrEqual(now)
          expect(readLog(writtenLog(after))).toEqual(after)
        })
      })
    )
  })

  it("whoever goes on asking is served", () => {
    FastCheck.assert(
      FastCheck.property(runs, (run) => {
        let log: QueryLog = emptyLog
        let now = 0
        played(run, (what) => {
          log = what.after
          now = what.now
        })
        const served: Array<Grant> = []
        for (let asks = 0; asks < 400 && served.length === 0; asks += 1) {
          now += 20
          const [answer, next] = advance(log, { kind: "wait", id: "patient" }, now, limits)
          log = next
          if (answer.granted) served.push({ id: "patient", at: now })
        }
        expect(served).toHaveLength(1)
      })
    )
  })
})

it("times of a clock that was set back are forgotten, and a text that is no log is an empty one", () => {
  const day = 86_400_000
  const log = {
    starts: [{ id: "a", at: 2 * day, until: 2 * day + 100 }],
    queue: [{ id: "b", until: 2 * day }],
    blocked: 2 * day
  }
  const [answer, next] = advance(log, { kind: "end", id: "c" }, day, limits)
  expect(next).toEqual({ starts: [], queue: [], blocked: day + limits.windowMillis })
  expect(answer.roomAt).toBe(day + limits.windowMillis)
  for (const text of ["", "{", "[]", '{"starts":[1],"queue":[],"blocked":0}', '{"starts":[],"queue":[]}']) {
    expect(readLog(text)).toEqual(emptyLog)
  }
})
