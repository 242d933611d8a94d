/** A release, rehearsed in a repository of its own. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { version } from "#src/domain/internal/version.ts"
import { needs } from "../support/needs.ts"
import { output, run } from "./support/command.ts"
import { manifest, root } from "./support/project.ts"

it("the version of the program is that of the package", () => {
  expect(version).toBe(manifest.version)
})

const left = new Set([".git", "dist", "node_modules"])

/** What git knows of a person is nobody's business here. */
const env = {
  ...Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ""])),
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.com"
}

/** The sources of now, committed; the packages are those of this directory. */
const repository = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mp-release-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
).pipe(
  Effect.tap((directory) =>
    Effect.gen(function* () {
      cpSync(root, directory, { recursive: true, filter: (path) => !left.has(basename(path)) })
      symlinkSync(join(root, "node_modules"), join(directory, "node_modules"))
      yield* output("git", ["init", "--quiet"], { cwd: directory, env })
      writeFileSync(join(directory, ".git/info/exclude"), "node_modules\n")
      yield* output("git", ["add", "--all"], { cwd: directory, env })
      yield* output("git", ["commit", "--quiet", "--message", "now"], { cwd: directory, env })
    })
  )
)

const npmVersion = (directory: string, ...words: ReadonlyArray<string>) =>
  run("npm", ["version", ...words], { cwd: directory, env })

const git = needs("git")

describe.skipIf(git.areUnmet)(git.title("npm version"), () => {
  it.scopedLive(
    "checks, writes, commits and tags without the network, and leaves nothing behind but the list of parts",
    () =>
      Effect.gen(function* () {
        const directory = yield* repository
        const { code, stderr } = yield* npmVersion(directory, "9.8.7")
        expect({ code, stderr }).toMatchObject({ code: 0 })
        const read = (path: string) => readFileSync(join(directory, path), "utf8")
        expect(yield* output("git", ["status", "--porcelain"], { cwd: directory, env })).toBe("")
        expect(yield* output("git", ["tag", "--points-at", "HEAD"], { cwd: directory, env })).toBe("v9.8.7\n")
        expect(read("src/domain/internal/version.ts")).toContain('version = "9.8.7"')
        expect(read("CHANGELOG.md")).toMatch(/## \[Unreleased\]\n\n## \[9\.8\.7\] - \d{4}-\d\d-\d\d\n\n\S/)
        expect(JSON.parse(read("package-lock.json"))).toMatchObject({ version: "9.8.7" })
        const parts: { readonly metadata: object; readonly components: ReadonlyArray<{ readonly name: string }> } =
          JSON.parse(read("sbom.cdx.json"))
        expect(parts.metadata).toMatchObject({ component: { name: "effect-mixpanel" } })
        const names = parts.components.map(({ name }) => name)
        expect(names).toEqual(expect.arrayContaining(["effect", "open", "smol-toml", "undici"]))
        expect(names).not.toContain("vitest")
        // Nothing is left to release: no commit, no tag, and the way back.
        expect(yield* npmVersion(directory, "9.8.8", "--ignore-scripts", "--no-git-tag-version")).toMatchObject({
          code: 0
        })
        const again = yield* run(process.execPath, ["scripts/release.mjs", "write"], {
          cwd: directory,
          env: { ...env, npm_package_version: "9.8.8" }
        })
        expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("git checkout -- .") })
      }),
    300_000
  )

  it.scopedLive("refuses what is no version, and a tree with changes", () =>
    Effect.gen(function* () {
      const directory = yield* repository
      expect(yield* npmVersion(directory, "soon")).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("Invalid version")
      })
      writeFileSync(join(directory, "README.md"), "")
      expect(yield* npmVersion(directory, "9.8.7")).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("Git working directory not clean")
      })
    })
  )
})
