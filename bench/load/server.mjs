/**
 * A process of its own: an HTTP server whose every request makes one authenticated call. `library` makes it through
 * this library as an application would, `bare` with a constant bearer and nothing but `fetch`.
 */
import { createServer } from "node:http"
import { staticBearer } from "./agreed.mjs"
import { serve } from "./serve.mjs"

const [kind, upstream] = process.argv.slice(2)

const bareCall = async (path) => {
  const response = await fetch(`${upstream}${path}`, { headers: { authorization: `Bearer ${staticBearer}` } })
  if (!response.ok) throw new Error(`the API answered ${response.status}`)
  return response.json()
}

const libraryCall = async () => {
  const { Effect, ManagedRuntime } = await import("effect")
  const { MixpanelHttpClient, SessionResolver } = await import("../../dist/index.js")
  const { layer } = await import("../../dist/node.js")
  const runtime = ManagedRuntime.make(layer)
  const client = await runtime.runPromise(
    Effect.gen(function* () {
      const { session } = yield* SessionResolver
      const { forSession } = yield* MixpanelHttpClient
      return yield* forSession(yield* session(), "app", { rootedAt: "host" })
    })
  )
  return (path) => runtime.runPromise(Effect.flatMap(client.get(path), (response) => response.json))
}

const call = kind === "library" ? await libraryCall() : bareCall

const answer = async (request, response) => {
  const body = await call(request.url)
  response.writeHead(200, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.writeHead(502, { "content-type": "text/plain" })
    response.end(String(error))
  })
})
await serve(server, { cpu: () => process.cpuUsage() })
