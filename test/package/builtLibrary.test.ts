/** Promise 23: what the build makes of the library is held to the contracts that its sources are held to. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import { contract } from "../layers/CredentialFiles.contract.ts"
import { temporaryDirectory } from "../layers/node/files/support.ts"
import { runStorm } from "../oauth/support/storm.ts"
import { node, testing } from "./built/library.ts"
import { run } from "./support/command.ts"
import { root } from "./support/project.ts"

describe("files on disk", () => contract({ layer: node.diskFiles, directory: temporaryDirectory }))

describe("files in memory", () =>
  contract({ layer: testing.layer(), directory: Effect.succeed(`${testing.home}/contract`) }))

describe("one spend", () => {
  it.effect(
    "8 processes × 3 expiries: 3 refreshes, no reuse, nobody logged out",
    () =>
      Effect.gen(function* () {
        const result = yield* runStorm({ processes: 8, rounds: 3, lock: "built", delayMillis: 20 })
        expect(result).toMatchObject({
          asked: 24,
          right: 24,
          requests: 3,
          mostInFlight: 1,
          reuses: 0,
          loggedOut: 0,
          errors: {}
        })
      }),
    120_000
  )
})

it.effect("a stack trace leads to the line of the source", () =>
  Effect.gen(function* () {
    const program =
      'import("./dist/index.js").then(({ Session }) => new Session({})).catch(({ stack }) => console.log(stack))'
    const { stdout } = yield* run(process.execPath, ["--enable-source-maps", "-e", program], { cwd: root })
    const source = "src/domain/internal/onDemand.ts"
    const lines = readFileSync(join(root, source), "utf8").split("\n")
    const thrown = lines.findIndex((line) => line.includes("throw new InvalidArgument(")) + 1
    expect(stdout).toContain(`${source}:${thrown}:`)
  })
)

it.effect("every file loads as a module of Node, also what is loaded on demand", () =>
  Effect.gen(function* () {
    const files = readdirSync(join(root, "dist")).filter((name) => name.endsWith(".js"))
    expect(files.length).toBeGreaterThan(30)
    for (const name of files)
      yield* Effect.promise(() => import(/* @vite-ignore */ pathToFileURL(join(root, "dist", name)).href))
  })
)
