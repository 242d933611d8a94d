import type * as Effect from "effect/Effect"
import type { BrokerRules } from "../../domain/broker/BrokerRules.ts"
import type { Denied } from "../../domain/broker/Denied.ts"
import type { ErrorInfo } from "../../domain/errors.ts"
import type { Program } from "../platform/OwnProgram.ts"
import type { GuestAnswer, GuestRequest } from "./BrokerListener.ts"

/** `proxy`: requests are sent on with the credential. `token`: the credential is handed out for as long as it lives. */
export type BrokerMode = "proxy" | "token"

export interface BrokerOptions {
  readonly mode: BrokerMode
  readonly rules: Omit<BrokerRules, "project">
  readonly program?: Program | undefined
  /** What a guest is not told, for the user: why there is no credential, or no answer. */
  readonly onTrouble: (error: ErrorInfo) => Effect.Effect<void>
}

export type Answers = (request: GuestRequest) => Effect.Effect<GuestAnswer, Denied>
