/** Switching the account of a running session: whether it matters how many accounts there are. */
import { setTimeout as wait } from "node:timers/promises"
import { join } from "node:path"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { CurrentSession } from "../dist/index.js"
import { layer } from "../dist/node.js"
import { accountsText, withHome } from "./machine.mjs"
import { pairsOfWork, rowOf } from "./pairs.mjs"

const few = 10
const many = 10_000
const switches = 20

/** A program with a session; every switch goes to another one of the first ten accounts. */
const switching = async (path) => {
  const provider = ConfigProvider.fromMap(new Map([["MP_CONFIG_PATH", path]]))
  const services = layer.pipe(Layer.provideMerge(Layer.setConfigProvider(provider)))
  const runtime = ManagedRuntime.make(CurrentSession.layer().pipe(Layer.provideMerge(services)))
  const { use } = await runtime.runPromise(CurrentSession)
  return (to) => () =>
    runtime.runPromise(Effect.forEach(Array.from({ length: switches }), (_, n) => use(to(n)), { discard: true }))
}

const kinds = { account: (n) => ({ account: `a${n % few}` }), project: (n) => ({ project: String(n + 1) }) }

/** Switches of the account read the configuration; those of the project do not. */
export default () =>
  withHome({ "few.toml": accountsText(few), "many.toml": accountsText(many) }, async (home) => {
    const programs = [await switching(join(home, "few.toml")), await switching(join(home, "many.toml"))]
    // What was written a moment ago might be written again within the same tick of the file system's clock.
    await wait(2_500)
    const rows = []
    for (const [kind, to] of Object.entries(kinds)) {
      const [base, subject] = programs.map((program) => program(to))
      const goal = `\`use()\` of another ${kind} with ${many.toLocaleString("en")} accounts / with ${few}`
      rows.push(rowOf(goal, [1.2, 1], await pairsOfWork({ rounds: 31, warmups: 12, base, subject })))
    }
    return rows
  })
