import { spellingsOf } from "../api/Scrub.ts"

/** Shorter texts are as good as any other, and hiding them would spoil answers. */
const shortest = 6
/** As much of a spelling is looked for at the end of a piece before the rest is compared. */
const beginning = 4
const asterisk = 0x2a

/** What is looked for, as the texts of its bytes: texts are searched faster than bytes. */
type HiddenSpellings = ReadonlyArray<string>

/** All spellings of secrets; working them out costs more than hiding them in a short answer. */
export const hiddenSpellings = (secrets: ReadonlyArray<string>): HiddenSpellings => {
  const spellings = secrets.filter(isLong).flatMap(spellingsOf).filter(isLong)
  const longestFirst = [...new Set(spellings)].toSorted((one, other) => other.length - one.length)
  return longestFirst.map((spelling) => bytewise(new TextEncoder().encode(spelling)))
}

export class Concealment {
  readonly #spellings: HiddenSpellings
  #held: Uint8Array = new Uint8Array()

  constructor(spellings: HiddenSpellings) {
    this.#spellings = spellings
  }

  text(shown: string): string {
    return this.#spellings.reduce((left, spelling) => left.replaceAll(spelling, "*".repeat(spelling.length)), shown)
  }

  /** The bytes that are known not to begin a secret; the others are kept until more come. */
  take(piece: Uint8Array): Uint8Array {
    if (this.#spellings.length === 0) return piece
    const bytes = joined(this.#held, piece)
    const text = bytewise(bytes)
    const found = this.#spellings.flatMap((spelling) => placesOf(text, spelling))
    const end = this.#spellings.reduce((first, spelling) => Math.min(first, beginsAt(text, spelling)), text.length)
    const shown = found.length === 0 ? bytes : bytes.slice()
    for (const [from, to] of found) shown.fill(asterisk, from, to)
    this.#held = shown.slice(end)
    return shown.subarray(0, end)
  }

  rest(): Uint8Array {
    const held = this.#held
    this.#held = new Uint8Array()
    return held
  }
}

const placesOf = (text: string, spelling: string): ReadonlyArray<readonly [from: number, to: number]> => {
  const places: Array<readonly [number, number]> = []
  for (let at = text.indexOf(spelling); at >= 0; at = text.indexOf(spelling, at + spelling.length)) {
    places.push([at, at + spelling.length])
  }
  return places
}

const beginsAt = (text: string, spelling: string): number => {
  const head = spelling.slice(0, beginning)
  const from = Math.max(0, text.length - spelling.length + 1)
  for (let at = text.indexOf(head, from); at >= 0; at = text.indexOf(head, at + 1)) {
    if (spelling.startsWith(text.slice(at))) return at
  }
  const short = [3, 2, 1].find((length) => text.length >= length && text.endsWith(spelling.slice(0, length)))
  return text.length - (short ?? 0)
}

const isLong = (text: string): boolean => text.length >= shortest

const joined = (one: Uint8Array, other: Uint8Array): Uint8Array => {
  if (one.length === 0) return other
  const all = new Uint8Array(one.length + other.length)
  all.set(one)
  all.set(other, one.length)
  return all
}

const decoder = new TextDecoder("latin1")

const bytewise = (bytes: Uint8Array): string => decoder.decode(bytes)
