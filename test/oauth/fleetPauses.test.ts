/**
 * Promise 25, where its processes are stopped in the middle of a refresh and go on later: for less than the lease, and for
 * longer, on servers that revoke, refuse and forgive what comes twice.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { fleetSize } from "./support/fleetSize.ts"
import type { Running } from "./support/processes.ts"
import { onEachEngine, pause, type Scene, scene } from "./support/scene.ts"
import type { Reused } from "./support/StrictAuthority.ts"
import { readText } from "./support/world.ts"

const all = ["before claiming", "before confirming", "confirmed", "arrived", "about to store", "stored"] as const
type Moment = (typeof all)[number]

const short = fleetSize<ReadonlyArray<Moment>>(["confirmed", "arrived"], [...all, ...all, ...all])
const early = fleetSize<ReadonlyArray<Moment>>(
  ["arrived"],
  [...all, ...all, ...all].filter((moment) => moment !== "stored")
)
const long = fleetSize<ReadonlyArray<Moment>>(["about to store"], ["arrived", "about to store"])

const isStopped = async (pid: number | undefined): Promise<boolean> =>
  (await Effect.runPromise(readText(`/proc/${pid}/stat`))).includes(") T ")

/** Asks, and is stopped at the moment; the answer comes when it has been told to go on. */
const stopping = async ({ server }: Scene, { ask, child }: Running, moment: Moment) => {
  if (moment === "arrived") server.uponArrival(() => child.kill("SIGSTOP"))
  const answer = ask(moment === "arrived" ? undefined : { moment, signal: "SIGSTOP" })
  while (!(await isStopped(child.pid))) await pause(5)
  return { answer, goOn: () => child.kill("SIGCONT") }
}

const three = ({ crowd: [one, two, other] }: Scene) => {
  if (one === undefined || two === undefined || other === undefined) throw new Error("no workers")
  return { one, two, other }
}

/** What was sent since the beginning, and how many of the answers are right. */
const told = ({ server }: Scene, answers: ReadonlyArray<{ readonly access?: string | undefined }>) => {
  const { requests, reuses } = server.authority.figures()
  return { requests, reuses, right: answers.filter(({ access }) => server.authority.accepts(access ?? "")).length }
}

onEachEngine((it) => {
  it.scoped(
    `stopped ${short.length} times for less than the lease: one request each, every answer right`,
    () =>
      Effect.gen(function* () {
        const stage = yield* scene({ count: 3 })
        const { one, other, two } = three(stage)
        for (const [at, moment] of short.entries()) {
          yield* stage.logIn()
          const answers = yield* Effect.promise(async () => {
            const { answer, goOn } = await stopping(stage, one, moment)
            const waiting = [two.ask(), other.ask()]
            await pause(fleetSize(500, 2500))
            goOn()
            return await Promise.all([answer, ...waiting])
          })
          expect({ moment, ...told(stage, answers) }).toEqual({ moment, requests: at + 1, reuses: 0, right: 3 })
        }
      }),
    600_000
  )

  it.scoped(
    `stopped ${early.length} times for longer than the lease while it renews early: nobody takes over, nobody waits`,
    () =>
      Effect.gen(function* () {
        const stage = yield* scene({ count: 3, lease: 300, isEarly: true })
        const { one, other, two } = three(stage)
        for (const [at, moment] of early.entries()) {
          // They look for what is due every 5 s at most.
          if (at > 0) yield* Effect.sleep("5 seconds")
          yield* stage.logIn(240_000)
          const meanwhile = yield* Effect.promise(async () => {
            const { answer, goOn } = await stopping(stage, one, moment)
            await pause(700)
            const answers = await Promise.all([two.ask(), other.ask()])
            await pause(fleetSize(300, 1500))
            goOn()
            await answer
            return answers
          })
          expect(meanwhile.map(({ access }) => access?.startsWith("at-"))).toEqual([true, true])
          const renewed = yield* Effect.promise(async () => {
            // The bearer of before is as good until the server has given another one.
            for (let seen = told(stage, []); seen.requests <= at || seen.right === 0; ) {
              await pause(20)
              seen = told(stage, [await two.ask()])
            }
            return await Promise.all([one.ask(), two.ask(), other.ask()])
          })
          expect({ moment, ...told(stage, renewed) }).toEqual({ moment, requests: at + 1, reuses: 0, right: 3 })
        }
      }),
    600_000
  )

  const outcomes: ReadonlyArray<readonly [Reused, string, object]> = [
    ["revokes", "lost, and told", { requests: 2, reuses: 1, others: "interrupted", later: 0 }],
    ["refuses", "saved by the late answer", { requests: 2, reuses: 1, others: "interrupted", later: 3 }],
    ["forgives", "alive, and the late answer gives way", { requests: 2, reuses: 1, others: "right", later: 3 }]
  ]
  for (const [reused, name, outcome] of outcomes) {
    it.scoped(
      `stopped for longer than the lease with the only answer, on a server that ${reused} what comes twice: ${name}`,
      () =>
        Effect.gen(function* () {
          for (const moment of long) {
            const stage = yield* scene({ count: 3, lease: 300, reused })
            const { one, other, two } = three(stage)
            const others = yield* Effect.promise(async () => {
              const { answer, goOn } = await stopping(stage, one, moment)
              const said = await two.ask()
              goOn()
              await answer
              return said
            })
            const later = yield* Effect.promise(() => Promise.all([one.ask(), two.ask(), other.ask()]))
            const { requests, reuses, right } = told(stage, later)
            const isTold = /the refresh of \d\d:\d\d UTC by host-1 was interrupted/.test(others.message ?? "")
            const fate = isTold ? "interrupted" : others.access === undefined ? others.message : "right"
            expect({ requests, reuses, others: fate, later: right }).toEqual(outcome)
          }
        }),
      300_000
    )
  }
})
