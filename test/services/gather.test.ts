/** One reader of bodies, and nothing that goes past it. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { gather, gatherBeginning, legibleText } from "#src/services/api/http/gather.ts"

const request = HttpClientRequest.get("https://a.example/")

const answering = (chunks: Iterable<Uint8Array>, pulled = { bytes: 0 }) => {
  const iterator = chunks[Symbol.iterator]()
  return HttpClientResponse.fromWeb(
    request,
    new Response(
      new ReadableStream({
        pull: (controller) => {
          const next = iterator.next()
          if (next.done === true) return controller.close()
          pulled.bytes += next.value.length
          return controller.enqueue(next.value)
        }
      })
    )
  )
}

const chunksOf = FastCheck.array(FastCheck.uint8Array({ maxLength: 9_000 }), { maxLength: 40 })

it.effect.prop(
  "a body is gathered as it is, or refused where it is longer; its beginning is its beginning",
  [chunksOf, FastCheck.integer({ min: 0, max: 60_000 })],
  ([chunks, maxBytes]) =>
    Effect.gen(function* () {
      const whole = Buffer.concat(chunks)
      const gathered = yield* Effect.either(gather(answering(chunks), maxBytes))
      if (whole.length > maxBytes) expect(Either.isLeft(gathered)).toBe(true)
      else expect(whole.equals(Either.getOrThrow(gathered))).toBe(true)
      const beginning = yield* gatherBeginning(answering(chunks), maxBytes)
      expect(whole.subarray(0, maxBytes).equals(beginning)).toBe(true)
    })
)

function* endless(size: number) {
  for (;;) yield new Uint8Array(size).fill(0x61)
}

it.live("an endless body is given up when it is too long, and little more of it is asked for", () =>
  Effect.gen(function* () {
    const pulled = { bytes: 0 }
    expect(yield* Effect.flip(gather(answering(endless(16_384), pulled), 1_048_576))).toMatchObject({
      _tag: "BodyTooLong",
      reason: "the body is longer than 1 MiB"
    })
    expect(pulled.bytes).toBeLessThan(2_000_000)
  })
)

it.live("a body of single bytes is put together", () =>
  Effect.map(gatherBeginning(answering(endless(1)), 150_000), (body) =>
    expect(legibleText(body)).toBe("a".repeat(150_000))
  )
)

it.effect("an answer without a body is complete", () =>
  Effect.gen(function* () {
    for (const status of [204, 205, 304]) {
      const response = HttpClientResponse.fromWeb(request, new Response(null, { status }))
      expect(yield* gather(response, 10)).toHaveLength(0)
    }
    const head = HttpClientResponse.fromWeb(HttpClientRequest.head("https://a.example/"), new Response("never"))
    expect(yield* gather(head, 1)).toHaveLength(0)
  })
)

const src = fileURLToPath(new URL("../../src/", import.meta.url))

/** Where `text` and the others are made of the bounded stream; what encodes a request; the server of the sandbox. */
const own = /^(services\/api\/http\/StreamedResponse\.ts|layers\/node\/http\/prepared\.ts|layers\/sandbox\/)/

it("nothing in the sources reads a body in another way", () => {
  const past =
    /\b(response|received)\.(text|json|arrayBuffer|formData|urlParamsBody)\b|\(\{ (text|arrayBuffer|formData) \}\) =>|\bHttpClientResponse\.(schemaBody|json)|Stream\.runCollect\([^)]*\.stream\b/
  const found = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !own.test(name) && past.test(readFileSync(join(src, name), "utf8"))
  )
  expect(found).toEqual([])
})

/** What explains a refusal and what a token must not be lost for; what a terminal shows; what a test or the sandbox was sent. */
const lenient = ["cli/app/ProcessTerminal.ts", "layers/memory/ScriptedHttp.ts", "services/api/http/gather.ts"]

it("bytes that are no text are taken for text nowhere else", () => {
  const found = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && /new TextDecoder\(\)|\bdecodeText\b/.test(readFileSync(join(src, name), "utf8"))
  )
  expect(found.sort()).toEqual(lenient)
})
