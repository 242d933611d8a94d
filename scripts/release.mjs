// What `npm version 0.2.0` runs. `check`, before anything is written, and in CI for the tag that is published: the build, what
// `npm pack` makes of it, and the list of its parts (CycloneDX). `write`: the version and the changelog, for the commit and the
// tag that npm makes. Nothing is published here.
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const read = (path) => readFileSync(`${root}/${path}`, "utf8")
const write = (path, text) => writeFileSync(`${root}/${path}`, text)
const run = (command, ...args) => execFileSync(command, args, { cwd: root, stdio: "inherit" })
const output = (command, ...args) => execFileSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1e8 })

/** What is in the package or installed with it: bundled packages count, though npm takes them for tools. */
const shipped = (sbom, bundled) => {
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
  const sbomOf = "cyclonedx-npm --package-lock-only --output-reproducible --no-validate --mc-type library".split(" ")
  const bundled = Object.values(JSON.parse(read("dist/bin/packages.meta.json"))).flat()
  const sbom = shipped(JSON.parse(output("npx", ...sbomOf)), bundled)
  write("sbom.cdx.json", `${JSON.stringify(sbom, null, 2)}\n`)
}

const writeVersion = (version) => {
  const changelog = read("CHANGELOG.md")
  const heading = "## [Unreleased]\n"
  const [unreleased = ""] = (changelog.split(heading)[1] ?? "").split(/^## \[/m)
  if (unreleased.trim() === "") throw new Error("CHANGELOG.md has nothing under Unreleased. To undo: git checkout -- .")
  const day = new Date().toISOString().slice(0, 10)
  write("CHANGELOG.md", changelog.replace(heading, `${heading}\n## [${version}] - ${day}\n`))
  const constant = "src/domain/internal/version.ts"
  write(constant, read(constant).replace(/version = ".*"/, `version = "${version}"`))
  run("git", "add", "CHANGELOG.md", constant)
}

if (process.argv[2] === "check") check()
else writeVersion(process.env["npm_package_version"])
