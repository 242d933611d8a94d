/** Promise 8: nothing is lost when many processes edit the configuration at once. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect } from "vitest"
import * as Config from "#src/domain/config/ConfigDocument.ts"
import { handWritten } from "../support/handWritten.ts"
import { makeHome } from "../support/mp.ts"

const processes = 32
const edits = 20

const bundled = (outfile: string) =>
  Effect.promise(() =>
    build({
      entryPoints: [fileURLToPath(new URL("./concurrent/worker.ts", import.meta.url))],
      outfile,
      bundle: true,
      minify: true,
      platform: "node",
      format: "esm"
    })
  )

const run = (words: ReadonlyArray<string>): Effect.Effect<number> =>
  Effect.async<number>((resume) => {
    const child = spawn(process.execPath, [...words], { stdio: ["ignore", "inherit", "inherit"] })
    child.once("close", (code) => resume(Effect.succeed(code ?? -1)))
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

describe("32 processes, 20 edits each, all at once", () => {
  it.live(
    "640 of 640 arrive, and the lines that people wrote are byte for byte what they were",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const home = yield* makeHome({ ".mp/config.toml": handWritten })
          const config = join(home, ".mp/config.toml")
          const worker = join(home, "worker.mjs")
          yield* bundled(worker)
          const codes = yield* Effect.all(
            Array.from({ length: processes }, (_, index) => run([worker, config, `p${index}`, String(edits)])),
            { concurrency: "unbounded" }
          )
          expect(codes).toEqual(codes.map(() => 0))
          const text = yield* Effect.promise(() => readFile(config, "utf8"))
          const added = /\n\[accounts\.p[0-9]+-[0-9]+\]\ntype = "oauth_browser"\nregion = "us"\n/g
          expect(text.match(added)).toHaveLength(processes * edits)
          expect(new Set(text.match(added)).size).toBe(processes * edits)
          expect(text.replace(added, "")).toBe(handWritten)
          const names = Config.accountNames(Either.getOrThrow(Config.parse(config, text)))
          expect(names).toHaveLength(processes * edits + 4)
        })
      ),
    150_000
  )
})
