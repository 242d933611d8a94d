/**
 * What each kind of edit of a config with 10,000 accounts costs, as a multiple of one bare parse of the same
 * text: lock, read, parse, edit, the check that the new text says what was meant, and the durable write.
 */
import { writeFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TOML from "smol-toml"
import { ConfigEdits, ConfigStore } from "../dist/index.js"
import { accountsText } from "./configs.mjs"
import { freshPrograms, onMachine } from "./machine.mjs"
import { pairedRatio } from "./pairs.mjs"

export { configOf } from "./configs.mjs"

const rounds = 7
const warmups = 2
const count = 10_000

const edits = {
  "use an account": ConfigEdits.useAccount("a2"),
  "update an account": ConfigEdits.updateAccount("a5000", { username: "other" }),
  "set a project": ConfigEdits.useProject("77", Option.none()),
  "remove an account": ConfigEdits.removeAccount("a9000", { force: false }),
  "add a target": ConfigEdits.addTarget({ name: "t", account: "a1", project: "1", workspace: Option.none() })
}

const measureOne = async (path, text, edit) => {
  const programs = await freshPrograms(path, rounds + warmups)
  return pairedRatio({
    rounds,
    warmups,
    prepare: () => writeFileSync(path, text),
    base: () => TOML.parse(text),
    subject: () => programs.pop().runPromise(Effect.flatMap(ConfigStore, (store) => store.modify(edit)))
  })
}

/** Measures all edits; the row is the dearest of them. */
export const measureEdits = () =>
  onMachine(async (write) => {
    const text = accountsText(count)
    const path = write("edits", text)
    const details = {}
    for (const [name, edit] of Object.entries(edits)) details[name] = await measureOne(path, text, edit)
    const [dearest, { ratio }] = Object.entries(details).sort(([, a], [, b]) => b.ratio - a.ratio)[0]
    const row = {
      goal: "an edit of 10,000 accounts / a bare parse of the file",
      value: ratio,
      unit: "ratio",
      must: 8,
      aim: null,
      note: `processor time of the dearest of ${Object.keys(edits).length}: ${dearest}`
    }
    return { rows: [row], details }
  })
