/**
 * SHA-256 of a short text, for the names by which processes tell places apart, and for nothing else:
 * docs/decisions/0008-hash-of-a-place.md says why it is not that of `node:crypto`.
 */
import { lazy } from "../../../domain/internal/lazy.ts"

export const sha256Hex = (text: string): string => {
  const { roundConstants, startState } = constants()
  const state = [...startState]
  const words = padded(new TextEncoder().encode(text))
  for (let at = 0; at < words.length; at += 16) absorb(state, words.slice(at, at + 16), roundConstants)
  return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("")
}

/** The text, one bit, zeros, and how many bits the text has: blocks of sixteen words. */
const padded = (bytes: Uint8Array): Array<number> => {
  const view = new DataView(new ArrayBuffer(64 * Math.ceil((bytes.length + 9) / 64)))
  bytes.forEach((byte, at) => view.setUint8(at, byte))
  view.setUint8(bytes.length, 0x80)
  view.setUint32(view.byteLength - 4, bytes.length * 8)
  return Array.from({ length: view.byteLength / 4 }, (_, at) => view.getInt32(4 * at))
}

const absorb = (state: Array<number>, block: Array<number>, roundConstants: ReadonlyArray<number>): void => {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  roundConstants.forEach((constant, round) => {
    const word = (block[round] ??= extended(block, round))
    const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
    const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
    const first = (h + s1 + ((e & f) ^ (~e & g)) + constant + word) | 0
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[a, b, c, d, e, f, g, h] = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g]
  })
  for (const [at, word] of [a, b, c, d, e, f, g, h].entries()) state[at] = ((state[at] ?? 0) + word) | 0
}

const extended = (block: ReadonlyArray<number>, round: number): number => {
  const [x = 0, y = 0] = [block[round - 15], block[round - 2]]
  const s0 = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3)
  const s1 = rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10)
  return ((block[round - 16] ?? 0) + s0 + (block[round - 7] ?? 0) + s1) | 0
}

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

/** Of the first primes: fractions of their square roots and of their cube roots. */
const constants = lazy(() => {
  const primes: Array<number> = []
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  const fraction = (root: number): number => ((root % 1) * 2 ** 32) | 0
  return {
    startState: primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))),
    roundConstants: primes.map((prime) => fraction(Math.cbrt(prime)))
  }
})
