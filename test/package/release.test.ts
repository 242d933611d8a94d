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

const release = (directory: string, ...words: ReadonlyArray<string>) =>
  run(process.execPath, ["scripts/release.mjs", ...words], { cwd: directory, env })

const git = needs("git")

describe.skipIf(git.areUnmet)(git.title("npm run release"), () => {
  it.scopedLive(
    "rehearses all of it without the network, and leaves nothing behind but the list of parts",
    () =>
      Effect.gen(function* () {
        const directory = yield* repository
        const { code, stderr, stdout } = yield* release(directory, "--dry-run", "9.8.7")
        expect({ code, stderr, stdout }).toMatchObject({
          code: 0,
          stdout: expect.stringContaining("9.8.7 can be released.")
        })
        expect(yield* output("git", ["status", "--porcelain"], { cwd: directory, env })).toBe("")
        const parts: { readonly metadata: object; readonly components: ReadonlyArray<{ readonly name: string }> } =
          JSON.parse(readFileSync(join(directory, "sbom.cdx.json"), "utf8"))
        expect(parts.metadata).toMatchObject({ component: { name: "effect-mixpanel", version: "9.8.7" } })
        const names = parts.components.map(({ name }) => name)
        expect(names).toEqual(expect.arrayContaining(["effect", "open", "smol-toml", "undici"]))
        expect(names).not.toContain("vitest")
      }),
    300_000
  )

  it.scopedLive("refuses what is no version, and a tree with changes, and says what to do", () =>
    Effect.gen(function* () {
      const directory = yield* repository
      expect(yield* release(directory)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("npm run release -- 0.2.0")
      })
      writeFileSync(join(directory, "README.md"), "")
      expect(yield* release(directory, "9.8.7")).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("git stash -u")
      })
      yield* output("git", ["commit", "--quiet", "--all", "--message", "changed"], { cwd: directory, env })
      writeFileSync(join(directory, "CHANGELOG.md"), "## [Unreleased]\n\n## [0.1.0] - 2026-01-01\n")
      yield* output("git", ["commit", "--quiet", "--all", "--message", "nothing new"], { cwd: directory, env })
      expect(yield* release(directory, "9.8.7")).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("Unreleased")
      })
    })
  )
})
