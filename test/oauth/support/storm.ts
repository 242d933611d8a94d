/** The refresh storm: processes that all want a bearer at the moment when the stored one expires. */
import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import { type Lock, workers } from "./processes.ts"
import { strictServer } from "./StrictServer.ts"
import { clientId, expireStored, plantExpired, temporaryHome } from "./world.ts"

export interface StormOptions {
  readonly processes: number
  readonly rounds: number
  readonly lock: Lock
  /** How long the server thinks about each request. */
  readonly delayMillis?: number
}

export interface StormResult {
  readonly asked: number
  /** Answers with the bearer that the server accepts at the end of the round. */
  readonly right: number
  /** Answers with another bearer. */
  readonly wrong: number
  readonly requests: number
  readonly mostInFlight: number
  readonly reuses: number
  /** Answers that told the person to log in again. */
  readonly loggedOut: number
  /** Other errors, by code. */
  readonly errors: Readonly<Record<string, number>>
  /** Rounds after which the session was dead, so that a person had to log in. */
  readonly loginsNeeded: number
  /** The longest time from the question to the answer, and how long all rounds took, in milliseconds. */
  readonly slowestMillis: number
  readonly totalMillis: number
}

/** Every round: the tokens expire, all processes ask at once, all answers are judged. */
export const runStorm = ({ delayMillis = 0, lock, processes, rounds }: StormOptions): Effect.Effect<StormResult> =>
  Effect.scoped(
    Effect.gen(function* () {
      const home = yield* temporaryHome
      const server = yield* strictServer
      server.delay(delayMillis)
      yield* plantExpired(home, server.authority.login(clientId))
      const crowd = yield* workers(processes, home, server.url, lock)
      let right = 0
      let wrong = 0
      let loggedOut = 0
      let loginsNeeded = 0
      let slowestMillis = 0
      const errors: Record<string, number> = {}
      const begun = performance.now()
      for (let round = 0; round < rounds; round += 1) {
        const asked = performance.now()
        const answers = yield* Effect.promise(() =>
          Promise.all(
            crowd.map(async ({ ask }) => {
              const said = await ask()
              slowestMillis = Math.max(slowestMillis, performance.now() - asked)
              return said
            })
          )
        )
        for (const { access, code = "UNKNOWN", error } of answers) {
          if (access !== undefined && server.authority.accepts(access)) right += 1
          else if (access !== undefined) wrong += 1
          else if (error === "OAuthRefreshRevoked") loggedOut += 1
          else errors[code] = (errors[code] ?? 0) + 1
        }
        const alive = answers.some(({ access }) => access !== undefined && server.authority.accepts(access))
        if (alive) yield* expireStored(home)
        else {
          loginsNeeded += 1
          yield* plantExpired(home, server.authority.login(clientId))
        }
      }
      const { requests, reuses } = server.authority.figures()
      return {
        asked: processes * rounds,
        right,
        wrong,
        requests,
        mostInFlight: server.mostInFlight(),
        reuses,
        loggedOut,
        errors,
        loginsNeeded,
        slowestMillis: Math.round(slowestMillis),
        totalMillis: Math.round(performance.now() - begun)
      }
    })
  )
