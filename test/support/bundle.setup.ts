/** Builds `dist/bin/mp.cjs` before the tests, when it is missing or older than the sources. */
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))
const bundle = `${root}dist/bin/mp.cjs`

const newest = (directory: string): number =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, entry) => Math.max(latest, statSync(`${entry.parentPath}/${entry.name}`).mtimeMs), 0)

export const setup = (): void => {
  if (existsSync(bundle) && statSync(bundle).mtimeMs > newest(`${root}src`)) return
  execFileSync(process.execPath, ["scripts/build.mjs", "bundle"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] })
}
