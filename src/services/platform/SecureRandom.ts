/** Bytes that nobody can guess. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

export class SecureRandom extends Context.Tag("effect-mixpanel/SecureRandom")<
  SecureRandom,
  {
    /** `count` bytes from a cryptographic source, as unpadded base64url (RFC 4648, section 5). */
    readonly base64url: (count: number) => Effect.Effect<string>
  }
>() {}
