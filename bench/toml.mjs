/**
 * What an edit of a large config costs, as a multiple of one bare smol-toml parse of the same text.
 * Run: npx tsx bench/toml.mjs [accounts]
 */
import { performance } from "node:perf_hooks"
import * as TOML from "smol-toml"
import * as Toml from "#src/domain/toml/TomlDocument.ts"
import { median } from "./median.mjs"

const count = Number(process.argv[2] ?? 10_000)
const rounds = 15

const account = (n) =>
  `[accounts.account-${n}] # number ${n}\ntype = "service_account"\nregion = "us"\ndefault_project = "${3_000_000 + n}"\n` +
  `username = "user-${n}.abcdef.mp-service-account"\nsecret = "s\\"${"x".repeat(32)}"\n`
const accounts = Array.from({ length: count }, (_, n) => account(n)).join("\n")
const text = `# mp\n\n${accounts}\n[active]\naccount = "account-1"\nworkspace = 5\n`
const dotted = text.replace(/\[accounts\.(account-\d+)\].*\n((?:\w+ = .*\n)+)/g, (_, name, lines) =>
  lines.replace(/^/gm, `accounts.${name}.`).slice(0, -`accounts.${name}.`.length)
)

const time = (run) => {
  const times = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    run()
    times.push(performance.now() - start)
  }
  return median(times)
}

const load = (source) => {
  const parsed = Toml.parse(source)
  if (parsed._tag === "Left") throw new Error(JSON.stringify(parsed.left))
  return parsed.right
}
const entries = [
  ["type", "oauth_token"],
  ["region", "eu"],
  ["token_env", "TOKEN"]
]
const middle = `account-${count >> 1}`
const edits = {
  "set (existing)": (doc) => Toml.set(doc, ["accounts", middle, "region"], "eu"),
  "set (new key)": (doc) => Toml.set(doc, ["accounts", middle, "note"], "x"),
  "putTable (new)": (doc) => Toml.putTable(doc, ["accounts", "fresh"], entries),
  "putTable (rewrite)": (doc) => Toml.putTable(doc, ["accounts", middle], entries),
  "remove (table)": (doc) => Toml.remove(doc, ["accounts", middle])
}

for (const [shape, source] of [
  ["headers", text],
  ["dotted", dotted]
]) {
  const bare = time(() => TOML.parse(source))
  console.log(`${shape}: ${count} accounts, ${(source.length / 1e6).toFixed(2)} MB, bare parse ${bare.toFixed(1)} ms`)
  for (const [name, edit] of Object.entries(edits)) {
    const doc = load(source)
    const alone = time(() => edit(doc))
    const whole = time(() => {
      if (!Toml.isFaithful(edit(load(source)))) throw new Error(`${name}: not faithful`)
    })
    console.log(
      `  ${name.padEnd(20)} edit ${alone.toFixed(1)} ms; parse + edit + check ${whole.toFixed(1)} ms = ${(whole / bare).toFixed(2)} x`
    )
  }
}
