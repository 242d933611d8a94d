/**
 * The lock under schedules: every rename and every listing is a step, and processes are stopped, killed and continued
 * between any two of them. `MP_TEST_SCHEDULES=100000` tries more.
 */
import { describe, expect, it } from "vitest"
import { runSchedule, type Schedule } from "./schedules/run.ts"
import type { Bugs } from "./schedules/world.ts"

const count = Number(process.env["MP_TEST_SCHEDULES"] ?? "12000")

/** The first violation among so many schedules. */
const search = async (many: number, schedule: Schedule, from = 0): Promise<string | null> => {
  for (let seed = from; seed < from + many; seed += 1) {
    const { violation } = await runSchedule(seed, schedule)
    if (violation !== null) return violation
  }
  return null
}

describe("under any schedule", () => {
  const kinds: Readonly<Record<string, Schedule>> = {
    "one killed, two stopped": {},
    "two killed, one stopped": { crashes: 2, stops: 1 },
    "nobody killed, four stopped": { crashes: 0, stops: 4 },
    "a file server that says of some renames that they failed": { phantoms: 0.05 }
  }
  const each = Math.ceil(count / Object.keys(kinds).length)
  Object.entries(kinds).forEach(([name, schedule], at) => {
    it(`${name}: nothing is sent twice or stored late in ${each} schedules`, async () => {
      expect(await search(each, schedule, at * 1_000_000)).toBeNull()
    }, 600_000)
  })
})

describe("a defect is seen", () => {
  const bugs: Readonly<Record<string, Bugs>> = {
    "no lock": { noLock: true },
    "no confirmation": { noConfirm: true },
    "no confirmation before storing": { noSecondConfirm: true },
    "the beat is not in the name": { beatNotInName: true },
    "process ids are asked about on the wrong machine": { wrongHost: true },
    "nobody looks for a second token": { noRuleT: true },
    "a take-over that removes and creates, and nobody looks": { unlinkThenCreate: true, noRuleT: true },
    "a founding in two steps, and nobody looks": { foundingInTwoSteps: true, noRuleT: true }
  }
  for (const [name, seeded] of Object.entries(bugs)) {
    it(name, async () => {
      expect(await search(20_000, { bugs: seeded })).not.toBeNull()
    }, 300_000)
  }
})
