/** The bytes of an answer as they arrive: held back while nobody reads them, cut off when nobody wants them. */

/** What a connection lets be done to what it delivers. */
export interface Tap {
  readonly pause: () => void
  readonly resume: () => void
  readonly abort: (reason: Error) => void
}

/** How much may wait for a reader, in bytes. */
const patience = 65_536

/** A body that is read once: as a whole, or piece by piece at the reader's pace. */
export class ReceivedBody implements AsyncIterable<Uint8Array> {
  readonly #tap: Tap
  #chunks: Array<Buffer> = []
  #waiting = 0
  #isWanted = false
  #isOpen = true
  #failure: Error | undefined
  #wake: () => void = ignore

  constructor(tap: Tap) {
    this.#tap = tap
  }

  /** Takes the next piece from the connection. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#waiting += chunk.length
    if (this.#isWanted) return
    if (this.#waiting > patience) this.#tap.pause()
    this.#wake()
  }

  /** Says that this was all. */
  end(): void {
    this.#isOpen = false
    this.#wake()
  }

  /** Says that there will be no more, and why. */
  fail(failure: Error): void {
    if (!this.#isOpen) return
    this.#failure = failure
    this.end()
  }

  /** Gives up what has not arrived, and the connection with it. */
  cancel(): void {
    if (!this.#isOpen) return
    const failure = new Error("the body is not wanted any more")
    this.fail(failure)
    this.#tap.abort(failure)
  }

  /** All of it: at once where it has arrived, as short bodies have by the time that somebody asks. */
  whole(): Buffer | Promise<Buffer> {
    this.#isWanted = true
    this.#tap.resume()
    return this.#isOpen ? this.#news().then(() => this.#all()) : this.#all()
  }

  /** No generator: it would not hear that it is to stop while it waits for more. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return {
      next: () => this.#next(),
      return: () => {
        this.cancel()
        return Promise.resolve(over)
      }
    }
  }

  async #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (this.#isOpen && this.#chunks.length === 0) {
      this.#tap.resume()
      await this.#news()
    }
    const value = this.#chunks.shift()
    if (value !== undefined) {
      this.#waiting -= value.length
      return { done: false, value }
    }
    if (this.#failure !== undefined) throw this.#failure
    return over
  }

  #all(): Buffer {
    if (this.#failure !== undefined) throw this.#failure
    const taken = this.#take()
    const [first] = taken
    return first !== undefined && taken.length === 1 ? first : Buffer.concat(taken)
  }

  #take(): Array<Buffer> {
    const taken = this.#chunks
    this.#chunks = []
    this.#waiting = 0
    return taken
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

const over: IteratorReturnResult<undefined> = { done: true, value: undefined }

const ignore = () => undefined
