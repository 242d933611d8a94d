/** The files that live for a moment beside the one they will become, and what a crash leaves of them. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { basename, dirname, join } from "node:path"
import type { DiskOps } from "./DiskOps.ts"
import { call, type Errno } from "./failures.ts"
import { hostHash, sameHost } from "./ProcessHost.ts"

/** `.NAME.PID.HOST.NONCE.tmp`: who made it, where, and nobody else. */
export const temporaryName = ({ host }: DiskOps, target: string): Effect.Effect<string> =>
  Effect.sync(() =>
    join(dirname(target), `.${basename(target)}.${host.pid}.${hostHash(host.id())}.${host.nonce()}.tmp`)
  )

/** Earlier versions had no dot in front of the nonce, and another hash. */
const tempFilePattern = /^\..+\.(\d{1,10})\.(?:([0-9a-f]{12}|0)\.|[0-9a-f]{8})[0-9a-f]{12}\.tmp$/

const foreignAge = Duration.toMillis("1 hour")

/**
 * Here, a leftover is what a dead process made; age proves nothing, for a laptop may have slept with a
 * reservation. Of other hosts (a container, a machine sharing the directory) only age is known.
 */
export const isLeftover = (ops: DiskOps, directory: string, name: string): Effect.Effect<boolean, Errno> => {
  const [, pid, host] = tempFilePattern.exec(name) ?? []
  if (pid === undefined) return Effect.succeed(false)
  if (host !== undefined && sameHost(ops.host, host)) return Effect.sync(() => !ops.host.exists(Number(pid)))
  return Effect.zipWith(
    call(() => ops.lstat(join(directory, name))),
    Clock.currentTimeMillis,
    ({ modifiedMillis }, now) => now - modifiedMillis > foreignAge
  )
}

/** Best effort: what cannot be swept now is swept by a later write, so failures are of no interest. */
const sweepThose = (ops: DiskOps, directory: string, isOld: (name: string) => Effect.Effect<boolean, Errno>) =>
  call(() => ops.readdir(directory)).pipe(
    Effect.flatMap(
      Effect.forEach(
        (name) =>
          isOld(name).pipe(
            Effect.flatMap((old) => (old ? call(() => ops.unlink(join(directory, name))) : Effect.void)),
            Effect.ignore
          ),
        { discard: true }
      )
    ),
    Effect.ignore
  )

/** Removes what dead processes left. */
export const sweep = (ops: DiskOps, directory: string): Effect.Effect<void> =>
  sweepThose(ops, directory, (name) => isLeftover(ops, directory, name))

/** The same, with what else is known to be of no use. */
export const sweepDirectory = (
  ops: DiskOps,
  directory: string,
  isUseless: (name: string) => boolean
): Effect.Effect<void> =>
  sweepThose(ops, directory, (name) => (isUseless(name) ? Effect.succeed(true) : isLeftover(ops, directory, name)))
