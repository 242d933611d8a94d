/** The engine for proxies is installed with mp, and asked for by requests through a proxy alone. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { once } from "node:events"
import { cp, mkdir, symlink } from "node:fs/promises"
import { createServer } from "node:http"
import { dirname, join } from "node:path"
import { root } from "../package/support/project.ts"
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

it.effect("a request through a proxy needs what npm installs with mp, and any other needs no package", () =>
  Effect.gen(function* () {
    const address = (yield* proxy).address()
    const port = typeof address === "object" ? address?.port : undefined
    const home = yield* makeHome(config)
    const bin = join(home, "bin")
    yield* Effect.promise(() => cp(dirname(builtMp), bin, { recursive: true }))
    const direct = { MP_API_BASE_URL: "http://127.0.0.1:9", XDG_CACHE_HOME: join(home, "cache"), CI: "1" }
    expect(
      yield* runMp(["api", "/api/app/me", "-a", "ci"], { home, bundle: join(bin, "mp.cjs"), env: direct })
    ).toMatchObject({ stderr: expect.stringContaining("127.0.0.1:9") })
    const installed = join(home, "node_modules")
    yield* Effect.promise(() => mkdir(installed))
    yield* Effect.promise(() => symlink(join(root, "node_modules/undici"), join(installed, "undici")))
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
