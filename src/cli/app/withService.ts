/** Services of one command, put into its context without what `Effect.provideService` does to take each of them out again. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"

/** As `Effect.provideServiceEffect`, in a fifth of the steps: the service stays in the context until what `inOwnContext` is around ends. */
export const withServiceEffect =
  <I, S, E2, R2>(tag: Context.Tag<I, S>, make: Effect.Effect<S, E2, R2>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.flatMap(make, (service) => withService(tag, service)(effect))

/** As `Effect.provideService`, likewise. */
export const withService =
  <I, S>(tag: Context.Tag<I, S>, service: S) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    // What the type says is so from then on, as with the functions of Effect.
    Effect.zipRight(FiberRef.update(FiberRef.currentContext, Context.add(tag, service)), effect) as Effect.Effect<
      A,
      E,
      Exclude<R, I>
    >

/** What is put into the context inside is gone outside, however it ends: around all that an app may run beside its own. */
export const inOwnContext = Effect.provide(Context.empty())
