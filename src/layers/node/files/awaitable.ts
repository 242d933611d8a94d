/**
 * Work on answers that are mostly there at once: what is there is not waited for, because a turn of the event loop,
 * or of a fiber, costs more than most calls of the system.
 */
import * as Effect from "effect/Effect"

export type Awaitable<A> = A | Promise<A>

export const andThen = <A, B>(answer: Awaitable<A>, next: (answer: A) => Awaitable<B>): Awaitable<B> =>
  answer instanceof Promise ? later(answer, next) : next(answer)

const later = async <A, B>(promise: Promise<A>, next: (answer: A) => Awaitable<B>): Promise<B> => next(await promise)

/** Runs work, and `recover` on what it throws or rejects with. */
export const orElse = <A>(work: () => Awaitable<A>, recover: (cause: unknown) => Awaitable<A>): Awaitable<A> => {
  try {
    const answer = work()
    return answer instanceof Promise ? recovered(answer, recover) : answer
  } catch (cause) {
    return recover(cause)
  }
}

const recovered = async <A>(promise: Promise<A>, recover: (cause: unknown) => Awaitable<A>): Promise<A> => {
  try {
    return await promise
  } catch (cause) {
    return recover(cause)
  }
}

/** Runs work and then `last`, however the work ends. */
export const ending = <A>(work: () => Awaitable<A>, last: () => Awaitable<void>): Awaitable<A> =>
  andThen(
    orElse<() => A>(
      () => andThen(work(), (answer) => () => answer),
      (cause) => () => {
        throw cause
      }
    ),
    (result) => andThen(last(), result)
  )

/** Like `Effect.tryPromise`, but a value that is no promise costs none. */
export const soon = <A, E>(get: () => A | Promise<A>, toError: (cause: unknown) => E): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    try {
      const got = get()
      return got instanceof Promise ? Effect.tryPromise({ try: () => got, catch: toError }) : Effect.succeed(got)
    } catch (cause) {
      return Effect.fail(toError(cause))
    }
  })
