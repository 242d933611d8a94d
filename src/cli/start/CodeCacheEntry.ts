/**
 * What V8 made of a bundle, as the bytes of a file: the code, the code again in base 64, what it is for, and the lengths
 * of both. V8 trusts what it is given, and dies of a single wrong byte or of the code of another bundle: both copies must
 * say the same, and the hash must be that of the bundle which is about to run. The copies share no alphabet, so what damages
 * both in the same way is seen too. A digest would see as much, and costs more: 9 million instructions for the CRC of
 * `node:zlib`, 40 for SHA-256, none for this.
 */
export interface CodeCacheEntry {
  readonly code: Buffer
  /** The commands that ran with it: what they call is in the code. */
  readonly commands: ReadonlyArray<string>
}

/** Code runs on the release of V8 that made it, and on no other; a new release of Node with the same one keeps it. */
export const keyOf = (hash: string): string => `${hash}-${process.versions.v8}-${process.platform}-${process.arch}`

/** The length of the code, and that of the words about it. */
const lengthsSize = 8

export const pack = ({ code, commands }: CodeCacheEntry, key: string): Buffer => {
  const words = Buffer.from([key, ...commands].join("\n"), "latin1")
  const lengths = Buffer.alloc(lengthsSize)
  lengths.writeUInt32LE(code.length)
  lengths.writeUInt32LE(words.length, 4)
  return Buffer.concat([code, inDigits(code), words, lengths])
}

/** Fills the bytes from a position of a file on, and tells how many there were. */
export type Read = (bytes: Buffer, position: number) => number

/** What is in a file of so many bytes, if it is whole and that of the bundle with this key. */
export const unpack = (size: number, read: Read, key: string): CodeCacheEntry | undefined => {
  const bytesOf = (length: number, position: number) => {
    const bytes = Buffer.allocUnsafeSlow(length)
    return read(bytes, position) === length ? bytes : undefined
  }
  const lengths = size < lengthsSize ? undefined : bytesOf(lengthsSize, size - lengthsSize)
  const length = lengths?.readUInt32LE() ?? 0
  const wordsSize = lengths?.readUInt32LE(4) ?? 0
  if (length === 0 || size !== length + digits(length) + wordsSize + lengthsSize) return undefined
  const [found, ...commands] =
    bytesOf(wordsSize, size - lengthsSize - wordsSize)
      ?.toString("latin1")
      .split("\n") ?? []
  const code = found === key ? bytesOf(length, 0) : undefined
  return code !== undefined && isSaidAgain(code, read) ? { code, commands } : undefined
}

const inDigits = (code: Buffer): Buffer => Buffer.from(code.toString("base64"), "latin1")

/** How many digits of base 64 stand for so many bytes. */
const digits = (bytes: number): number => 4 * Math.ceil(bytes / 3)

/** So many bytes of code, in so many digits. */
const pieceLength = 49_152

/**
 * Piece by piece, in two buffers, for what has to be collected as garbage costs more than the rest of this. And as bytes: texts
 * are compared one character after the other, which costs ten times as much.
 */
const isSaidAgain = (code: Buffer, read: Read): boolean => {
  const expected = Buffer.allocUnsafeSlow(digits(pieceLength))
  const found = Buffer.allocUnsafeSlow(digits(pieceLength))
  for (let at = 0; at < code.length; at += pieceLength) {
    const length = expected.write(code.toString("base64", at, at + pieceLength), "latin1")
    const piece = found.subarray(0, length)
    const position = code.length + digits(at)
    if (read(piece, position) !== length || !piece.equals(expected.subarray(0, length))) return false
  }
  return true
}
