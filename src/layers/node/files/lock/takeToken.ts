/** From asking for a lock to holding its token. Waiting leaves no mark: a waiter may be killed at any moment. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { type FileError, type LockHolder, LockTimeout } from "../../../../domain/errors.ts"
import type { DiskOps } from "../DiskOps.ts"
import { type Errno, isCode } from "../failures.ts"
import { hostHash } from "../ProcessHost.ts"
import { holdToken, type HeldToken } from "./HeldToken.ts"
import { type Holding, holdingsIn, isDead, type NameAges } from "./judging.ts"
import type { Restore } from "../../../../services/platform/KeyedMutex.ts"
import { type LockTiming, longestPause, shortestPause } from "./timing.ts"
import { found, guardLockDirectory, inTheWay, move, tokensIn, touch } from "./tokenDirectory.ts"
import { free, type TokenName, tokenName } from "./tokenName.ts"

export interface LockRoom {
  readonly ops: DiskOps
  readonly timing: LockTiming
  readonly ages: NameAges
}

export interface Waiting {
  readonly waitMillis: number
  readonly restore: Restore
  /** Also a process that is there counts as dead when its name has been the same for this long; then waited for longer. */
  readonly stuckAfter: number
}

/** A clock that only goes forward: a step of the wall clock neither ends nor prolongs a wait. */
export const monotonicMillis: Effect.Effect<number> = Effect.map(
  Clock.currentTimeNanos,
  (nanos) => Number(nanos) / 1_000_000
)

type Failure = Errno | FileError

/** What one try came to: the token, or who has it. */
type Outcome = { readonly _tag: "Taken" } | { readonly _tag: "Held"; readonly by: Holding | null }

const taken: Outcome = { _tag: "Taken" }
const heldBy = (by: Holding | null): Outcome => ({ _tag: "Held", by })

type Asker = ReturnType<typeof makeAsker>

