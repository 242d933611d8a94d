import * as Schema from "effect/Schema"
import { Region } from "../account/identifiers.ts"
import { Finite, Secret } from "../internal/decode.ts"
import { onDemand } from "../internal/onDemand.ts"
import { ClientRegistration } from "./ClientRegistration.ts"

/**
 * What `OAuthFlow.finish` needs of a login that `OAuthFlow.start` began. An app keeps it until the redirect comes: in its
 * session store, or encoded in a cookie that nobody else can read. Any replica can finish with it.
 *
 * @example
 * ```ts
 * const pending = new PendingLogin({ region: "us", client, state, codeVerifier, createdAt: Date.now() })
 * const text = JSON.stringify(yield* Schema.encode(PendingLogin)(pending))
 * ```
 * @since 0.1.0
 * @category models
 */
export class PendingLogin extends onDemand(() =>
  Schema.Class<PendingLogin>("PendingLogin")({
    region: Region,
    client: ClientRegistration,
    /** 32 random bytes: only a redirect that brings it back belongs to this login. */
    state: Secret,
    /** 64 random bytes (86 characters): proves to the token endpoint that the code is ours (RFC 7636, section 4.1). */
    codeVerifier: Secret.pipe(Schema.propertySignature, Schema.fromKey("code_verifier")),
    /** When it began, in epoch milliseconds. */
    createdAt: Finite.pipe(Schema.propertySignature, Schema.fromKey("created_at"))
  })
) {
  /** Whether the redirect comes too late. */
  isExpiredAt(now: number): boolean {
    return now - this.createdAt > pendingSeconds * 1000
  }
}

/** How long a person may take: an hour, as long as authorization servers wait for one. */
export const pendingSeconds = 3600
