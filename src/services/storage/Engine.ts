import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import { Claimed, type StorageError, Superseded, type Why } from "../../domain/storage/StorageError.ts"
import type { Crypto } from "../platform/Crypto.ts"
import {
  type Claim,
  type ClaimOptions,
  type CredentialStorageShape,
  type Entry,
  type Expected,
  type Version
} from "./CredentialStorage.ts"
import { makeCredentialStorage, orGivenBack, withFullJitter } from "./makeCredentialStorage.ts"
import { engineClock, monotonicMillis } from "./engineClock.ts"
import { disconnectedWithin } from "../api/http/deadline.ts"

export const gravestoneMillis = 600_000

/** How many seconds the longest of all renewals takes: 2 to begin, 15 for the request, 3 to store the answer. */
const defaultLease: Duration.DurationInput = "20 seconds"

/** A claim that was asked for longer ago is given back before anything is spent: this process was stopped, or starved. */
const beginMillis = 2000

const deadlineMillis = 5000

const noAnswer = (millis: number): Why => ({ reason: `no answer arrived within ${millis / 1000} s`, temporary: true })

export const withDeadline = <A, E, E2>(
  step: Effect.Effect<A, E>,
  failed: (why: Why) => E2,
  millis = deadlineMillis
): Effect.Effect<A, E | E2> => disconnectedWithin(millis, () => failed(noAnswer(millis)))(step)

export type Condition = Expected | { readonly version: Version; readonly orForgotten: true }

interface EngineWrite {
  readonly condition: Condition
  /** When the engine forgets it; `null` for never. */
  readonly millis: number | null
}

interface EngineClaim {
  readonly holder: string
  readonly leaseMillis: number
  readonly takeOver: boolean
}

export type ClaimAnswer =
  | { readonly _tag: "Granted" /** Whoever had it before. */; readonly previous: string | null }
  | { readonly _tag: "Held"; readonly holder: string; readonly millisLeft: number }
  | { readonly _tag: "Superseded" }

export interface Engine {
  readonly get: (key: string) => Effect.Effect<Option.Option<Entry>, StorageError>
  readonly put: (key: string, entry: Entry, how: EngineWrite) => Effect.Effect<boolean, StorageError>
  readonly remove: (
    key: string,
    gravestone: Version,
    expected: "any" | { readonly version: Version }
  ) => Effect.Effect<"removed" | "absent" | "superseded", StorageError>
  readonly claim: (key: string, version: Version, how: EngineClaim) => Effect.Effect<ClaimAnswer, StorageError>
  /** Ends the lease of a holder: as if it had never been there, or so that the next one is told of it. */
  readonly settle: (key: string, holder: string, isUnspent: boolean) => Effect.Effect<void, StorageError>
  readonly list: (prefix: string) => Stream.Stream<string, StorageError>
  readonly now: Effect.Effect<number, StorageError>
  readonly describe: (key: string) => string
}

/** A store over an engine. Claims carry the name, so that others can say who it is that they wait for. */
export const fromEngine = (
  engine: Engine,
  { randomBytes }: Pick<Crypto["Type"], "randomBytes">,
  name: string
): Effect.Effect<CredentialStorageShape> =>
  Effect.map(engineClock(engine.now), (now) => {
    const fresh = Effect.map(randomBytes(12), Encoding.encodeBase64Url)
    const claimOnce = (key: string, version: Version, how?: ClaimOptions) =>
      Effect.gen(function* () {
        const at = new Date(yield* now).toISOString()
        const holder = `${name} at ${at} ${yield* fresh}`
        return yield* claimed(engine, { key, version, holder, next: yield* fresh }, how)
      })
    return makeCredentialStorage({
      isShared: true,
      get: engine.get,
      put: (key, value, { expected, timeToLive, version }) =>
        Effect.gen(function* () {
          const entry = { value, version: version ?? (yield* fresh) }
          const millis = timeToLive === undefined ? null : Math.ceil(Duration.toMillis(timeToLive))
          return (yield* engine.put(key, entry, { condition: expected, millis }))
            ? entry
            : yield* new Superseded({ key })
        }),
      remove: (key, expected) =>
        Effect.gen(function* () {
          const outcome = yield* engine.remove(key, yield* fresh, expected)
          return outcome === "superseded" ? yield* new Superseded({ key }) : outcome === "removed"
        }),
      list: engine.list,
      claim: (key, version, how) =>
        withFullJitter(orGivenBack(claimOnce(key, version, how)), {
          firstMillis: 20,
          forMillis: Duration.toMillis(how?.wait ?? 0),
          while: ({ _tag }) => _tag === "Claimed"
        }),
      now,
      describe: (key) => Effect.succeed(engine.describe(key))
    })
  })

interface Asked {
  readonly key: string
  readonly version: Version
  readonly holder: string
  /** The version of what will be committed: the same however often it has to be sent. */
  readonly next: Version
}

type State = "unsent" | "granted" | "settled"

export const holderName = (holder: string): string => holder.replace(/ [^ ]*$/, "")

const claimed = (
  engine: Engine,
  { holder, key, next, version }: Asked,
  { lease = defaultLease, takeOver = true }: ClaimOptions = {}
): Effect.Effect<Claim, StorageError | Superseded | Claimed, Scope.Scope> =>
  Effect.gen(function* () {
    const asked = yield* monotonicMillis
    const state = yield* Ref.make<State>("unsent")
    // Before the claim is asked for: an answer that never arrived may have granted it.
    yield* Effect.addFinalizer(() =>
      Effect.flatMap(Ref.get(state), (last) =>
        last === "settled" ? Effect.void : ended(engine.settle(key, holder, last === "unsent"), state)
      )
    )
    const answer = yield* engine.claim(key, version, {
      holder,
      leaseMillis: Math.ceil(Duration.toMillis(lease)),
      takeOver
    })
    if (answer._tag !== "Granted") yield* Ref.set(state, "settled")
    if (answer._tag === "Superseded") return yield* new Superseded({ key })
    if (answer._tag === "Held") {
      return yield* new Claimed({ key, by: holderName(answer.holder), millisLeft: answer.millisLeft })
    }
    yield* Ref.set(state, "granted")
    const unspent = Effect.suspend(() => ended(engine.settle(key, holder, true), state))
    return {
      abandonedBy: Option.map(Option.fromNullable(answer.previous), holderName),
      confirm: Effect.flatMap(monotonicMillis, (now) =>
        now - asked <= beginMillis ? Effect.void : Effect.zipRight(unspent, new Superseded({ key }))
      ),
      commit: (value) => {
        const entry = { value, version: next }
        // Where it does not arrive now it is sent again: until its lease ends nobody else spends what has been spent.
        return Ref.set(state, "settled").pipe(
          Effect.zipRight(engine.put(key, entry, { condition: { version, orForgotten: true }, millis: null })),
          Effect.flatMap((stored) => (stored ? Effect.succeed(entry) : new Superseded({ key })))
        )
      },
      remove: Effect.flatMap(engine.remove(key, next, { version }), (outcome) =>
        Effect.zipRight(
          Ref.set(state, "settled"),
          outcome === "superseded" ? new Superseded({ key }) : Effect.succeed(outcome === "removed")
        )
      ),
      unspent
    }
  })

/** A lease that cannot be ended ends by itself. */
const ended = (settling: Effect.Effect<void, StorageError>, state: Ref.Ref<State>) =>
  settling.pipe(
    Effect.zipRight(Ref.set(state, "settled")),
    Effect.catchAll(({ message }) => Effect.logDebug(`A claim was not given back: ${message}`))
  )
