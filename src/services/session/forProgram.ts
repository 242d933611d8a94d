import * as Effect from "effect/Effect"
import { type ErrorInfo, fixOf } from "../../domain/internal/errorClass.ts"
import type { CredentialOrigin } from "../../domain/session/Session.ts"

/** Commands of `mp` and keys of projects in the environment, neither of which such a session is made from. */
const isOfThisMachine = (hint: string): boolean => /\bmp |\bMP_PROJECT_/.test(hint)

const withoutMp = <E extends ErrorInfo>(error: E): E => {
  const hints = error.hints.filter((hint) => !isOfThisMachine(hint))
  if (hints.length === error.hints.length) return error
  const fields = { hints, details: { ...error.details, fix: fixOf(hints) } }
  // The class works these out of its fields. A copy, because other fibers may hold the same error for other sessions.
  return Object.create(Object.getPrototypeOf(error), {
    ...Object.getOwnPropertyDescriptors(error),
    ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value, enumerable: true }]))
  })
}

/** `mp` holds nothing of a session that was made by hand: its errors offer no command of `mp`. */
export const forProgram =
  (origin: CredentialOrigin | null) =>
  <A, E extends ErrorInfo, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    origin === "given" ? Effect.mapError(effect, withoutMp) : effect
