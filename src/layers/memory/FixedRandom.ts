/** Bytes that everybody can guess, for tests: every call gives others, every run the same. */
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import { SecureRandom } from "../../services/platform/SecureRandom.ts"

/** The `call`th call (from 1) gives the number of the call, big-endian in four bytes, over and over. */
export const bytesOfCall = (call: number, count: number): string =>
  Encoding.encodeBase64Url(Uint8Array.from({ length: count }, (_, at) => (call >>> (8 * (3 - (at % 4)))) & 255))

export const layer: Layer.Layer<SecureRandom> = Layer.sync(SecureRandom, () => {
  let calls = 0
  return {
    base64url: (count) =>
      Effect.sync(() => {
        calls += 1
        return bytesOfCall(calls, count)
      })
  }
})
