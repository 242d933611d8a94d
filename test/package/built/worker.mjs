// The process of the storm, over the library as it is built: `worker.mjs HOME URL`; a line in, a line of JSON out.
import { createInterface } from "node:readline"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { AccountName, OAuthBrowserAccount, TokenResolver } from "../../../dist/index.js"
import { layer } from "../../../dist/node.js"

const [home, url] = process.argv.slice(2)
process.env.HOME = home
process.env.MP_API_BASE_URL = url

const account = new OAuthBrowserAccount({ name: AccountName.make("me"), region: "us" })
const runtime = ManagedRuntime.make(layer)
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

const answer = Effect.flatMap(TokenResolver, (resolver) => resolver.bearer(account, "config")).pipe(
  Effect.match({
    onSuccess: ({ token }) => ({ access: Redacted.value(token) }),
    onFailure: ({ _tag, code, message }) => ({ error: _tag, code, message })
  })
)

await runtime.runPromise(Effect.void)
say({ ready: true })
for await (const _ of createInterface({ input: process.stdin })) say(await runtime.runPromise(answer))
await runtime.dispose()
