// Formatter, linter, Effect diagnostics, and what nobody uses: any finding fails.
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const checks = [
  ["biome", ["format", "."]],
  ["oxlint", ["--deny-warnings"]],
  ["effect-language-service", ["diagnostics", "--project", "tsconfig.json", "--strict", "--format", "text"]],
  ["knip", []]
]

const failed = checks.filter(([command, args]) => {
  const { status } = spawnSync(`${root}/node_modules/.bin/${command}`, args, { cwd: root, stdio: "inherit" })
  return status !== 0
})
if (failed.length > 0) console.error(`lint failed: ${failed.map(([command]) => command).join(", ")}`)
process.exitCode = failed.length === 0 ? 0 : 1
