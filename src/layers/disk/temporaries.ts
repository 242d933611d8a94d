/** The files that live for a moment beside the one they will become, and what a crash leaves of them. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { basename, dirname, join } from "node:path"
import type { DiskOps } from "./DiskOps.ts"
import { call, type Errno } from "./failures.ts"
import { placeTag } from "./Machine.ts"

/** `.NAME.PID.PLACE+NONCE.tmp`: who made it, where, and nobody else. */
export const temporaryName = (ops: DiskOps, target: string): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => ops.machine.place()),
    (place) =>
      join(dirname(target), `.${basename(target)}.${ops.machine.pid}.${placeTag(place)}${ops.machine.nonce()}.tmp`)
  )

const ours = /^\..+\.(\d{1,10})\.([0-9a-f]{8})[0-9a-f]{12}\.tmp$/

const foreignAge = Duration.toMillis("1 hour")

/**
 * Here, a leftover is what a dead process made; age proves nothing, for a laptop may have slept with a
 * reservation in hand. Of other places (a container, a machine sharing the directory) only age is known.
 */
export const isLeftover = (ops: DiskOps, directory: string, name: string): Effect.Effect<boolean, Errno> =>
  Effect.gen(function* () {
    const [, pid, tag] = ours.exec(name) ?? []
    if (pid === undefined) return false
    const place = yield* Effect.promise(() => ops.machine.place())
    if (tag === placeTag(place)) return !ops.machine.exists(Number(pid))
    const { modifiedMillis } = yield* call(() => ops.lstat(join(directory, name)))
    return (yield* Clock.currentTimeMillis) - modifiedMillis > foreignAge
  })

/** Best effort: what cannot be swept now is swept by a later write, so failures are of no interest. */
export const sweep = (ops: DiskOps, directory: string): Effect.Effect<void> =>
  call(() => ops.readdir(directory)).pipe(
    Effect.map((names) => names.filter((name) => ours.test(name))),
    Effect.flatMap(
      Effect.forEach(
        (name) =>
          isLeftover(ops, directory, name).pipe(
            Effect.flatMap((old) => (old ? call(() => ops.unlink(join(directory, name))) : Effect.void)),
            Effect.ignore
          ),
        { discard: true }
      )
    ),
    Effect.ignore
  )
