/** Two pieces of work against each other, in turn, so that whatever slows the machine down slows down both. */
import { performance } from "node:perf_hooks"
import { median } from "./median.mjs"

/** Processor time (user and system, all threads of this process) and wall time of a piece of work, in milliseconds. */
export const timed = async (work) => {
  const before = process.cpuUsage()
  const start = performance.now()
  await work()
  const wall = performance.now() - start
  const { system, user } = process.cpuUsage(before)
  return { cpu: (user + system) / 1000, wall }
}

/**
 * The processor time of `subject` as a multiple of that of `base`: the median over pairs. Who is first changes
 * from pair to pair, and garbage is collected before each one, so that nobody pays for the other's; what
 * `prepare` does before each one is not timed.
 *
 * With `collect: false` garbage is collected when V8 wants to. A collection by force also discards the code that V8
 * optimised for objects of which none is alive at that moment, and a program that does a small thing often then
 * pays for compiling it again in each sample, which no program meets that runs.
 */
export const pairedRatio = async ({ base, collect = true, prepare = nothing, rounds = 15, subject, warmups = 3 }) => {
  const inTurn = async (first, second) => [await alone(prepare, first, collect), await alone(prepare, second, collect)]
  const pairs = []
  for (let round = 0; round < warmups + rounds; round++) {
    pairs.push(round % 2 === 0 ? await inTurn(base, subject) : (await inTurn(subject, base)).toReversed())
  }
  return summary(pairs.slice(warmups))
}

const nothing = () => undefined

/** The times of work that starts with a clean heap (where `--expose-gc` lets it). */
export const alone = (prepare, work, collect = true) => {
  prepare()
  if (collect) globalThis.gc?.()
  return timed(work)
}

/** Pairs of `[base, subject]` times as one ratio, with the medians behind it. */
export const summary = (pairs) => ({
  ratio: median(pairs.map(([base, subject]) => subject.cpu / base.cpu)),
  base: medians(pairs.map(([base]) => base)),
  subject: medians(pairs.map(([, subject]) => subject))
})

/** The middle of some times. */
export const medians = (measured) => ({
  cpuMillis: median(measured.map(({ cpu }) => cpu)),
  wallMillis: median(measured.map(({ wall }) => wall))
})

/** The same work several times over, one after the other. */
export const times = (count, work) => async () => {
  for (let index = 0; index < count; index++) await work()
}
