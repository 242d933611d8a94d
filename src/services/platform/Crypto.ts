import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/**
 * Random bytes and digests.
 *
 * @example
 * ```ts
 * const hash = Effect.flatMap(Crypto, (crypto) => crypto.sha256("text"))
 * ```
 * @since 0.1.0
 * @category services
 */
export class Crypto extends Context.Tag("effect-mixpanel/Crypto")<
  Crypto,
  {
    /** As many bytes from a cryptographic source. */
    readonly randomBytes: (count: number) => Effect.Effect<Uint8Array>
    /** The SHA-256 digest of a text in UTF-8: 32 bytes. */
    readonly sha256: (text: string) => Effect.Effect<Uint8Array>
  }
>() {}

/**
 * Over the Web Crypto API, for runtimes other than Node.
 *
 * @example
 * ```ts
 * const webCrypto = Layers.webCrypto.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Crypto> = Layer.succeed(Crypto, {
  randomBytes: (count) => Effect.sync(() => globalThis.crypto.getRandomValues(new Uint8Array(count))),
  sha256: (text) =>
    Effect.map(
      Effect.promise(() => globalThis.crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))),
      (digest) => new Uint8Array(digest)
    )
})
