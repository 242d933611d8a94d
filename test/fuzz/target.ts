/** A parser under test: what it is given, and what must hold whatever that is. */
import * as fc from "effect/FastCheck"

export interface Target {
  readonly name: string
  /** Its part of all inputs, as a weight. */
  readonly share: number
  /** Runs inputs until one breaks a law or takes too long; what is measured goes to `seen`. */
  readonly check: (options: CheckOptions) => Outcome
}

interface CheckOptions {
  readonly runs: number
  readonly seed: number
  /** Told what each input took. */
  readonly seen: (millis: number) => void
}

interface Outcome {
  readonly runs: number
  /** The smallest input that was found, and what it broke. */
  readonly failure: string | null
}

/** Processor time that one input may take, in milliseconds. Waiting for a processor is not counted. */
const longestMillis = 250

const processorMillis = (): number => {
  const { system, user } = process.cpuUsage()
  return (system + user) / 1_000
}

const timed = (work: () => void): number => {
  const before = processorMillis()
  const start = performance.now()
  work()
  return Math.min(performance.now() - start, processorMillis() - before)
}

/** A target: `law` throws where it is broken. */
export const target = <A>(name: string, share: number, inputs: fc.Arbitrary<A>, law: (input: A) => void): Target => ({
  name,
  share,
  check: ({ runs, seed, seen }) => {
    const property = fc.property(inputs, (input) => {
      const millis = timed(() => law(input))
      seen(millis)
      must(millis <= longestMillis, `one input took ${Math.round(millis)} ms`)
    })
    const { counterexample, errorInstance, failed, numRuns } = fc.check(property, { numRuns: runs, seed })
    return { runs: numRuns, failure: failed ? `${JSON.stringify(counterexample)}: ${placeOf(errorInstance)}` : null }
  }
})

const placeOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? String(error)).split("\n").slice(0, 4).join(" ") : String(error)

/** A law that does not hold is an error. */
export const must = (holds: boolean, law: string): void => {
  if (!holds) throw new Error(law)
}
