/** Switching the account of a running session: whether it matters how many accounts there are. */
import { setTimeout as wait } from "node:timers/promises"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { CurrentSession } from "../dist/index.js"
import { accountsText } from "./configs.mjs"
import { onMachine, servicesOf } from "./machine.mjs"
import { pairedRatio } from "./pairs.mjs"

const few = 10
const many = 10_000
const switches = 20

/** A program with a session; every switch goes to another one of the first ten accounts. */
const switching = async (path) => {
  const runtime = ManagedRuntime.make(CurrentSession.layer().pipe(Layer.provideMerge(servicesOf(path))))
  const { use } = await runtime.runPromise(CurrentSession)
  return (to) => () =>
    runtime.runPromise(Effect.forEach(Array.from({ length: switches }), (_, n) => use(to(n)), { discard: true }))
}

const kinds = {
  account: (n) => ({ account: `a${n % few}` }),
  project: (n) => ({ project: String(n + 1) })
}

/** Measures switches of the account, which read the configuration, and of the project, which do not. */
export const measureSwitch = () =>
  onMachine(async (write) => {
    const programs = [
      await switching(write("few", accountsText(few))),
      await switching(write("many", accountsText(many)))
    ]
    // What was written a moment ago might be written again within the same tick of the file system's clock.
    await wait(2_500)
    const details = {}
    for (const [kind, to] of Object.entries(kinds)) {
      const [base, subject] = programs.map((program) => program(to))
      details[kind] = await pairedRatio({ rounds: 41, warmups: 12, base, subject })
    }
    const rows = Object.entries(details).map(([kind, { ratio }]) => ({
      goal: `use() of another ${kind}, ${many.toLocaleString("en")} accounts / ${few} accounts`,
      value: ratio,
      unit: "ratio",
      must: 1.2,
      aim: null,
      note: `processor time of ${switches} switches in one session, warm`
    }))
    return { rows, details }
  })
