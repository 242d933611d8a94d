// Prepares a release: `npm run release -- 0.2.0` writes the version and the changelog, builds, checks what `npm pack` makes
// of it, lists its parts (CycloneDX), commits and tags. `--dry-run` does the same and leaves no trace but that list.
// `--check` is for the tag that CI publishes: no more than the build, the checks and the list. Nothing is published here.
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const written = ["package.json", "package-lock.json", "CHANGELOG.md", "src/domain/internal/version.ts"]

const read = (path) => readFileSync(`${root}/${path}`, "utf8")
const run = (command, ...args) => execFileSync(command, args, { cwd: root, stdio: "inherit" })
const output = (command, ...args) => execFileSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1e8 })

const refuse = (why, command) => {
  console.error(`release: ${why}\ntry:\n  ${command}`)
  process.exit(1)
}

/** The changelog with what was unreleased under a version and a day; `null` where nothing was. */
export const released = (changelog, version, day) => {
  const [head, rest = ""] = changelog.split("## [Unreleased]\n")
  const [unreleased] = rest.split(/^## \[/m)
  if (unreleased.trim() === "") return null
  return `${head}## [Unreleased]\n\n## [${version}] - ${day}\n${rest}`
}

/** What is in the package or installed with it: bundled packages count, though npm takes them for tools. */
export const shipped = (sbom, bundled) => {
  const isTool = ({ properties = [] }) => properties.some(({ name }) => name === "cdx:npm:package:development")
  const nameOf = ({ group, name }) => (group === undefined ? name : `${group}/${name}`)
  const components = sbom.components.filter((one) => !isTool(one) || bundled.includes(nameOf(one)))
  const refs = new Set([sbom.metadata.component, ...components].map((one) => one["bom-ref"]))
  const dependencies = sbom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ dependsOn = [], ref }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }))
  return { ...sbom, components, dependencies }
}

const check = () => {
  run("npm", "run", "build")
  run("npx", "vitest", "run", "--project", "promises", "test/package/tarball.test.ts")
  const options =
    "--package-lock-only --output-format JSON --output-reproducible --no-validate --mc-type library".split(" ")
  const bundled = Object.values(JSON.parse(read("dist/bin/packages.meta.json"))).flat()
  const sbom = shipped(JSON.parse(output("npx", "cyclonedx-npm", ...options)), bundled)
  writeFileSync(`${root}/sbom.cdx.json`, `${JSON.stringify(sbom, null, 2)}\n`)
  console.log(`sbom.cdx.json: ${sbom.components.length} packages`)
}

const write = (version, changelog) => {
  run("npm", "version", version, "--no-git-tag-version", "--allow-same-version")
  const constant = read("src/domain/internal/version.ts").replace(/version = ".*"/, `version = "${version}"`)
  writeFileSync(`${root}/src/domain/internal/version.ts`, constant)
  writeFileSync(`${root}/CHANGELOG.md`, changelog)
}

const release = (version, isDryRun) => {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version ?? "")) refuse("a version is missing.", "npm run release -- 0.2.0")
  if (output("git", "status", "--porcelain") !== "") refuse("there are changes that no commit has.", "git stash -u")
  const changelog = released(read("CHANGELOG.md"), version, new Date().toISOString().slice(0, 10))
  if (changelog === null) refuse("CHANGELOG.md has nothing under Unreleased.", "git log --oneline")
  let isChecked = false
  try {
    write(version, changelog)
    check()
    isChecked = true
  } finally {
    if (isDryRun || !isChecked) run("git", "checkout", "--quiet", "--", ...written)
  }
  if (isDryRun) return console.log(`${version} can be released.`)
  run("git", "commit", "--quiet", "-m", `Release ${version}`, "--", ...written)
  run("git", "tag", `v${version}`)
  return console.log(`${version} is committed and tagged; CI publishes it after:\n  git push origin HEAD v${version}`)
}

const [, program, ...words] = process.argv
if (program === fileURLToPath(import.meta.url)) {
  if (words.includes("--check")) check()
  else
    release(
      words.find((word) => !word.startsWith("--")),
      words.includes("--dry-run")
    )
}
