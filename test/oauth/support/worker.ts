/** A process that asks for a bearer on demand: `worker.mjs HOME URL LOCK`; a line in, a line of JSON out. */
import { createInterface } from "node:readline"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { make } from "#src/layers/node/files/DiskFiles.ts"
import { nodeOps } from "#src/layers/node/files/DiskOps.ts"
import * as UndiciHttp from "#src/layers/node/http/UndiciHttp.ts"
import { CredentialFiles } from "#src/services/platform/CredentialFiles.ts"
import { bearer, diskAt, over } from "./world.ts"

const [home = "", url = "", lock = "token"] = process.argv.slice(2)

/** The defect to seed: everything as it is, but nobody waits for anybody. */
const unlocked = Layer.sync(CredentialFiles, () => ({
  ...make({ ...nodeOps, host: { ...nodeOps.host, home: () => home } }),
  withLock: () => (use) => use({ confirm: Effect.void, removeDirectory: Effect.succeed([]) })
}))

const runtime = ManagedRuntime.make(over(lock === "none" ? unlocked : diskAt(home), UndiciHttp.layer, home, url))

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

const answer = bearer.pipe(
  Effect.match({
    onSuccess: (access) => ({ access }),
    onFailure: ({ _tag, code, message }) => ({ error: _tag, code, message })
  })
)

await runtime.runPromise(Effect.void)
say({ ready: true })
for await (const _ of createInterface({ input: process.stdin })) say(await runtime.runPromise(answer))
await runtime.dispose()
