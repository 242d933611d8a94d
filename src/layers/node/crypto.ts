/** Cryptography by Node. Its module is loaded with the first use: it costs a sixth of the start of Node. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Crypto } from "../../services/platform/Crypto.ts"
import { builtins } from "./builtins.ts"

/** The digest at once, for layers that need no service for it. */
export const sha256 = (text: string): Buffer => builtins.crypto.createHash("sha256").update(text).digest()

export const nodeCrypto = Crypto.of({
  randomBytes: (count) => Effect.sync(() => builtins.crypto.randomBytes(count)),
  sha256: (text) => Effect.sync(() => sha256(text))
})

/**
 * `Crypto` over `node:crypto`.
 *
 * @example
 * ```ts
 * const hash = Effect.flatMap(Crypto, ({ sha256 }) => sha256("text")).pipe(Effect.provide(nodeCrypto))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Crypto> = Layer.succeed(Crypto, nodeCrypto)
