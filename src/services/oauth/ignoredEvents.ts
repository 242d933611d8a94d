/** What a login ignores is told, but not without end: anybody on this machine can send requests to its port. */
import * as Effect from "effect/Effect"
import type { LoginEvent, LoginRequest } from "./LoginRequest.ts"

export const reportedOneByOne = 10

type Ignored = Extract<LoginEvent, { readonly _tag: "Ignored" }>

export interface IgnoredEvents {
  readonly report: (what: Ignored["what"], reason: string) => Effect.Effect<void>
  readonly reportRest: Effect.Effect<void>
}

export const makeIgnoredEvents = ({ report }: LoginRequest): IgnoredEvents => {
  let reported = 0
  let more = 0
  return {
    report: (what, reason) =>
      Effect.suspend(() => {
        if (reported < reportedOneByOne) {
          reported++
          return report({ _tag: "Ignored", what, reason })
        }
        more++
        return Effect.void
      }),
    reportRest: Effect.suspend(() => {
      const count = more
      more = 0
      return count === 0 ? Effect.void : report({ _tag: "IgnoredMore", count })
    })
  }
}
