/** The platform gives up what nobody holds any more. What has been read is not among that: to give it up as well costs more than to read it. */
import { createServer } from "node:http"
import * as HttpClient from "@effect/platform/HttpClient"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { globalValue } from "effect/GlobalValue"
import * as Stream from "effect/Stream"
import { vi } from "vitest"
import * as CommandHttp from "#src/layers/node/http/CommandHttp.ts"
import * as UndiciHttp from "#src/layers/node/http/UndiciHttp.ts"
import { listening } from "./loopback.ts"

const registry = globalValue("@effect/platform/HttpClient/responseRegistry", () => ({
  register: (_response: object, _controller: AbortController) => {},
  unregister: (_response: object) => {}
}))

for (const [name, layer] of [
  ["node:http", CommandHttp.layer],
  ["undici", UndiciHttp.layer]
] as const) {
  it.scopedLive(`${name}: a body that is read is the reader's to give up, and one that is not is the platform's`, () =>
    Effect.gen(function* () {
      const { port } = yield* listening(() => createServer((_, response) => void response.end("whole")))
      const client = yield* HttpClient.HttpClient
      const get = client.get(`http://127.0.0.1:${port}/`)
      const held = vi.spyOn(registry, "register")
      const letGo = vi.spyOn(registry, "unregister")
      const [gathered, streamed, unread] = yield* Effect.all([get, get, get])
      expect(yield* gathered.text).toBe("whole")
      expect(yield* Stream.mkString(Stream.decodeText(streamed.stream))).toBe("whole")
      const responses = held.mock.calls.map(([response]) => response)
      expect(responses).toHaveLength(3)
      expect(responses.map((one) => letGo.mock.calls.some(([other]) => other === one))).toEqual([true, true, false])
      expect(yield* unread.text).toBe("whole")
    }).pipe(Effect.ensuring(Effect.sync(vi.restoreAllMocks)), Effect.provide(layer))
  )
}
