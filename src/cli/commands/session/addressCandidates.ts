/** Addresses that replace Mixpanel's own, as the candidates of an axis that `session --explain` shows where one is set. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type OverrideVariable, overrideVariables, parseBaseUrl } from "../../../domain/api/Endpoints.ts"
import type { Candidate } from "../../../domain/session/Resolution.ts"
import { variable } from "../../../services/platform/environment.ts"

export const addressCandidates: Effect.Effect<ReadonlyArray<Candidate>> = Effect.map(
  Effect.forEach(overrideVariables, (name) =>
    Effect.map(variable(name), (text) => Option.toArray(Option.map(text, (given) => candidate(name, given))))
  ),
  (found) => found.flat()
)

/** A malformed address is not repeated: it may contain a password. */
const candidate = (origin: OverrideVariable, text: string): Candidate =>
  Either.match(parseBaseUrl(origin, text), {
    onLeft: ({ message }) => ({ source: "environment", origin, value: "unusable", status: "skipped", reason: message }),
    onRight: (value) => ({ source: "environment", origin, value, status: "used", reason: null })
  })
