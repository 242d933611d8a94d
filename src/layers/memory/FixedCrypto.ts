/** Random bytes that everybody can guess, for tests: every call gives others, every run the same. Digests are true. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"
import { Crypto } from "../../services/platform/Crypto.ts"

/** The `call`th call (from 1) gives the number of the call, big-endian in four bytes, over and over. */
export const bytesOfCall = (call: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, at) => (call >>> (8 * (3 - (at % 4)))) & 255)

export const layer: Layer.Layer<Crypto> = Layer.sync(Crypto, () => {
  let calls = 0
  return {
    randomBytes: (count) =>
      Effect.sync(() => {
        calls += 1
        return bytesOfCall(calls, count)
      }),
    sha256: (text) => Effect.sync(() => createHash("sha256").update(text).digest())
  }
})
