/** What the build and one pure test cost, in seconds of processor time. */
import { environment, root, run } from "./machine.mjs"

const vitest = `${root}/node_modules/vitest/vitest.mjs`

/** esbuild outlives the program that asked it, and the shell does not count it. */
const note = "processor time without esbuild's own process"

const rows = [
  ["bundle build of `mp`", [3, 1.5], ["scripts/build.mjs", "bundle", "--quiet"]],
  ["whole `npm run build`", [15, 8], ["scripts/build.mjs", "--quiet"]],
  ["one pure test, nothing built", [5, null], [vitest, "run", "--project", "suite", "test/domain/json.test.ts"]]
]

export default () =>
  rows.map(([goal, [must, aim], program]) => {
    const { cpu } = run([process.execPath, ...program], environment(process.env.HOME))
    return { goal, value: cpu / 1000, unit: "s", must, aim, note }
  })