const makeAsker = ({ ages, ops, timing }: LockRoom, directory: string, stuckAfter: number) => {
  const { host } = ops
  const judge = { ages, lease: timing.lease, stuckAfter }
  let mine: TokenName = {
    nonce: host.nonce(),
    beat: 0,
    host: hostHash(host.id()),
    pid: host.pid,
    start: host.start() ?? "0"
  }
  /** The token bears our name, for all we know. */
  let isOurs = false
  const rename = (from: string, to: string) => move(ops, directory, from, to)
  const list = tokensIn(ops, directory)

  const observed = (names: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Holding>> =>
    Effect.map(monotonicMillis, (now) => {
      ages.observe(directory, names, now)
      return holdingsIn(host, names)
    })

  /** The next name is another one: a name must never come back. What cannot be given back now stays ours. */
  const letGo: Effect.Effect<void, Failure> = Effect.suspend(() =>
    Effect.map(rename(tokenName(mine), free), (moved) => {
      if (moved === "busy") return
      mine = { ...mine, beat: mine.beat + 1 }
      isOurs = false
    })
  )

  const absorb = (name: string): Effect.Effect<unknown, Failure> =>
    Effect.catchIf(rename(name, tokenName(mine)), isCode("EISDIR", "ENOTDIR", "ENOTEMPTY"), () =>
      Effect.zipRight(letGo, inTheWay(directory, name))
    )

  /** There may be two tokens, after a restored backup: a free or dead one becomes ours, to a living one we give way. */
  const alone: Effect.Effect<Outcome, Failure> = Effect.gen(function* () {
    while (true) {
      const others = (yield* list).filter((name) => name !== tokenName(mine))
      if (others.length === 0) return taken
      const living = (yield* observed(others)).filter((other) => !isDead(judge, directory, other))
      const dead = others.find((name) => living.every((other) => other.name !== name))
      if (dead === undefined) return yield* Effect.as(letGo, heldBy(living[0] ?? null))
      yield* absorb(dead)
    }
  })

  const takeAs = (from: string, by: Holding | null): Effect.Effect<Outcome, Failure> =>
    Effect.flatMap(
      Effect.suspend(() => rename(from, tokenName(mine))),
      (moved) => {
        if (moved !== "moved") return Effect.succeed(heldBy(by))
        isOurs = true
        return alone
      }
    )
  const take = takeAs(free, null)

  const takeOver = (names: ReadonlyArray<string>): Effect.Effect<Outcome, Failure> =>
    Effect.flatMap(observed(names), (holdings) => {
      const first = holdings[0] ?? null
      // Once it is held, what is dead beside it is absorbed; a directory that somebody put there never becomes a token.
      if (names.includes(free)) return takeAs(free, first)
      const dead = holdings.find((holding) => isDead(judge, directory, holding))
      return dead === undefined ? Effect.succeed(heldBy(first)) : takeAs(dead.name, dead)
    })

  return {
    /** The name under which it has the token. */
    name: () => mine,
    /** The free token, when there is one. */
    take,
    /** Lists the names, founds the directory where there is none, and takes over what is dead. */
    look: Effect.flatMap(list, (names) => {
      if (names.length === 0) return Effect.zipRight(found(ops, directory, mine.nonce), take)
      return names.includes(tokenName(mine)) ? alone : takeOver(names)
    }),
    /**
     * Leaves without the lock. A token that is ours is given back as any holder gives it; and should a file server have
     * given it to us and said that it did not, it goes back too.
     */
    leave: Effect.suspend(() =>
      isOurs
        ? Effect.flatMap(holdToken(ops, timing, directory, mine), ({ release }) => release)
        : Effect.ignore(rename(tokenName(mine), free))
    ),
    touch: Effect.suspend(() => touch(ops, directory, mine.nonce))
  }
}

export const takeToken = (
  room: LockRoom,
  directory: string,
  waiting: Waiting
): Effect.Effect<HeldToken, Failure | LockTimeout> => {
  const { ages, ops, timing } = room
  const asker = makeAsker(room, directory, waiting.stuckAfter)
  return guardLockDirectory(ops, directory).pipe(
    Effect.zipRight(asker.take),
    Effect.flatMap((outcome) => (outcome._tag === "Taken" ? Effect.void : wait(room, directory, waiting, asker))),
    Effect.onError(() => asker.leave),
    Effect.zipRight(
      Effect.suspend(() => {
        ages.forget(directory)
        return holdToken(ops, timing, directory, asker.name())
      })
    )
  )
}

const wait = (room: LockRoom, directory: string, waiting: Waiting, asker: Asker) =>
  Effect.gen(function* () {
    const { look, touch: touchEvery } = room.timing
    const since = yield* monotonicMillis
    let pause = shortestPause
    let nextLook = since
    let nextTouch = since + touchEvery
    let seen: Holding | null = null
    while (true) {
      const now = yield* monotonicMillis
      const isLook = now >= nextLook
      const outcome = yield* isLook ? asker.look : asker.take
      if (outcome._tag === "Taken") return
      if (isLook) {
        seen = outcome.by
        nextLook = now + look
      }
      if (now >= nextTouch) {
        yield* asker.touch
        nextTouch = now + touchEvery
      }
      const left = since + patience(room, directory, waiting, seen) - now
      if (left <= 0) return yield* timeout(directory, waiting, seen?.holder ?? null)
      const jittered = pause * (0.5 + (yield* Random.next))
      yield* waiting.restore(Effect.sleep(Math.min(left, jittered)))
      pause = Math.min(longestPause, pause * 1.5)
    }
  })

/** A second more than it takes: looks are not made at the very moment. */
const margin = 1_500

/** How long to wait in all: for a holder that seems stuck, until that is certain. */
const patience = ({ ages }: LockRoom, directory: string, { stuckAfter, waitMillis }: Waiting, seen: Holding | null) => {
  if (seen === null || stuckAfter === Number.POSITIVE_INFINITY) return waitMillis
  const isUnchanged = ages.of(directory, seen.name) + margin >= waitMillis
  return isUnchanged ? Math.max(waitMillis, stuckAfter + 2 * margin) : waitMillis
}

const timeout = (path: string, { waitMillis }: Waiting, holder: LockHolder | null) =>
  new LockTimeout({ path, waitedMillis: waitMillis, holder })
