/**
 * What V8 made of a bundle, as the bytes of a file: the code, the code again in base 64, the hash of the bundle, and the length
 * of the code. V8 trusts what it is given, and dies of a single wrong byte or of the code of another bundle: both copies must
 * say the same, and the hash must be that of the bundle which is about to run. The copies share no alphabet, so what damages
 * both in the same way is seen too. A digest would see as much, and costs more: 9 million instructions for the CRC of
 * `node:zlib`, 40 for SHA-256, none for this.
 */

/** Code runs on the release of V8 that made it, and on no other; a new release of Node with the same one keeps it. */
export const keyOf = (hash: string): string => `${hash}-${process.versions.v8}-${process.platform}-${process.arch}`

export const pack = (code: Buffer, key: string): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(code.length)
  return Buffer.concat([code, inDigits(code), Buffer.from(key, "latin1"), length])
}

/** The code, if it is whole and that of the bundle with this key. */
export const unpack = (bytes: Buffer, key: string): Buffer | undefined => {
  const end = bytes.length - 4
  if (end < 0) return undefined
  const length = bytes.readUInt32LE(end)
  const codeEnd = end - key.length
  const isOfBundle = length > 0 && codeEnd === length + digits(length) && bytes.toString("latin1", codeEnd, end) === key
  if (!isOfBundle) return undefined
  const code = bytes.subarray(0, length)
  return inDigits(code).equals(bytes.subarray(length, codeEnd)) ? code : undefined
}

/** In base 64, as bytes: texts are compared one character after the other, which costs ten times as much. */
const inDigits = (code: Buffer): Buffer => Buffer.from(code.toString("base64"), "latin1")

/** How many digits of base 64 stand for so many bytes. */
const digits = (bytes: number): number => 4 * Math.ceil(bytes / 3)
