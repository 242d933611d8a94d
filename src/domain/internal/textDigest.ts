/**
 * Tells texts apart that nobody made to be taken for each other (cyrb53, twice: 106 bits). It is there at once: the module of
 * the system that has SHA-256 costs a sixth of the start of Node.
 */
const half = (text: string, seed: number): string => {
  let high = 0xdeadbeef ^ seed
  let low = 0x41c6ce57 ^ seed
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36)
}

export const textDigest = (text: string): string => `${half(text, 1)}-${half(text, 2)}`
