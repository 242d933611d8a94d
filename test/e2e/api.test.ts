/** What the built `mp api` sends and prints: as it was given and as it came, for as long as somebody reads. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { gzipSync } from "node:zlib"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import { listening } from "../layers/node/http/loopback.ts"
import { makeHome, type RunOptions, runMp } from "../support/mp.ts"

interface Seen {
  readonly method: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage["headers"]
  readonly body: Buffer
}

const serving = (answer: (response: ServerResponse, seen: Seen) => void) =>
  Effect.gen(function* () {
    const seen = new Array<Seen>()
    const { port } = yield* listening(() =>
      createServer(async (request, response) => {
        const chunks = new Array<Buffer>()
        for await (const chunk of request) chunks.push(Buffer.from(chunk))
        const { searchParams } = new URL(request.url ?? "", "http://a")
        const one = {
          method: request.method ?? "",
          query: searchParams,
          headers: request.headers,
          body: Buffer.concat(chunks)
        }
        seen.push(one)
        answer(response, one)
      })
    )
    const home = yield* makeHome()
    const env = {
      MP_USERNAME: "sa.user",
      MP_SECRET: "sa-secret",
      MP_PROJECT_ID: "11",
      MP_REGION: "us",
      MP_API_BASE_URL: `http://127.0.0.1:${port}`
    }
    const run = (args: ReadonlyArray<string>, more: Partial<RunOptions> = {}) =>
      runMp(["api", ...args], { home, env, ...more })
    return { seen, run }
  })

const fine = serving((response) => response.end("{}"))

describe("what is sent", () => {
  it.live("fields as often as they were given, in the query, in JSON and in a form", () =>
    Effect.gen(function* () {
      const { run, seen } = yield* fine
      const fields = ["--field", "event=A", "--field", "event=B", "--field", "one={project_id}"]
      const form = ["--header", "Content-Type: application/x-www-form-urlencoded"]
      expect(yield* run(["/api/app/x", ...fields])).toMatchObject({ code: 0, stderr: "" })
      yield* run(["/api/app/x", "-X", "POST", ...fields])
      yield* run(["/api/app/x", "-X", "POST", ...fields, ...form])
      expect(seen.map(({ query }) => query.getAll("event"))).toEqual([["A", "B"], [], []])
      expect(seen[0]?.query.get("one")).toBe("11")
      expect(JSON.parse(String(seen[1]?.body))).toEqual({ event: ["A", "B"], one: "11" })
      expect(String(seen[2]?.body)).toBe("event=A&event=B&one=11")
      expect(seen.map(({ headers }) => headers["content-type"])).toEqual([
        undefined,
        "application/json",
        "application/x-www-form-urlencoded"
      ])
    }).pipe(Effect.scoped)
  )

  it.live.each([
    ["JSON", "\ufeff{}", [], "application/json"],
    ["bytes that are no text", gzipSync("{}"), ["--header", "content-type:application/gzip"], "application/gzip"]
  ] as const)("a body byte for byte: %s", ([, stdin, header, type]) =>
    Effect.gen(function* () {
      const { run, seen } = yield* fine
      yield* run(["/api/app/x", "--body-stdin", ...header], { stdin })
      expect(seen[0]?.method).toBe("POST")
      expect(seen[0]?.headers["content-type"]).toBe(type)
      expect(seen[0]?.body.equals(Buffer.from(stdin))).toBe(true)
    }).pipe(Effect.scoped)
  )

  it.live("headers, but not those of the credential and the connection", () =>
    Effect.gen(function* () {
      const { run, seen } = yield* fine
      yield* run(["/api/app/x", "--header", "X-A: 1", "--header", "x-a:2", "--header", "Accept: text/csv"])
      expect(seen[0]?.headers).toMatchObject({ "x-a": "1, 2", accept: "text/csv" })
      const name = "--header must be 'NAME: VALUE'"
      for (const [header, message] of [
        ["Authorization: Bearer LEAK", "--header Authorization cannot be given: mp sets it"],
        ["content-length: 5", "cannot be given: mp sets it"],
        ["no colon LEAK", name],
        [": LEAK", name],
        ["X-A: a\nLEAK: b", name]
      ] as const) {
        const refused = yield* run(["/api/app/x", "--header", header])
        expect(refused).toMatchObject({ code: 3, stdout: "" })
        expect(refused.stderr).toContain(message)
        expect(refused.stderr.split("try:")[0]).not.toContain("LEAK")
      }
      expect(seen).toHaveLength(1)
    }).pipe(Effect.scoped)
  )
})

it.live(
  "--paginate prints what the server wrote, a result on a line, and asks for the next page by its own number",
  () =>
    Effect.gen(function* () {
      const { run, seen } = yield* serving((response, { query }) =>
        response.end(
          query.has("cursor")
            ? '{"results": [1.10]}'
            : '{"results": [ {"id": 9007199254740993,\n "d": 1.10, "s": "a, b"} ], "pagination": {"next_cursor": 9007199254740995}}'
        )
      )
      const { stdout } = yield* run(["/api/app/x", "--paginate", "--header", "X-A: 1"])
      expect(stdout).toBe('{"id":9007199254740993,"d":1.10,"s":"a, b"}\n1.10\n')
      expect(seen.map(({ headers, query }) => [headers["x-a"], query.get("cursor")])).toEqual([
        ["1", null],
        ["1", "9007199254740995"]
      ])
    }).pipe(Effect.scoped)
)

describe("when nobody reads any more", () => {
  const page = "x".repeat(2_000)
  const endless = serving((response, { query }) => {
    if (query.has("pages")) {
      const cursor = Number(query.get("cursor") ?? 0) + 1
      const results = Array.from({ length: 50 }, () => page)
      response.end(JSON.stringify({ results, pagination: { next_cursor: String(cursor) } }))
      return
    }
    const more = setInterval(() => response.write(`${page}\n`), 1)
    response.on("close", () => clearInterval(more))
  })

  it.live.each([[["/api/2.0/export"]], [["/api/app/x?pages=1", "--paginate"]]] as const)("%j ends", ([args]) =>
    Effect.gen(function* () {
      const { run, seen } = yield* endless
      expect((yield* run(args, { shell: '"$@" | head -1' })).code).toBe(0)
      // Neither ends by itself; 1,000 pages would.
      expect(seen.length).toBeLessThan(100)
    }).pipe(Effect.scoped)
  )
})
