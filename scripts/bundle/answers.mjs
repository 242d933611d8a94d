// A process of its own: what a bundle of the short way answers in each situation. Arguments: the bundle; on stdin the
// situations, each with the directory of its home.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

const { run } = createRequire(import.meta.url)(process.argv[2])
const situations = JSON.parse(readFileSync(0, "utf8"))
const now = Date.now
const answers = []

const answerAll = async ({ commands, home, variables }) => {
  for (const name of Object.keys(process.env)) if (name !== "NODE_V8_COVERAGE") delete process.env[name]
  Object.assign(process.env, { HOME: home, ...variables })
  process.chdir(home)
  for (const command of commands) answers.push({ command, variables, answer: await run(command) })
}

// A file that has just been written is read in another way than one that has been there for a while.
for (const age of [0, 3_600_000]) {
  Date.now = () => now() + age
  for (const situation of situations) await answerAll(situation)
}
process.stdout.write(JSON.stringify(answers))
