/** What a login ignores is told, but not without end: anybody on this machine can send requests to its port. */
import * as Effect from "effect/Effect"
import type { LoginEvent, LoginRequest } from "./LoginRequest.ts"

/** How many are told one by one. */
export const toldOneByOne = 10

type Ignored = Extract<LoginEvent, { readonly _tag: "Ignored" }>

export interface IgnoredEvents {
  readonly tell: (what: Ignored["what"], reason: string) => Effect.Effect<void>
  /** Says how many there were beyond those. */
  readonly tellRest: Effect.Effect<void>
}

export const makeIgnoredEvents = ({ report }: LoginRequest): IgnoredEvents => {
  let told = 0
  let untold = 0
  return {
    tell: (what, reason) =>
      Effect.suspend(() => {
        if (told < toldOneByOne) {
          told++
          return report({ _tag: "Ignored", what, reason })
        }
        untold++
        return Effect.void
      }),
    tellRest: Effect.suspend(() => {
      const count = untold
      untold = 0
      return count === 0 ? Effect.void : report({ _tag: "IgnoredMore", count })
    })
  }
}
