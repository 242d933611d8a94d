/**
 * The refresh storm, with our lock and without it, side by side: processes that all want a bearer at the moment
 * when the stored one expires, against a server with single-use refresh tokens that revokes on reuse.
 * Run: npx tsx bench/refresh-storm.mjs [PROCESSES] [EXPIRIES] [--slow]
 * `--slow` adds a server that takes 14 s for each answer, in real time.
 */
import * as Effect from "effect/Effect"
import { runStorm } from "../test/oauth/support/storm.ts"

const numbers = process.argv
  .slice(2)
  .filter((argument) => /^\d+$/.test(argument))
  .map(Number)
const [processes = 50, rounds = 10] = numbers
const slow = process.argv.includes("--slow")

const errorsOf = ({ errors }) =>
  Object.entries(errors)
    .map(([code, count]) => `${count} × ${code}`)
    .join(", ") || "0"

const rows = [
  ["answers asked for", ({ asked }) => asked],
  ["right answers", ({ right }) => right],
  ["answers with a bearer that is worth nothing", ({ wrong }) => wrong],
  ["refresh requests", ({ requests }) => requests],
  ["in flight at once, at most", ({ mostInFlight }) => mostInFlight],
  ["refresh tokens sent twice", ({ reuses }) => reuses],
  ["answers `log in again`", ({ loggedOut }) => loggedOut],
  ["other errors", errorsOf],
  ["sessions lost", ({ loginsNeeded }) => loginsNeeded],
  ["slowest answer", ({ slowestMillis }) => `${slowestMillis} ms`]
]

const table = (title, columns) => {
  console.log(`\n${title}\n`)
  console.log(`| | ${columns.map(([name]) => name).join(" | ")} |`)
  console.log(`|---|${columns.map(() => "---:|").join("")}`)
  for (const [name, value] of rows)
    console.log(`| ${name} | ${columns.map(([, result]) => value(result)).join(" | ")} |`)
}

const run = (options) => Effect.runPromise(runStorm(options))

const delayMillis = 200
table(`${processes} processes × ${rounds} expiries, the server takes ${delayMillis} ms`, [
  ["with the lock", await run({ processes, rounds, lock: "token", delayMillis })],
  ["without it", await run({ processes, rounds, lock: "none", delayMillis })]
])

if (slow) {
  table(`${processes} processes × 1 expiry, the server takes 14 s`, [
    ["with the lock", await run({ processes, rounds: 1, lock: "token", delayMillis: 14_000 })],
    ["without it", await run({ processes, rounds: 1, lock: "none", delayMillis: 14_000 })]
  ])
}
