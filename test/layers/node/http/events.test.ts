/**
 * Events by the gigabyte, in and out, in a memory that does not grow: 256 MB of each, and 1 GB with `MP_TEST_BYTES=1000000000`.
 */
import { execFile } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { createGunzip } from "node:zlib"
import { build } from "esbuild"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { listening } from "./loopback.ts"

const bytes = Number(process.env["MP_TEST_BYTES"] ?? 256_000_000)

const line = `${JSON.stringify({
  event: "Page viewed",
  properties: { time: 1_767_225_600, distinct_id: "user-1", $insert_id: "id-1", text: "x".repeat(900) }
})}\n`
const block = Buffer.from(line.repeat(64))
const blocks = Math.ceil(bytes / block.length)

const exporting = async (response: ServerResponse): Promise<void> => {
  for (let sent = 0; sent < blocks; sent++) {
    if (!response.write(block)) await once(response, "drain")
  }
  response.end()
}

const importing = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  let text = ""
  let received = 0
  for await (const chunk of request.pipe(createGunzip())) {
    text = text.slice(-20) + String(chunk)
    received += text.split('{"event":').length - 1
    // What is counted is not counted again.
    text = text.slice(text.lastIndexOf('{"event":') + 1)
  }
  response.end(JSON.stringify({ code: 200, num_records_imported: received, status: "OK" }))
}

const server = listening(() =>
  createServer((request, response) => {
    void (request.url?.startsWith("/import") === true ? importing(request, response) : exporting(response))
  })
)

/** As an app has it: loading the sources one by one takes more memory than the events do. */
const bundled = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "events-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true }))
  )
  const outfile = join(folder, "program.cjs")
  const entry = fileURLToPath(new URL("events.child.ts", import.meta.url))
  yield* Effect.promise(() =>
    build({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "cjs", logLevel: "error" })
  )
  return outfile
})

it.scopedLive(
  `${Math.round(bytes / 1e6)} MB of events are exported, and as many imported, with less than 200 MiB of memory`,
  () =>
    Effect.gen(function* () {
      const { port } = yield* server
      const count = blocks * 64
      const program = yield* bundled
      const { stdout } = yield* Effect.promise(() =>
        promisify(execFile)(process.execPath, ["--max-old-space-size=64", program, String(port), String(count)])
      )
      const said = JSON.parse(stdout)
      expect(said).toMatchObject({ exported: count, imported: count })
      expect(said.afterImport).toBeLessThan(200)
      if (process.env["MP_TEST_BYTES"] !== undefined) process.stderr.write(`${stdout}\n`)
    }),
  300_000
)
