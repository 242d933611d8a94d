/**
 * What each kind of edit of a config with 10,000 accounts costs, as a multiple of one bare parse of the same
 * text: parse, edit, and the check that the new text says what was meant. The limit is 8.
 */
import { performance } from "node:perf_hooks"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as TOML from "smol-toml"
import * as Config from "../src/domain/ConfigDocument.ts"
import * as Edits from "../src/domain/ConfigEdits.ts"
import * as Toml from "../src/domain/toml/TomlDocument.ts"
import { median } from "./median.mjs"

const rounds = 11
const limit = 8

const block = (n) =>
  `[accounts.a${n}] # number ${n}\ntype = "service_account"\nregion = "us"\ndefault_project = "${n}"\nusername = "u${n}"\nsecret = "s${n}"\n`

export const configOf = (count) =>
  `${Array.from({ length: count }, (_, n) => block(n)).join("\n")}\n[active]\naccount = "a1"\nworkspace = 5\n`

const timed = (run) =>
  median(
    Array.from({ length: rounds }, () => {
      const start = performance.now()
      run()
      return performance.now() - start
    })
  )

const edits = {
  "use an account": Edits.useAccount("a2"),
  "update an account": Edits.updateAccount("a5000", { username: "other" }),
  "set a project": Edits.useProject("77", Option.none()),
  "remove an account": Edits.removeAccount("a9000", { force: false }),
  "add a target": Edits.addTarget({ name: "t", account: "a1", project: "1", workspace: Option.none() })
}

/** Measures all edits; the result has a row for each. */
export const measureEdits = (count = 10_000) => {
  const text = configOf(count)
  const bare = timed(() => TOML.parse(text))
  const rows = Object.entries(edits).map(([name, edit]) => {
    const whole = timed(() => {
      const { document } = Either.getOrThrow(Either.flatMap(Config.parse("config.toml", text), edit))
      if (!Toml.isFaithful(document.toml)) throw new Error(`${name} is not faithful`)
    })
    return { name, millis: whole, ratio: whole / bare, must: limit }
  })
  return { count, bytes: text.length, bareParseMillis: bare, rows }
}
