/**
 * The budget of all processes of a machine: a file for each project, which is changed under its lock. Where mixpanel_headless
 * keeps a ledger of the project, its queries are counted too, and ours are entered there. Its own lock (`flock`) is not to be
 * had from Node: an entry that both programs write over each other is entered again with the next step.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { entered, limitsWith, ownOf, readLedger, together } from "../../domain/budget/PacerLedger.ts"
import {
  advance,
  type BudgetLimits,
  emptyLog,
  isAwaited,
  lookAt,
  type QueryLog,
  type Step
} from "../../domain/budget/QueryLog.ts"
import { readLog, writtenLog } from "../../domain/budget/queryLogText.ts"
import type { FileError, LockError } from "../../domain/errors.ts"
import { StorageError } from "../../domain/storage/StorageError.ts"
import { CredentialFiles, type CredentialFilesShape } from "../platform/CredentialFiles.ts"
import { Crypto } from "../platform/Crypto.ts"
import { Locations, type QueryLogs } from "../platform/Locations.ts"
import { type BudgetEngine, type BudgetOptions, fromBudgetEngine, limitsOf } from "./BudgetEngine.ts"
import { type BudgetKey, QueryBudget } from "./QueryBudget.ts"

/** More than any ledger takes: a number for each query of an hour. */
const ledgerBytes = 65_536

const found = (files: CredentialFilesShape, { own: path, pacer }: QueryLogs, limits: BudgetLimits, now: number) =>
  Effect.map(Effect.all([files.read(path), readTheirs(files, pacer)]), ([text, theirs]) => {
    const own = Option.match(text, { onNone: () => emptyLog, onSome: readLog })
    const ledger = Option.match(theirs, { onNone: () => null, onSome: (written) => readLedger(written, now) })
    return ledger === null
      ? { own, ledger, limits, log: own }
      : { own, ledger, limits: limitsWith(limits, ledger), log: together(own, ledger) }
  })

/** A ledger that is not to be read is none: ours is kept all the same. */
const readTheirs = (files: CredentialFilesShape, path: string): Effect.Effect<Option.Option<string>> =>
  Effect.catchAll(files.read(path), ({ message }) => Effect.as(Effect.logDebug(message), Option.none()))

/** The place is taken before the ledger is read, so that it is filled at once. */
const enter = (files: CredentialFilesShape, path: string, before: QueryLog, after: QueryLog) =>
  Effect.gen(function* () {
    const place = yield* files.reserve(path, ledgerBytes)
    const ledger = Option.map(yield* files.read(path), (text) => readLedger(text, 0))
    if (Option.isSome(ledger) && ledger.value !== null) yield* place.commit(entered(ledger.value, before, after))
  }).pipe(
    Effect.scoped,
    Effect.catchAll(({ message }) => Effect.logDebug(message))
  )

const failed =
  (operation: "get" | "put", { project }: BudgetKey) =>
  (cause: FileError | LockError) =>
    new StorageError({
      operation,
      key: `the queries of project ${project}`,
      store: "the files of this machine",
      reason: cause.message,
      temporary: cause._tag !== "FileError",
      cause
    })

/** Whoever waits and has no room yet changes nothing: the file is read, and many who wait do not queue for its lock. */
const stillWaiting = (files: CredentialFilesShape, paths: QueryLogs, { id, kind }: Step, limits: BudgetLimits) =>
  Effect.gen(function* () {
    if (kind !== "wait") return Option.none()
    const now = yield* Clock.currentTimeMillis
    const { limits: known, log } = yield* found(files, paths, limits, now)
    const state = lookAt(log, now, known, id)
    return isAwaited(log, id, now, known) && state.roomAt > now ? Option.some(state) : Option.none()
  })

export const diskBudget = (
  files: CredentialFilesShape,
  locations: Locations["Type"],
  options: BudgetOptions
): BudgetEngine => {
  const limits = limitsOf(options)
  return {
    step: (key, step) =>
      Effect.gen(function* () {
        const paths = yield* locations.queries(key.host, key.project)
        const waiting = yield* stillWaiting(files, paths, step, limits)
        if (Option.isSome(waiting)) return waiting.value
        return yield* files.withLock(paths.own)(() =>
          Effect.gen(function* () {
            const now = yield* Clock.currentTimeMillis
            const before = yield* found(files, paths, limits, now)
            const [answer, after] = advance(before.log, step, now, before.limits)
            yield* files.write(paths.own, writtenLog(ownOf(after)))
            if (before.ledger !== null) yield* enter(files, paths.pacer, before.own, after)
            return answer
          })
        )
      }).pipe(Effect.mapError(failed("put", key))),
    look: (key) =>
      Effect.gen(function* () {
        const paths = yield* locations.queries(key.host, key.project)
        const now = yield* Clock.currentTimeMillis
        const { limits: known, log } = yield* found(files, paths, limits, now)
        return lookAt(log, now, known)
      }).pipe(Effect.mapError(failed("get", key)))
  }
}

const make = (options: BudgetOptions) =>
  Effect.flatMap(Effect.all([CredentialFiles, Locations, Crypto]), ([files, locations, crypto]) =>
    fromBudgetEngine(diskBudget(files, locations, options), crypto)
  )

/**
 * Over the files of `CredentialFiles`, where `Locations` has them: what `mp` and all programs of a user share.
 *
 * @example
 * ```ts
 * const app = layerWith({ queryBudget: Layers.diskBudget({ queries: 400 }) })
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: (options?: BudgetOptions) => Layer.Layer<QueryBudget, never, CredentialFiles | Locations | Crypto> =
  flow((options: BudgetOptions = {}) => make(options), Layer.effect(QueryBudget))
