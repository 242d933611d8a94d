import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { Identity } from "../../domain/session/Caller.ts"
import { reportOverridesInForce } from "../api/OverrideListener.ts"
import type { Program } from "../platform/OwnProgram.ts"
import type { Audit } from "./Audit.ts"

/** A stored one may be on its way to another address than Mixpanel's; of each, the audit may want to know. */
export const handOver = (
  audit: Audit["Type"],
  { account, origin }: Identity,
  token: Redacted.Redacted,
  receiver?: Program
): Effect.Effect<void> =>
  Effect.zipRight(
    origin === "environment" ? Effect.void : reportOverridesInForce,
    audit.record({ event: "token", account: account.name, token: Option.some(token), program: receiver })
  )
