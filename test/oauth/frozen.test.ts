/**
 * Promises 1 and 3 among real processes: a holder elsewhere is frozen or killed at each moment of a refresh. A refresh
 * token is sent once, and twice only when the freeze begins between the confirmation and the stored answer and somebody
 * else needs that very refresh meanwhile.
 */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import { workersIn } from "./support/processes.ts"
import { strictServer } from "./support/StrictServer.ts"
import { clientId, plantExpired, readText, temporaryHome, tokensPath } from "./support/world.ts"

type Moment = "before confirming" | "confirmed" | "answered" | "about to store"

interface Case {
  readonly stopped: Moment
  /** What somebody else does once the lease is over. */
  readonly other: "refreshes" | "locks"
  readonly fate: "goes on" | "killed"
  readonly requests: number
  readonly reuses: number
}

const cases: ReadonlyArray<Case> = [
  { stopped: "before confirming", other: "refreshes", fate: "goes on", requests: 1, reuses: 0 },
  { stopped: "before confirming", other: "locks", fate: "goes on", requests: 1, reuses: 0 },
  { stopped: "before confirming", other: "refreshes", fate: "killed", requests: 1, reuses: 0 },
  { stopped: "confirmed", other: "locks", fate: "goes on", requests: 1, reuses: 0 },
  { stopped: "confirmed", other: "refreshes", fate: "killed", requests: 1, reuses: 0 },
  { stopped: "answered", other: "locks", fate: "goes on", requests: 1, reuses: 0 },
  { stopped: "about to store", other: "locks", fate: "goes on", requests: 1, reuses: 0 },
  // What no client can help: the server has to refuse the late one, or forgive it.
  { stopped: "confirmed", other: "refreshes", fate: "goes on", requests: 2, reuses: 1 },
  { stopped: "answered", other: "refreshes", fate: "goes on", requests: 2, reuses: 1 },
  { stopped: "answered", other: "refreshes", fate: "killed", requests: 2, reuses: 1 }
]

const lease = "1500"

const played = ({ fate, other, stopped }: Case) =>
  Effect.scoped(
    Effect.gen(function* () {
      const home = yield* temporaryHome
      const server = yield* strictServer
      yield* plantExpired(home, server.authority.login(clientId))
      const places = [
        { variables: { MP_TEST_HOST: "first", MP_TEST_LEASE: lease, MP_TEST_STOP: stopped } },
        { variables: { MP_TEST_HOST: "second", MP_TEST_LEASE: lease } }
      ]
      const [first, second] = yield* workersIn(places, home, server.url)
      if (first === undefined || second === undefined) throw new Error("no workers")
      return yield* Effect.promise(async () => {
        const asking = first.ask().catch(() => ({ access: undefined }))
        await stoppedNow(first.child.pid)
        const theirs = other === "refreshes" ? await second.ask() : await second.lock()
        if (fate === "killed") first.child.kill("SIGKILL")
        else first.child.kill("SIGCONT")
        const ours = await asking
        const { requests, reuses } = server.authority.figures()
        const answers = [ours.access, other === "refreshes" ? theirs.access : undefined]
        const { access } = await second.ask()
        return {
          requests,
          reuses,
          // A login that was ended by a reuse is told; every other one lives, for both.
          alive: server.authority.accepts(access ?? ""),
          wrong: answers.filter((one) => one !== undefined && reuses === 0 && !server.authority.accepts(one)),
          stored: reuses > 0 || (await Effect.runPromise(readText(tokensPath(home)))).includes(access ?? "none")
        }
      })
    })
  )

/** Waits until a process is stopped. */
const stoppedNow = async (pid: number | undefined): Promise<void> => {
  while (!(await Effect.runPromise(readText(`/proc/${pid}/stat`))).includes(") T ")) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe.skipIf(process.platform !== "linux")("a holder elsewhere (on Linux: /proc tells when it has stopped)", () => {
  it.effect(
    "frozen or killed at each moment: one request, and a second one only in the cases named",
    () =>
      Effect.gen(function* () {
        const seen = yield* Effect.forEach(cases, played, { concurrency: 2 })
        expect(seen).toEqual(
          cases.map(({ requests, reuses }) => ({
            requests,
            reuses,
            alive: reuses === 0,
            wrong: [],
            stored: true
          }))
        )
      }),
    180_000
  )
})
