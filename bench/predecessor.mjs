/**
 * Resolving again in a program that runs on, against the predecessor's command (`MP_PREDECESSOR`, such as `mp
 * session`), which begins anew each time. Without that variable there is nothing to compare with.
 */
import { execFileSync } from "node:child_process"
import * as Effect from "effect/Effect"
import { SessionResolver } from "../dist/index.js"
import { accountsText } from "./configs.mjs"
import { onMachine, runtimeOf } from "./machine.mjs"
import { summary, timed } from "./pairs.mjs"

const count = 1_000
const rounds = 9
const sessionOf = Effect.flatMap(SessionResolver, (resolver) => resolver.session())

/** User and system time of a command, as the shell accounts them, and the time on the wall. */
const timesOf = (command) => {
  const script = `{ TIMEFORMAT="%U %S %R"; time ( ${command} ) >/dev/null 2>&1; } 2>&1`
  const [user, system, wall] = execFileSync("bash", ["-c", script]).toString().trim().split(" ").map(Number)
  return { cpu: (user + system) * 1000, wall: wall * 1000 }
}

const measure = (command) =>
  onMachine(async (write) => {
    const program = runtimeOf(write(".mp", accountsText(count)))
    await program.runPromise(sessionOf)
    const pairs = []
    for (let round = 0; round < rounds; round++) {
      pairs.push([timesOf(command), await timed(() => program.runPromise(sessionOf))])
    }
    await program.dispose()
    return summary(pairs)
  })

/** One row, which may say that there is no predecessor. */
export const measurePredecessor = async () => {
  const command = process.env.MP_PREDECESSOR
  const details = command === undefined ? null : await measure(command)
  const row = {
    goal: "resolve again / the predecessor",
    value: details?.ratio ?? null,
    unit: "ratio",
    must: 1 / 5,
    aim: 1 / 10,
    note: details === null ? "MP_PREDECESSOR is not set" : `processor time, ${count.toLocaleString("en")} accounts`
  }
  return { rows: [row], details }
}
