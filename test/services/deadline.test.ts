/** The same limit in real time and by a clock of the program's own. */
import { expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { vi } from "vitest"
import { withDeadline } from "#src/services/api/http/deadline.ts"

const watched = Effect.map(Deferred.make<void>(), (stopped) => ({
  endless: Effect.onInterrupt(Effect.never, () => Deferred.succeed(stopped, undefined)),
  stopped: Deferred.await(stopped)
}))

it.live("work that takes too long is given up, in real time", () =>
  Effect.gen(function* () {
    const { endless, stopped } = yield* watched
    expect(yield* Effect.flip(withDeadline(20, () => "slow")(endless))).toBe("slow")
    yield* stopped
  })
)

it.effect("by a clock of the program's own, at its moment and not before", () =>
  Effect.gen(function* () {
    const { endless, stopped } = yield* watched
    const asking = yield* Effect.fork(Effect.flip(withDeadline(15_000, () => "slow")(endless)))
    yield* TestClock.adjust(14_999)
    expect(yield* Fiber.poll(asking)).toEqual(Option.none())
    yield* TestClock.adjust(1)
    expect(yield* Fiber.join(asking)).toBe("slow")
    yield* stopped
  })
)

it.live("neither an answer nor an interruption leaves a timer, which would keep the program from ending", () =>
  Effect.gen(function* () {
    const set = vi.spyOn(globalThis, "setTimeout")
    const cleared = vi.spyOn(globalThis, "clearTimeout")
    const timers = () =>
      set.mock.calls.flatMap(([, millis], call) => (millis === 54_321 ? [set.mock.results[call]?.value] : []))
    const limited = withDeadline(54_321, () => "slow")
    expect(yield* limited(Effect.as(Effect.yieldNow(), "answer"))).toBe("answer")
    const { endless, stopped } = yield* watched
    const asking = yield* Effect.fork(limited(endless))
    while (timers().length < 2) yield* Effect.yieldNow()
    yield* Fiber.interrupt(asking)
    yield* stopped
    for (const timer of timers()) expect(cleared).toHaveBeenCalledWith(timer)
    vi.restoreAllMocks()
  })
)
