/** The engine for proxies comes with mp in a bundle of its own: nothing has to be installed for it, cold or warm. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { once } from "node:events"
import { cp } from "node:fs/promises"
import { createServer } from "node:http"
import { dirname, join } from "node:path"
import { builtMp, makeHome, runMp } from "../support/mp.ts"

const config = {
  ".mp/config.toml": '[accounts.ci]\ntype = "oauth_token"\nregion = "us"\ndefault_project = "1"\ntoken = "abc"\n'
}

/** It refuses every tunnel. */
const proxy = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = createServer().on("connect", (_, socket) => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"))
    await once(server.listen(0, "127.0.0.1"), "listening")
    return server
  }),
  (server) => Effect.promise(async () => void server.close())
)

it.effect("a request through a proxy needs no package beside mp", () =>
  Effect.gen(function* () {
    const address = (yield* proxy).address()
    const port = typeof address === "object" ? address?.port : undefined
    const home = yield* makeHome(config)
    const bin = join(home, "bin")
    yield* Effect.promise(() => cp(dirname(builtMp), bin, { recursive: true }))
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}`, XDG_CACHE_HOME: join(home, "cache"), CI: "1" }
    for (const cache of ["cold", "warm"]) {
      const { stderr } = yield* runMp(["api", "/api/app/me", "-a", "ci"], {
        home,
        bundle: join(bin, "mp.cjs"),
        env
      })
      expect({ cache, stderr }).toEqual({ cache, stderr: expect.stringContaining("refused: 502") })
    }
  }).pipe(Effect.scoped)
)
