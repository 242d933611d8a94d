// Three questions that Effect asks when it is loaded, answered at build time: each costs a process that lives for
// milliseconds as much as reading its files. A release that asks in other words fails the build.
import { readFile } from "node:fs/promises"

const answers = [
  // Whether stdout is a terminal, for colours that mp never uses: asking opens the stream.
  ["internal/logger.js", 'typeof process.stdout === "object" && process.stdout !== null', "false"],
  // Whether a bundler inlined a function that marks stack traces: asking makes a stack trace of the whole bundle.
  [
    "Utils.js",
    'standard.effect_internal_function(() => new Error().stack)?.includes("effect_internal_function") === true',
    "true"
  ],
  // Where the clock of `performance` began: asking loads it, and the system's clock says it to the millisecond.
  ["internal/clock.js", 'typeof performance === "undefined" || typeof performance.now !== "function"', "true"]
]

const ending = (file) =>
  new RegExp(`[\\\\/]effect[\\\\/]dist[\\\\/]esm[\\\\/]${file.replace("/", "[\\\\/]").replace(".", "\\.")}$`)

export const effectAtStart = {
  name: "effect-at-start",
  setup: (build) => {
    for (const [file, question, answer] of answers) {
      build.onLoad({ filter: ending(file) }, async ({ path }) => {
        const text = await readFile(path, "utf8")
        if (!text.includes(question)) throw new Error(`${path} asks at its start in words that are not known.`)
        return { contents: text.replace(question, answer), loader: "js" }
      })
    }
  }
}
