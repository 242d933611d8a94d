/**
 * The lock for systems on which the kernel's cannot be had: a file that exists while the lock is held, and
 * names its holder. It appears whole (link), so nobody ever reads half a name. It is taken over only from a
 * holder that is provably dead, never for its age.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type { FileError } from "../../domain/errors.ts"
import { closeQuietly } from "./directories.ts"
import { type DiskOps, openFlags } from "./DiskOps.ts"
import type { Errno } from "./failures.ts"
import { call } from "./failures.ts"
import { restartedSince, samePlace } from "./Machine.ts"
import type { Held, Poll } from "./polling.ts"
import { writeAll } from "./Replacement.ts"
import { temporaryName } from "./temporaries.ts"

const Holder = Schema.parseJson(
  Schema.Struct({
    pid: Schema.Number,
    start: Schema.NullOr(Schema.String),
    nonce: Schema.String,
    place: Schema.Struct({
      host: Schema.String,
      machine: Schema.String,
      boot: Schema.String,
      namespace: Schema.String
    })
  })
)
type Holder = typeof Holder.Type

const absent =
  (...codes: ReadonlyArray<string>) =>
  ({ code }: Errno): boolean =>
    codes.includes(code)

const self = (ops: DiskOps): Effect.Effect<Holder, Errno> =>
  Effect.all({
    pid: Effect.succeed(ops.machine.pid),
    start: Effect.map(
      call(() => ops.machine.running(ops.machine.pid)),
      (running) => running?.start ?? null
    ),
    nonce: Effect.sync(() => ops.machine.nonce()),
    place: call(() => ops.machine.place())
  })

const largestHolder = 4096

/** Who holds it; `None` when nobody does. What cannot be understood is held by somebody unknown. */
const readHolder = (ops: DiskOps, file: string): Effect.Effect<Option.Option<Holder | "unknown">, Errno> =>
  Effect.acquireUseRelease(
    call(() => ops.open(file, openFlags.read, 0)),
    (handle) => {
      const into = new Uint8Array(largestHolder)
      return Effect.map(
        call(() => handle.read(into, 0)),
        (length) => new TextDecoder().decode(into.subarray(0, length))
      )
    },
    closeQuietly
  ).pipe(
    Effect.map((text) => Option.getOrElse(Schema.decodeUnknownOption(Holder)(text), () => "unknown" as const)),
    Effect.map(Option.some),
    Effect.catchIf(absent("ENOENT"), () => Effect.succeedNone)
  )

const isDead = (ops: DiskOps, holder: Holder | "unknown"): Effect.Effect<boolean, Errno> =>
  Effect.gen(function* () {
    if (holder === "unknown") return false
    const here = yield* call(() => ops.machine.place())
    if (!samePlace(holder.place, here)) return restartedSince(holder.place, here)
    const running = yield* call(() => ops.machine.running(holder.pid))
    return running === null || (holder.start !== null && running.start !== null && running.start !== holder.start)
  })

/** Whether the mark is there and its holder provably dead. */
export const isAbandoned = (ops: DiskOps, file: string): Effect.Effect<boolean, Errno> =>
  Effect.flatMap(
    readHolder(ops, file),
    Option.match({ onNone: () => Effect.succeed(false), onSome: (holder) => isDead(ops, holder) })
  )

/** `false` when the name is taken. */
const linkAs = (ops: DiskOps, temporary: string, file: string): Effect.Effect<boolean, Errno> =>
  call(() => ops.link(temporary, file)).pipe(
    Effect.as(true),
    Effect.catchIf(absent("EEXIST"), () => Effect.succeed(false))
  )

const unlinkIfThere = (ops: DiskOps, file: string): Effect.Effect<void, Errno> =>
  call(() => ops.unlink(file)).pipe(Effect.catchIf(absent("ENOENT"), () => Effect.void))

/** A failure to remove our own mark is logged: the lock then ends with this process. */
const removeOwn = (ops: DiskOps, file: string, nonce: string): Effect.Effect<void> =>
  readHolder(ops, file).pipe(
    Effect.flatMap((found) => {
      const holder = Option.getOrUndefined(found)
      const mine = holder !== undefined && holder !== "unknown" && holder.nonce === nonce
      return mine ? unlinkIfThere(ops, file) : Effect.void
    }),
    Effect.catchAll(({ code }) => Effect.logDebug(`lock file ${file} could not be removed (${code})`))
  )

/**
 * Removes the mark of a dead holder. Only who holds the guard beside it may, and only after reading under
 * the guard that the mark is still the dead one's; so nobody who was slow removes the mark of the next
 * holder. A guard is a lock like any other: when its holder died, it has a guard of its own.
 */
const removeDead = (ops: DiskOps, temporary: string, file: string, own: Holder): Effect.Effect<void, Errno> =>
  Effect.gen(function* () {
    const guard = `${file}.guard`
    if (!(yield* claim(ops, temporary, guard, own))) return
    yield* isAbandoned(ops, file).pipe(
      Effect.flatMap((dead) => (dead ? unlinkIfThere(ops, file) : Effect.void)),
      Effect.ensuring(removeOwn(ops, guard, own.nonce))
    )
  })

/** One try: `true` when the mark is ours now. A dead holder's mark is removed on the way. */
const claim = (ops: DiskOps, temporary: string, file: string, own: Holder): Effect.Effect<boolean, Errno> =>
  Effect.gen(function* () {
    if (yield* linkAs(ops, temporary, file)) return true
    const holder = yield* readHolder(ops, file)
    if (Option.isSome(holder)) {
      if (!(yield* isDead(ops, holder.value))) return false
      yield* removeDead(ops, temporary, file, own)
    }
    return yield* linkAs(ops, temporary, file)
  })

const writeMark = (ops: DiskOps, file: string, own: Holder): Effect.Effect<void, Errno> =>
  Effect.acquireUseRelease(
    call(() => ops.open(file, openFlags.create, 0o600)),
    (handle) =>
      call(() => handle.chmod(0o600)).pipe(
        Effect.zipRight(writeAll(handle, new TextEncoder().encode(JSON.stringify(own))))
      ),
    closeQuietly
  )

/** Whether the holder lives is asked at the first try and every so many tries: it costs ten times a try. */
const looksEvery = 8

/** Takes the lock, polling. Run uninterruptibly; `poll` is where it waits and can be interrupted. */
export const takeFallbackLock = (
  ops: DiskOps,
  lockFile: string,
  poll: Poll
): Effect.Effect<Held, Errno | FileError | Effect.Effect.Error<ReturnType<Poll>>> =>
  Effect.gen(function* () {
    const own = yield* self(ops)
    const temporary = yield* temporaryName(ops, lockFile)
    const turns = yield* Ref.make(0)
    const ask = Effect.flatMap(
      Ref.getAndUpdate(turns, (turn) => turn + 1),
      (turn) => (turn % looksEvery === 0 ? claim(ops, temporary, lockFile, own) : linkAs(ops, temporary, lockFile))
    )
    yield* writeMark(ops, temporary, own).pipe(
      Effect.zipRight(poll(ask)),
      // What remains of it after a failure is swept like any other temporary file.
      Effect.ensuring(Effect.ignore(unlinkIfThere(ops, temporary)))
    )
    return { release: removeOwn(ops, lockFile, own.nonce) }
  })
