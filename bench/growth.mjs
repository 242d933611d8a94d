/** How the costs grow with the number of accounts and targets: absolute times and memory, from the disk. */
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { Accounts, ConfigEdits, ConfigStore, CurrentSession, SessionResolver, Targets } from "../dist/index.js"
import { bothText } from "./configs.mjs"
import { freshPrograms, onMachine, servicesOf } from "./machine.mjs"
import { alone, medians } from "./pairs.mjs"

const counts = [10, 100, 1_000, 10_000]
const rounds = 7
const warmups = 3

/** What a program does first, so that nothing is remembered from before. */
const firsts = {
  "resolve a session": Effect.flatMap(SessionResolver, (resolver) => resolver.session()),
  "edit an account": Effect.flatMap(ConfigStore, (store) =>
    store.modify(ConfigEdits.updateAccount("a5", { username: "other" }))
  ),
  "list the accounts": Effect.flatMap(Accounts, ({ list }) => list),
  "list the targets": Effect.flatMap(Targets, ({ list }) => list)
}

const timesOf = async (prepare, work) => {
  const measured = []
  for (let round = 0; round < warmups + rounds; round++) measured.push(await alone(prepare, work))
  return medians(measured.slice(warmups))
}

const timesOfFirst = async (path, text, effect) => {
  const programs = await freshPrograms(path, warmups + rounds)
  return timesOf(
    () => writeFileSync(path, text),
    () => programs.pop().runPromise(effect)
  )
}

const timesOfSwitch = async (path) => {
  const runtime = ManagedRuntime.make(CurrentSession.layer().pipe(Layer.provideMerge(servicesOf(path))))
  const { use } = await runtime.runPromise(CurrentSession)
  let last = 0
  return timesOf(
    () => undefined,
    () => runtime.runPromise(use({ account: `a${++last % 10}` }))
  )
}

const heapProgram = fileURLToPath(new URL("heap.mjs", import.meta.url))

/** MiB that a program of its own holds once it has resolved a session, garbage collected. */
const heapOf = (path) => {
  const { HOME, PATH } = process.env
  const output = execFileSync(process.execPath, ["--expose-gc", heapProgram, path], {
    env: { HOME, PATH, TERM: "dumb" }
  })
  return Number(output) / 2 ** 20
}

const measureOne = async (write, count) => {
  const text = bothText(count)
  const path = write(`both-${count}`, text)
  const times = {}
  for (const [name, effect] of Object.entries(firsts)) times[name] = await timesOfFirst(path, text, effect)
  times["switch the account"] = await timesOfSwitch(path)
  return { count, bytes: text.length, times, heapMiB: heapOf(path) }
}

/** Measures every size; there are no goals for these figures. */
export const measureGrowth = () =>
  onMachine(async (write) => {
    const details = []
    for (const count of counts) details.push(await measureOne(write, count))
    return { rows: [], details }
  })
