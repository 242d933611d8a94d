import * as Either from "effect/Either"
import { Held } from "../http/gather.ts"

/** The longest line, in bytes: Mixpanel takes no event of more than 1 MiB. */
const maxLineLength = 16_777_216

const lineFeed = 0x0a

/** A byte order mark is one where the body begins, and a character like any other where a piece does. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const textOf = (bytes: Uint8Array): Either.Either<string, "not text"> =>
  Either.try({ try: () => utf8.decode(bytes), catch: () => "not text" })

/** Cuts text that comes in pieces of bytes into lines; what is held is less than a line. */
export class LineCutter {
  #held = new Held()
  #isBegun = false
  #isText = true

  take(piece: Uint8Array): ReadonlyArray<string> {
    const end = piece.lastIndexOf(lineFeed)
    if (end === -1) {
      this.#held.add(piece)
      return []
    }
    this.#held.add(piece.subarray(0, end))
    const lines = this.rest()
    this.#held.add(piece.subarray(end + 1))
    return lines
  }
  rest(): ReadonlyArray<string> {
    const bytes = this.#held.joined()
    this.#held = new Held()
    const text = textOf(bytes)
    this.#isText = Either.isRight(text)
    const lines = Either.isRight(text) ? text.right.split("\n") : textsBeforeTheFault(bytes)
    const [first, ...others] = lines
    if (this.#isBegun || first === undefined) return lines
    this.#isBegun = true
    return [first.replace(/^\uFEFF/, ""), ...others]
  }
  get problem(): string | undefined {
    if (!this.#isText) return "not valid UTF-8"
    return this.#held.size > maxLineLength ? "is longer than any event" : undefined
  }
}

const textsBeforeTheFault = (bytes: Uint8Array): ReadonlyArray<string> => {
  const texts: Array<string> = []
  let start = 0
  for (;;) {
    const end = bytes.indexOf(lineFeed, start)
    const text = textOf(bytes.subarray(start, end === -1 ? bytes.length : end))
    if (end === -1 || Either.isLeft(text)) return texts
    texts.push(text.right)
    start = end + 1
  }
}
