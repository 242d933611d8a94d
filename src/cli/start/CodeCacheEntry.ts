/**
 * What V8 made of a bundle, as the bytes of a file: the code and every byte that there is, the same again, what it is for, and
 * the lengths of both. V8 trusts what it is given, and dies of a single wrong byte or of the code of another bundle: both copies must
 * say the same, and the hash must be that of the bundle which is about to run. The second copy begins in the middle, so that
 * what damages both at the same place hits different code; what changes a byte wherever it stands changes it in the row of all bytes.
 * Nothing is made of either for that but what is read: garbage costs more than the reading, and a hash costs 9 to 40 million
 * instructions.
 */
export interface CodeCacheEntry {
  readonly code: Buffer
  /** The commands that ran with it: what they call is in the code. */
  readonly commands: ReadonlyArray<string>
}

/** Code runs on the release of V8 that made it, and on no other; a new release of Node with the same one keeps it. */
export const keyOf = (hash: string): string => `${hash}-${process.versions.v8}-${process.platform}-${process.arch}`

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

/** The length of the code, and that of the words about it. */
const lengthsSize = 8

export const pack = ({ code, commands }: CodeCacheEntry, key: string): Buffer => {
  const words = Buffer.from([key, ...commands].join("\n"), "latin1")
  const lengths = Buffer.alloc(lengthsSize)
  lengths.writeUInt32LE(code.length)
  lengths.writeUInt32LE(words.length, 4)
  const guarded = Buffer.concat([code, everyByte])
  return Buffer.concat([guarded, ...fromMiddle(guarded), words, lengths])
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
  const guardedSize = length + everyByte.length
  if (length === 0 || size !== 2 * guardedSize + wordsSize + lengthsSize) return undefined
  const [found, ...commands] =
    bytesOf(wordsSize, size - lengthsSize - wordsSize)
      ?.toString("latin1")
      .split("\n") ?? []
  const guarded = found === key ? bytesOf(guardedSize, 0) : undefined
  return guarded !== undefined && guarded.subarray(length).equals(everyByte) && isSaidAgain(guarded, read)
    ? { code: guarded.subarray(0, length), commands }
    : undefined
}

const fromMiddle = (bytes: Buffer): readonly [Buffer, Buffer] => {
  const middle = bytes.length >> 1
  return [bytes.subarray(middle), bytes.subarray(0, middle)]
}

/** What is read at once, into the same bytes. */
const pieceLength = 65_536

const isSaidAgain = (guarded: Buffer, read: Read): boolean => {
  const found = Buffer.allocUnsafeSlow(pieceLength)
  let position = guarded.length
  for (const part of fromMiddle(guarded)) {
    for (let at = 0; at < part.length; at += pieceLength) {
      const expected = part.subarray(at, at + pieceLength)
      const piece = found.subarray(0, expected.length)
      if (read(piece, position) !== piece.length || !piece.equals(expected)) return false
      position += piece.length
    }
  }
  return true
}
