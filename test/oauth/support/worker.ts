/**
 * A process that asks for a bearer on demand: `worker.mjs HOME URL LOCK`; a line in, a line of JSON out. `lock` takes the
 * lock and gives it back. `MP_TEST_HOST` and `MP_TEST_LEASE` say where it is and how long its lease takes; at the moment
 * `MP_TEST_STOP` it stops itself, once. With `MP_TEST_ENGINE=redis:PORT` or `postgres:PORT` the tokens are in that engine.
 */
import { createInterface } from "node:readline"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { make } from "#src/layers/node/files/DiskFiles.ts"
import { nodeOps } from "#src/layers/node/files/DiskOps.ts"
import { shorterTiming } from "./shorterTiming.ts"
import * as UndiciHttp from "#src/layers/node/http/UndiciHttp.ts"
import { CredentialFiles, type CredentialFilesShape } from "#src/services/platform/CredentialFiles.ts"
import { TokenSettings } from "#src/services/tokens/TokenSettings.ts"
import { storeOn } from "./storeOn.ts"
import { bearer, over, tokensPath } from "./world.ts"

const [home = "", url = "", lock = "token"] = process.argv.slice(2)
const { MP_TEST_ENGINE: engine, MP_TEST_HOST: host, MP_TEST_LEASE: lease, MP_TEST_STOP: stop } = process.env

const ops = {
  ...nodeOps,
  host: {
    ...nodeOps.host,
    home: () => home,
    id: () => ({ ...nodeOps.host.id(), ...(host === undefined ? {} : { host }) })
  }
}
const disk = make(ops, shorterTiming(lease === undefined ? undefined : Number(lease)))

let isDone = false
const stopAt = (moment: string) =>
  Effect.sync(() => {
    if (moment !== stop || isDone) return
    isDone = true
    process.kill(process.pid, "SIGSTOP")
  })

/** Confirmed twice in a refresh: before sending, and with the answer in hand. */
const stopping: CredentialFilesShape = {
  ...disk,
  withLock: (path, options) => (use) =>
    disk.withLock(
      path,
      options
    )((held) => {
      let confirmed = 0
      const confirm = Effect.suspend(() => {
        confirmed += 1
        const [before, after] = confirmed === 1 ? ["before confirming", "confirmed"] : ["answered", "about to store"]
        return stopAt(before).pipe(Effect.zipRight(held.confirm), Effect.zipRight(stopAt(after)))
      })
      return use({ ...held, confirm })
    })
}

/** The defect to seed: everything as it is, but nobody waits for anybody. */
const unlocked: CredentialFilesShape = {
  ...disk,
  withLock: () => (use) => use({ confirm: Effect.void, removeDirectory: Effect.succeed([]) })
}

const files = Layer.succeed(CredentialFiles, lock === "none" ? unlocked : stopping)
const fleet = { lease: lease === undefined ? "20 seconds" : Number(lease), cacheFor: 0, renewBefore: "never" } as const
const services =
  engine === undefined
    ? over(files, UndiciHttp.layer, home, url)
    : over(files, UndiciHttp.layer, home, url, Layer.orDie(storeOn(engine, host))).pipe(
        Layer.provide(Layer.succeed(TokenSettings, fleet))
      )
// What is logged must not stand among the answers.
const runtime = ManagedRuntime.make(Layer.merge(services, Logger.remove(Logger.defaultLogger)))

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

const told = Effect.match({
  onSuccess: (access: string) => ({ access }),
  onFailure: ({ _tag, code, message }: { readonly _tag: string; readonly code: string; readonly message: string }) => ({
    error: _tag,
    code,
    message
  })
})

const locked = Effect.as(
  disk.withLock(tokensPath(home))(() => Effect.void),
  "locked"
)

const serve = async (): Promise<void> => {
  await runtime.runPromise(Effect.void)
  say({ ready: true })
  for await (const line of createInterface({ input: process.stdin })) {
    say(await runtime.runPromise(told(line === "lock" ? locked : bearer)))
  }
  await runtime.dispose()
}

void serve()
