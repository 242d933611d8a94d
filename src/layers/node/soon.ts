/** Values that are mostly there already, and only sometimes have to be waited for. */
import * as Effect from "effect/Effect"

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
