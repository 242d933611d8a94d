/** A real process that sends one request by a transport of this library and prints what came of it. */
import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import { networkReason } from "#src/domain/api/NetworkReason.ts"
import * as CommandHttp from "#src/layers/node/http/CommandHttp.ts"
import * as UndiciHttp from "#src/layers/node/http/UndiciHttp.ts"

const [transport, url = "", body] = process.argv.slice(2)

const { layer } = transport === "node:http" ? CommandHttp : UndiciHttp

const outcome = Effect.gen(function* () {
  const client = yield* HttpClient.HttpClient
  const response = yield* body === undefined ? client.get(url) : client.post(url, { body: HttpBody.text(body) })
  return { status: response.status, location: response.headers["location"] ?? null, body: yield* response.text }
}).pipe(
  Effect.catchAll((error) => Effect.succeed({ reason: networkReason(error) })),
  Effect.provide(layer)
)

process.stdout.write(JSON.stringify(await Effect.runPromise(outcome)))
