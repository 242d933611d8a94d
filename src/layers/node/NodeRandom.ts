/** Random bytes from the system's cryptographic source. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { randomBytes } from "node:crypto"
import { SecureRandom } from "../../services/platform/SecureRandom.ts"

export const layer: Layer.Layer<SecureRandom> = Layer.succeed(SecureRandom, {
  base64url: (count) => Effect.sync(() => randomBytes(count).toString("base64url"))
})
