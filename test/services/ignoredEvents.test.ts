import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { command } from "#src/domain/hints/Command.ts"
import { makeIgnoredEvents, reportedOneByOne } from "#src/services/oauth/ignoredEvents.ts"
import type { LoginEvent } from "#src/services/oauth/LoginRequest.ts"

it.effect("ten are told one by one, the others once and in one number", () =>
  Effect.gen(function* () {
    const told: Array<LoginEvent> = []
    const ignored = makeIgnoredEvents({
      region: "us",
      keep: () => Effect.void,
      openBrowser: false,
      timeoutSeconds: 1,
      pastes: Stream.empty,
      alwaysPaste: false,
      pastesAreFinal: false,
      report: (event) => Effect.sync(() => told.push(event)),
      fix: command`mp login`
    })
    yield* ignored.reportRest
    yield* Effect.repeatN(ignored.report("request", "no state"), 9_999)
    yield* ignored.reportRest
    yield* ignored.reportRest
    expect(told).toHaveLength(reportedOneByOne + 1)
    expect(told.at(-1)).toEqual({ _tag: "IgnoredMore", count: 10_000 - reportedOneByOne })
  })
)
