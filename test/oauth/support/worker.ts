/**
 * A process that asks for a bearer on demand: `worker.mjs HOME URL LOCK`; a line in, a line of JSON out. `lock` takes the
 * lock and gives it back; `MOMENT: SIGNAL` asks, and sends itself that signal at the moment. `MP_TEST_HOST` and
 * `MP_TEST_LEASE` say where it is and how long its lease takes; at the moment `MP_TEST_STOP` it stops itself, once.
 * With `MP_TEST_ENGINE` (`support/storeOn.ts`) the tokens are in that engine; with `MP_TEST_EARLY` they are renewed early.
 * With `MP_TEST_SERVER` URL is found there, on another machine, where plain HTTP may not be spoken. Its clock is ahead by `MP_TEST_CLOCK` milliseconds. SIGTERM ends it as it ends a program that Effect runs.
 */
import { createInterface } from "node:readline"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { make } from "#src/layers/node/files/DiskFiles.ts"
import { nodeOps } from "#src/layers/node/files/DiskOps.ts"
import { shorterTiming } from "./shorterTiming.ts"
import * as UndiciHttp from "#src/layers/node/http/UndiciHttp.ts"
import { CredentialFiles, type CredentialFilesShape } from "#src/services/platform/CredentialFiles.ts"
import { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { TokenSettings } from "#src/services/tokens/TokenSettings.ts"
import { storeOn } from "./storeOn.ts"
import { bearer, over, tokensPath } from "./world.ts"

const [home = "", url = "", lock = "token"] = process.argv.slice(2)
const { MP_TEST_CLOCK: ahead = "0", MP_TEST_EARLY: early, MP_TEST_ENGINE: engine } = process.env
const { MP_TEST_HOST: host, MP_TEST_LEASE: lease, MP_TEST_SERVER: server = url, MP_TEST_STOP: stop } = process.env

const ops = {
  ...nodeOps,
  host: {
    ...nodeOps.host,
    home: () => home,
    id: () => ({ ...nodeOps.host.id(), ...(host === undefined ? {} : { host }) })
  }
}
const disk = make(ops, shorterTiming(lease === undefined ? undefined : Number(lease)))

let blow = { moment: stop, signal: "SIGSTOP" }
const stopAt = (moment: string) =>
  Effect.sync(() => {
    if (moment !== blow.moment) return
    blow = { ...blow, moment: undefined }
    process.kill(process.pid, blow.signal)
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

/** The same moments of a login in a store that machines share. */
const stoppingStore = (name: string): Layer.Layer<CredentialStorage> =>
  Layer.effect(
    CredentialStorage,
    Effect.map(CredentialStorage, (store) => ({
      ...store,
      claim: (key, version, how) =>
        Effect.map(Effect.zipRight(stopAt("before claiming"), store.claim(key, version, how)), (claim) => ({
          ...claim,
          confirm: Effect.zipLeft(Effect.zipRight(stopAt("before confirming"), claim.confirm), stopAt("confirmed")),
          commit: (value) =>
            Effect.zipLeft(Effect.zipRight(stopAt("about to store"), claim.commit(value)), stopAt("stored"))
        }))
    }))
  ).pipe(Layer.provide(Layer.orDie(storeOn(name, host))))

/** This machine's, set wrong; how long something takes is not changed by that. */
const shiftedClock = (): Clock.Clock => {
  const right = Clock.make()
  const millis = () => right.unsafeCurrentTimeMillis() + Number(ahead)
  return {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: millis,
    unsafeCurrentTimeNanos: () => right.unsafeCurrentTimeNanos(),
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanos: right.currentTimeNanos,
    sleep: (duration) => right.sleep(duration)
  }
}

/** The defect to seed: everything as it is, but nobody waits for anybody. */
const unlocked: CredentialFilesShape = {
  ...disk,
  withLock: () => (use) => use({ confirm: Effect.void, removeDirectory: Effect.succeed([]) })
}

const files = Layer.succeed(CredentialFiles, lock === "none" ? unlocked : stopping)
const http = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    HttpClient.HttpClient,
    HttpClient.mapRequest((request) => HttpClientRequest.setUrl(request, request.url.replace(url, server)))
  )
).pipe(Layer.provide(UndiciHttp.layer))
const fleet = {
  lease: lease === undefined ? "20 seconds" : Number(lease),
  cacheFor: 0,
  renewBefore: early === undefined ? "never" : "5 minutes"
} as const
const services =
  engine === undefined
    ? over(files, http, home, url)
    : over(files, http, home, url, stoppingStore(engine)).pipe(Layer.provide(Layer.succeed(TokenSettings, fleet)))
// What is logged must not stand among the answers.
const quietly = Layer.merge(services, Logger.remove(Logger.defaultLogger))
const runtime = ManagedRuntime.make(Layer.provideMerge(quietly, Layer.setClock(shiftedClock())))

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

const leaving = new AbortController()
process.once("SIGTERM", () => {
  leaving.abort()
  void runtime.dispose().then(() => process.exit(0))
})

const answer = async (line: string): Promise<object> => {
  const [moment, signal] = line.split(": ")
  if (signal !== undefined) blow = { moment, signal }
  const exit = await runtime.runPromiseExit(told(line === "lock" ? locked : bearer), { signal: leaving.signal })
  return Exit.getOrElse(exit, () => ({ error: "Interrupted" }))
}

const serve = async (): Promise<void> => {
  await runtime.runPromise(Effect.void)
  say({ ready: true })
  for await (const line of createInterface({ input: process.stdin })) say(await answer(line))
  await runtime.dispose()
}

void serve()
