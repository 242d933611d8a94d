/** Two pieces of work against each other, in turn, so that whatever slows the machine down slows down both. */
import { performance } from "node:perf_hooks"

/** The middle one of some figures. */
export const median = (figures) => figures.toSorted((a, b) => a - b)[figures.length >> 1]

/** A loaded machine gets fewer pairs, but for the least that has a middle. */
const budgetMillis = 30_000
const fewest = 3

/**
 * Runs pairs; who is first changes from pair to pair. `base` and `subject` answer with their times. A figure is the
 * median of the ratios.
 */
export const pairs = async ({ base, rounds, subject, warmups = 1 }) => {
  const found = []
  const start = performance.now()
  for (let round = 0; round < warmups + rounds; round++) {
    if (found.length >= warmups + fewest && performance.now() - start > budgetMillis) break
    const first = await (round % 2 === 0 ? base : subject)(round)
    const second = await (round % 2 === 0 ? subject : base)(round)
    found.push(round % 2 === 0 ? [first, second] : [second, first])
  }
  const counted = found.slice(warmups)
  const middle = (index) => ({
    cpu: median(counted.map((pair) => pair[index].cpu)),
    wall: median(counted.map((pair) => pair[index].wall))
  })
  return { ratio: median(counted.map(([one, other]) => other.cpu / one.cpu)), base: middle(0), subject: middle(1) }
}

/** Processor time (user and system, all threads of this process) and wall time of a piece of work, in milliseconds. */
const timed = async (work) => {
  const before = process.cpuUsage()
  const start = performance.now()
  await work()
  const wall = performance.now() - start
  const { system, user } = process.cpuUsage(before)
  return { cpu: (user + system) / 1000, wall }
}

/**
 * Work in this process. `prepare` is not timed, and garbage is collected before each piece, so that nobody pays for the
 * other's; with `collect: false` V8 collects when it wants to: by force it also discards the code it optimised for
 * objects of which none is alive at that moment.
 */
export const pairsOfWork = ({ base, collect = true, prepare = () => undefined, rounds = 15, subject, warmups = 3 }) => {
  const alone = (work) => async () => {
    await prepare()
    if (collect) globalThis.gc?.()
    return timed(work)
  }
  return pairs({ base: alone(base), subject: alone(subject), rounds, warmups })
}

/** The same work several times over, one after the other. */
export const times = (count, work) => async () => {
  for (let index = 0; index < count; index++) await work()
}

const milliseconds = (value) => `${value.toPrecision(3)} ms`

/** A row of pairs: the goal, its limits, and the times behind the ratio. */
export const rowOf = (goal, [must, aim], { base, ratio, subject }) => ({
  goal,
  value: ratio,
  unit: "ratio",
  must,
  aim,
  note: `${milliseconds(subject.cpu)} against ${milliseconds(base.cpu)}`
})

/** The rows of one measurement; where it fails, one that says so, and the others go on. */
export const attempted = async (goal, limits, measure) => {
  try {
    return await measure()
  } catch (cause) {
    return rowWithout(goal, limits, "failed", cause.message.split("\n")[0])
  }
}

/** A row of which there is nothing to measure. */
export const rowWithout = (goal, [must, aim], state, note) => ({
  goal,
  value: null,
  unit: "ratio",
  must,
  aim,
  state,
  note
})
