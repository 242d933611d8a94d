/** What the built `mp` makes of answers that have no end, or too early a one. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import { answering, answers, expectedOf, nameOf, words } from "../layers/node/http/answers.ts"
import { type Listening, listening } from "../layers/node/http/loopback.ts"
import { runMp } from "../support/mp.ts"

const variables = ({ port }: Listening) => ({
  MP_USERNAME: "sa.user",
  MP_SECRET: "sa-secret",
  MP_PROJECT_ID: "11",
  MP_REGION: "us",
  MP_API_BASE_URL: `http://127.0.0.1:${port}`
})

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mp-bounded-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** Members one after the other are one gzip text: 2 GiB of blanks in front of what is never reached. */
const bomb = () => {
  const member = gzipSync(Buffer.alloc(16 * 1_048_576, " "))
  return Buffer.concat(Array.from({ length: 128 }, () => member))
}

/** Runs `mp`, and tells the most memory that it had, in MiB. */
const measured = (args: ReadonlyArray<string>, server: Listening, env: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    const home = yield* directory
    const hook = join(home, "peak.cjs")
    const peak = join(home, "peak")
    writeFileSync(
      hook,
      `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)))`
    )
    const outcome = yield* runMp(args, {
      home,
      env: { ...variables(server), NODE_OPTIONS: `--require=${hook}`, ...env }
    })
    return { ...outcome, peak: Math.round(Number(readFileSync(peak, "utf8")) / 1024) }
  })

describe("memory", () => {
  const packed = bomb()
  const swelling = listening(() =>
    createServer((_, response) => response.setHeader("content-encoding", "gzip").end(packed))
  )
  const endless = listening(() =>
    createServer((_, response) => {
      const piece = Buffer.alloc(65_536, "a")
      const more = () => {
        while (response.write(piece));
      }
      response.on("drain", more)
      response.on("error", () => undefined)
      more()
    })
  )
  for (const [name, server] of [
    ["a gzip body of 2 GiB", swelling],
    ["an endless body", endless]
  ] as const) {
    for (const args of [
      ["account", "test"],
      ["project", "list"],
      ["inspect", "events"]
    ]) {
      it.scopedLive(`mp ${args.join(" ")} and ${name}: refused, in less than 200 MiB`, () =>
        Effect.gen(function* () {
          const { code, peak, stderr, stdout } = yield* measured(args, yield* server)
          expect([code, stdout + stderr]).toEqual([1, expect.stringContaining("the body is longer than 64 MiB")])
          expect(peak).toBeLessThan(200)
        })
      )
    }
  }

  it.scopedLive("headers of 200 KB are named", () =>
    Effect.gen(function* () {
      const server = yield* listening(() =>
        createServer((_, response) => response.setHeader("x-big", "a".repeat(200_000)).end("{}"))
      )
      const home = yield* directory
      const { code, stderr } = yield* runMp(["api", "/api/app/me", "-X", "POST"], { home, env: variables(server) })
      expect([code, stderr]).toEqual([75, expect.stringContaining("the headers of the answer are too large")])
    })
  )
})

describe("whole answers", () => {
  const chosen = answers
    .map((answer, index) => ({ answer, index }))
    .filter(({ answer: { status }, index }) => status !== 400 && index % 4 === 0)
  it.scopedLive(
    `mp api: ${chosen.length} of ${answers.length} answers`,
    () =>
      Effect.gen(function* () {
        const server = yield* answering
        const home = yield* directory
        const got = yield* Effect.forEach(
          chosen,
          ({ answer, index }) =>
            Effect.map(
              runMp(["api", `/api/app/${index}`, "-X", answer.method], { home, env: variables(server) }),
              ({ code, stdout }) => {
                const body = stdout === "" ? "empty" : stdout === words.toString() ? "whole" : "half"
                return [nameOf(answer), code === 75 ? "error" : body]
              }
            ),
          { concurrency: 2 }
        )
        expect(got).toEqual(chosen.map(({ answer }) => [nameOf(answer), expectedOf(answer)]))
      }),
    120_000
  )
})
