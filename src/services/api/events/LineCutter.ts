/** A body as lines, taken from the pieces that it arrives in. */

/** The longest line: Mixpanel takes no event of more than 1 MiB. */
const maxLineLength = 16_777_216

/** Cuts text that comes in pieces of bytes into lines; what is held is less than a line. */
export class LineCutter {
  readonly #decoder = new TextDecoder()
  #rest = ""

  /** The lines that end in this piece, without their ends. */
  take(piece: Uint8Array): ReadonlyArray<string> {
    const text = this.#decoder.decode(piece, { stream: true })
    const begun = this.#rest
    const end = text.lastIndexOf("\n")
    if (end === -1) {
      this.#rest += text
      return []
    }
    this.#rest = text.slice(end + 1)
    return (begun + text.slice(0, end)).split("\n")
  }
  /** The last line, where nothing ends it. */
  rest(): string {
    return this.#rest + this.#decoder.decode()
  }
  /** Whether a line has begun that is longer than any line is. */
  get isTooLong(): boolean {
    return this.#rest.length > maxLineLength
  }
}
