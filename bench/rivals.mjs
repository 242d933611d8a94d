/** `mp account token` against what others do for it: `gh`, and mixpanel_headless where MIXPANEL_HEADLESS names its command. */
import { spawnSync } from "node:child_process"
import { environment, mp, pairsOfProcesses, withHome } from "./machine.mjs"
import { rowOf, rowWithout } from "./pairs.mjs"
import { files } from "./starts.mjs"

const { GH_TOKEN, HOME, MIXPANEL_HEADLESS } = process.env

const rivalRow = async (goal, limits, base, env) => {
  const [program] = base
  if (program === undefined || spawnSync("sh", ["-c", `command -v "$1"`, "sh", program]).status !== 0) {
    return rowWithout(goal, limits, "not present", "it is not installed, or not named")
  }
  const tried = spawnSync(program, base.slice(1), { env, encoding: "utf8" })
  if (tried.status !== 0) {
    return rowWithout(goal, limits, "failed", `\`${base.join(" ")}\` ended with ${tried.status ?? tried.signal}`)
  }
  return rowOf(goal, limits, await pairsOfProcesses({ subject: [process.execPath, mp, "account", "token"], base, env }))
}

export default () =>
  withHome(files, async (home) => {
    const env = environment(home)
    // gh looks for its own login in the caller's home.
    const ghEnv = { ...env, GH_CONFIG_DIR: `${HOME}/.config/gh`, ...(GH_TOKEN && { GH_TOKEN }) }
    const python = MIXPANEL_HEADLESS === undefined ? [] : [MIXPANEL_HEADLESS, "account", "token", "ci"]
    return [
      await rivalRow("`account token` / `gh auth token`", [1.1, 0.9], ["gh", "auth", "token"], ghEnv),
      await rivalRow("`account token` / mixpanel_headless", [1 / 15, 1 / 25], python, env)
    ]
  })
