/** The starts on the other Nodes that are supported, where `npx` can bring them. */
import { spawnSync } from "node:child_process"
import { environment, withHome } from "./machine.mjs"
import { rowWithout } from "./pairs.mjs"
import { commands, files, memoryRows, startRows } from "./starts.mjs"

const versions = ["20", "22", "24"].filter((version) => !process.version.startsWith(`v${version}.`))
const wanted = commands.filter(({ words }) =>
  [
    "--version",
    "account token",
    "account list",
    "session",
    "credential get --protocol headers",
    "target list",
    "config show",
    "account use ci",
    "env --show-secrets",
    "doctor --offline",
    "exec -- true"
  ].includes(words)
)

const executableOf = (version) => {
  const args = ["--yes", `--package=node@${version}`, "node", "--print", "process.execPath"]
  const { status, stdout } = spawnSync("npx", args, {
    env: environment(process.env.HOME),
    encoding: "utf8",
    timeout: 120_000
  })
  return status === 0 ? stdout.trim().split("\n").at(-1) : null
}

export default async () => {
  const found = versions.map((version) => [version, executableOf(version)])
  return withHome(files, async (home) => {
    const rows = []
    for (const [version, node] of found) {
      const suffix = `, Node ${version}`
      if (node !== null)
        rows.push(...(await startRows(home, wanted, { node, suffix })), ...memoryRows(home, { node, suffix }))
      else {
        const note = `npx has no Node ${version}`
        rows.push(
          ...wanted.map(({ limits, words }) => rowWithout(`\`${words}\`${suffix}`, limits, "not present", note))
        )
      }
    }
    return rows
  })
}
