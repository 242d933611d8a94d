/**
 * Resolving a session from a large configuration, against a bare parse of the file. Two files take turns, and are
 * written again before each sample, so that the program, warm as the parser is, finds another configuration each
 * time, and one that is too young for its text to be remembered.
 */
import { readFileSync, writeFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as TOML from "smol-toml"
import { offline, SessionResolver } from "../dist/index.js"
import { accountsText } from "./configs.mjs"
import { onMachine } from "./machine.mjs"
import { pairedRatio, times } from "./pairs.mjs"

/** So many resolutions make a program warm: by then V8 has optimised what runs in each, as it has the parser. */
const warm = 1_000

const sessionOf = Effect.flatMap(SessionResolver, (resolver) => resolver.session())

const measureOne = async (write, count) => {
  const text = accountsText(count)
  const paths = ["first", "second"].map((name) => write(`${name}-${count}`, text))
  const program = ManagedRuntime.make(offline)
  let turn = 0
  const resolve = () => {
    process.env.MP_CONFIG_PATH = paths[turn++ % 2]
    return program.runPromise(sessionOf)
  }
  const perSample = Math.max(3, Math.round(10_000 / count))
  const measured = await pairedRatio({
    collect: false,
    rounds: 31,
    warmups: Math.min(100, Math.round(warm / perSample)),
    prepare: () => paths.forEach((path) => writeFileSync(path, text)),
    base: times(perSample, () => TOML.parse(readFileSync(paths[turn++ % 2], "utf8"))),
    subject: times(perSample, resolve)
  })
  await program.dispose()
  return { count, bytes: text.length, ...measured }
}

/** Measures both sizes; a row for each. */
export const measureResolve = () =>
  onMachine(async (write) => {
    const details = [await measureOne(write, 1_000), await measureOne(write, 10_000)]
    const rows = details.map(({ count, ratio }) => ({
      goal: `resolve one session from ${count.toLocaleString("en")} accounts / a bare parse of the file`,
      value: ratio,
      unit: "ratio",
      must: 1.3,
      aim: 1.1,
      note: "processor time; both read another file each time"
    }))
    return { rows, details }
  })
