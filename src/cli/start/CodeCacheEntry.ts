/**
 * What V8 made of a bundle, as the bytes of a file: the code twice, the hash of the bundle, and the length of the code.
 * V8 trusts what it is given, and dies of a single wrong byte or of the code of another bundle: both copies must agree,
 * and the hash must be that of the bundle which is about to run.
 */

/** Code runs on the release of V8 that made it, and on no other; a new release of Node with the same one keeps it. */
export const keyOf = (hash: string): string => `${hash}-${process.versions.v8}-${process.platform}-${process.arch}`

export const pack = (code: Buffer, key: string): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(code.length)
  return Buffer.concat([code, code, Buffer.from(key, "latin1"), length])
}

/** The code, if it is whole and that of the bundle with this key. */
export const unpack = (bytes: Buffer, key: string): Buffer | undefined => {
  const end = bytes.length - 4
  if (end < 0) return undefined
  const length = bytes.readUInt32LE(end)
  if (length === 0 || end !== 2 * length + key.length) return undefined
  const code = bytes.subarray(0, length)
  const isWhole = code.equals(bytes.subarray(length, 2 * length)) && bytes.toString("latin1", 2 * length, end) === key
  return isWhole ? code : undefined
}
