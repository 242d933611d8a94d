/**
 * Resolving a session from a large configuration, against a bare parse of the file. Two files take turns, and are
 * written again before each sample, so that the program, warm as the parser is, finds another configuration each time.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as TOML from "smol-toml"
import { SessionResolver } from "../dist/index.js"
import { layer } from "../dist/node.js"
import { accountsText, withHome } from "./machine.mjs"
import { pairsOfWork, rowOf, times } from "./pairs.mjs"

const count = 10_000
const names = ["first.toml", "second.toml"]

export default () =>
  withHome({}, async (home) => {
    const text = accountsText(count)
    const paths = names.map((name) => join(home, name))
    const program = ManagedRuntime.make(layer)
    let turn = 0
    const resolve = () => {
      process.env.MP_CONFIG_PATH = paths[turn++ % 2]
      return program.runPromise(Effect.flatMap(SessionResolver, (resolver) => resolver.session()))
    }
    const found = await pairsOfWork({
      collect: false,
      rounds: 21,
      warmups: 20,
      prepare: () => paths.forEach((path) => writeFileSync(path, text, { mode: 0o600 })),
      base: times(3, () => TOML.parse(readFileSync(paths[turn++ % 2], "utf8"))),
      subject: times(3, resolve)
    })
    await program.dispose()
    return [
      rowOf(`resolve one session from ${count.toLocaleString("en")} accounts / parse of the file`, [1.3, 1], found)
    ]
  })
