/**
 * Everything that can happen to the tokens of an account, by several processes at once, with generated pauses
 * at every touch of a file and of the server; and a watch over what is stored.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { OAuthBrowserAccount } from "#src/domain/account/Account.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import * as MemoryFiles from "#src/layers/memory/MemoryFiles.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { CredentialFiles, type CredentialFilesShape } from "#src/services/platform/CredentialFiles.ts"
import { type Change, CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"
import { TokenStore } from "#src/services/tokens/TokenStore.ts"
import { generationOf, makeAuthority, type StrictAuthority } from "./StrictAuthority.ts"
import { clientId, over, tokensOf, tokensPath } from "./world.ts"

const home = "/home/test"
const configPath = `${home}/.mp/config.toml`

/** What one fiber does. */
const operation = FastCheck.oneof(
  { weight: 5, arbitrary: FastCheck.constant("bearer" as const) },
  { weight: 2, arbitrary: FastCheck.constant("refused" as const) },
  { weight: 2, arbitrary: FastCheck.constant("login" as const) },
  { weight: 1, arbitrary: FastCheck.constant("logout" as const) },
  { weight: 2, arbitrary: FastCheck.constant("config edit" as const) }
)

/** What the server does to one request. `lost`: handled, and the answer never arrives. */
const mood = FastCheck.oneof(
  { weight: 5, arbitrary: FastCheck.constant("sound" as const) },
  { weight: 1, arbitrary: FastCheck.constant("unavailable" as const) },
  { weight: 1, arbitrary: FastCheck.constant("reset" as const) },
  { weight: 1, arbitrary: FastCheck.constant("nonsense" as const) },
  { weight: 1, arbitrary: FastCheck.constant("invalid_grant" as const) },
  { weight: 1, arbitrary: FastCheck.constant("lost" as const) }
)

export const scenario = FastCheck.record({
  operations: FastCheck.array(
    FastCheck.record({
      kind: operation,
      process: FastCheck.nat(2),
      start: FastCheck.nat(6),
      /** After so many turns the fiber is interrupted; mostly never. */
      interrupted: FastCheck.option(FastCheck.nat(12), { freq: 4 })
    }),
    { minLength: 2, maxLength: 8 }
  ),
  moods: FastCheck.array(mood, { maxLength: 8 }),
  shortLived: FastCheck.boolean(),
  pauses: FastCheck.array(FastCheck.nat(3), { maxLength: 60 })
})
export type Scenario = typeof scenario extends FastCheck.Arbitrary<infer A> ? A : never

/** What the watch saw in one scenario. */
interface Seen {
  /** What must never happen, in words. */
  readonly violations: ReadonlyArray<string>
  readonly reuses: number
  readonly lost: boolean
}

interface Watch {
  authority: StrictAuthority
  path: string
  highest: number
  writes: number
  delivered: number
  loggingOut: number
  lost: boolean
  edits: number
  /** How often a file or the server was touched. */
  touches: number
  readonly violations: Array<string>
}

const turns = (count: number): Effect.Effect<void> =>
  count === 0 ? Effect.void : Effect.repeatN(Effect.yieldNow(), count - 1)

const configAfter = (edits: number): string => `edits = ${edits}\n`

const editsIn = (config: Option.Option<string>): number =>
  Number(/^edits = (\d+)/.exec(Option.getOrElse(config, () => ""))?.[1] ?? Number.NaN)

const generationIn = (text: string): number => generationOf(/"refresh_token": "([^"]*)"/.exec(text)?.[1] ?? "")

/** Three processes over one memory, built once; `run` plays a scenario with an account of its own. */
export const makePlayground = (change: (files: CredentialFilesShape) => CredentialFilesShape = (files) => files) =>
  Effect.gen(function* () {
    const memory = yield* Layer.build(MemoryFiles.layer)
    const files = Context.get(memory, CredentialFiles)
    const control = Context.get(memory, MemoryFiles.MemoryFilesControl)
    const watch: Watch = {
      authority: makeAuthority(),
      path: "",
      highest: 0,
      writes: 0,
      delivered: 0,
      loggingOut: 0,
      lost: false,
      edits: 0,
      touches: 0,
      violations: []
    }
    let pauses: Array<number> = []
    let moods: Array<Scenario["moods"][number]> = []
    const pause = Effect.suspend(() => {
      watch.touches += 1
      return turns(pauses.shift() ?? 1)
    })
    /** Nothing is touched for longer than any pause takes. */
    const atRest = Effect.repeat(
      Effect.suspend(() => {
        const before = watch.touches
        return Effect.map(turns(60), () => watch.touches === before)
      }),
      { until: (isQuiet) => isQuiet }
    )
    const paused = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.zipRight(pause, Effect.zipLeft(effect, pause))

    const noteWrite = (path: string, text: string): void => {
      if (path !== watch.path) return
      const generation = generationIn(text)
      watch.writes += 1
      if (generation <= watch.highest) {
        watch.violations.push(`generation ${generation} stored after ${watch.highest}`)
      }
      watch.highest = Math.max(watch.highest, generation)
    }
    const watched: CredentialFilesShape = {
      ...files,
      read: (path) => paused(files.read(path)),
      write: (path, text) =>
        paused(Effect.tap(files.write(path, text), () => Effect.sync(() => noteWrite(path, text)))),
      reserve: (path, bytes) =>
        Effect.map(paused(files.reserve(path, bytes)), ({ commit }) => ({
          commit: (text) => paused(Effect.tap(commit(text), () => Effect.sync(() => noteWrite(path, text))))
        })),
      remove: (path) =>
        paused(
          Effect.suspend(() => {
            if (path === watch.path && watch.loggingOut === 0) watch.violations.push("removed without a logout")
            return files.remove(path)
          })
        )
    }

    const handler: ScriptedHttp.ScriptedHandler = ({ body }) =>
      Effect.gen(function* () {
        const form = new URLSearchParams(body)
        const now = moods.shift() ?? "sound"
        yield* pause
        if (now === "unavailable") return { status: 503, body: { error: "invalid_grant" } }
        if (now === "reset") return yield* new ScriptedHttp.ScriptedFailure({ code: "ECONNRESET" })
        if (now === "nonsense") return { body: { access_token: 1 } }
        if (now === "invalid_grant") return { status: 400, body: { error: "invalid_grant" } }
        const answer = watch.authority.refresh(form)
        yield* pause
        if (now === "lost") {
          watch.lost = true
          return yield* new ScriptedHttp.ScriptedFailure({ code: "ECONNRESET" })
        }
        if (answer.status === 200) watch.delivered += 1
        return answer
      })
    const http = yield* Layer.build(ScriptedHttp.layer(handler))
    const process = over(Layer.succeed(CredentialFiles, change(watched)), Layer.succeedContext(http), home)
    const processes = yield* Effect.forEach([0, 1, 2], () => Layer.build(Layer.fresh(process)))

    const operate = (kind: Scenario["operations"][number]["kind"], account: OAuthBrowserAccount) =>
      Effect.gen(function* () {
        const resolver = yield* TokenResolver
        const store = yield* TokenStore
        const storage = yield* CredentialStorage
        switch (kind) {
          case "bearer":
            return yield* resolver.bearer(account, "config")
          case "refused": {
            const { token } = yield* resolver.bearer(account, "config")
            return yield* resolver.refused(account, "config", token)
          }
          case "login":
            return yield* Effect.uninterruptible(
              storage.update(`accounts/${account.name}/tokens`, () =>
                Effect.sync((): Change<void> => {
                  watch.delivered += 1
                  return [undefined, Option.some(tokensText(tokensOf(watch.authority.login(clientId))))]
                })
              )
            )
          case "logout":
            return yield* Effect.acquireUseRelease(
              Effect.sync(() => (watch.loggingOut += 1)),
              () => store.remove(account.name),
              () => Effect.sync(() => (watch.loggingOut -= 1))
            )
          case "config edit":
            return yield* change(watched).withLock(configPath)(() =>
              Effect.uninterruptible(
                Effect.gen(function* () {
                  const before = editsIn(yield* watched.read(configPath))
                  yield* watched.write(configPath, configAfter(before + 1))
                  watch.edits += 1
                })
              )
            )
        }
      })

    let runs = 0
    return (played: Scenario) =>
      Effect.gen(function* () {
        runs += 1
        const account = new OAuthBrowserAccount({ name: AccountName.make(`a-${runs}`), region: "us" })
        yield* Context.get(http, ScriptedHttp.ScriptedHttp).clear
        watch.authority = makeAuthority(() => (played.shortLived ? 10 : 3600))
        const first = watch.authority.login(clientId)
        Object.assign(watch, { path: tokensPath(home, account.name), highest: 1, writes: 0, delivered: 0, edits: 0 })
        Object.assign(watch, { loggingOut: 0, lost: false })
        watch.violations.length = 0
        pauses = [...played.pauses]
        moods = [...played.moods]
        yield* control.plant(watch.path, tokensText(tokensOf(first)))
        yield* control.plant(configPath, configAfter(0))
        const fibers = yield* Effect.forEach(played.operations, ({ interrupted, kind, process: at, start }) =>
          Effect.gen(function* () {
            const context = processes[at]
            if (context === undefined) return yield* Effect.dieMessage("no such process")
            const work = Effect.zipRight(turns(start), Effect.exit(Effect.provide(operate(kind, account), context)))
            const fiber = yield* Effect.fork(work)
            if (interrupted !== null) {
              yield* Effect.fork(Effect.zipRight(turns(start + interrupted), Fiber.interruptFork(fiber)))
            }
            return fiber
          })
        )
        yield* Effect.forEach(fibers, Fiber.await)
        // A refresh whose askers were all interrupted goes on by itself: whoever has the lock next comes after it.
        yield* Effect.forEach(processes, (context) =>
          Effect.provide(
            Effect.flatMap(CredentialStorage, ({ update }) =>
              update(`accounts/${account.name}/tokens`, () => Effect.succeed<Change<void>>([undefined, Option.none()]))
            ),
            context
          )
        )
        yield* atRest
        if (watch.writes !== watch.delivered) {
          watch.violations.push(`${watch.writes} writes for ${watch.delivered} answers with tokens`)
        }
        const edits = editsIn(yield* files.read(configPath))
        if (edits !== watch.edits) watch.violations.push(`${edits} edits arrived out of ${watch.edits}`)
        yield* files.remove(watch.path)
        const seen: Seen = {
          violations: [...watch.violations],
          reuses: watch.authority.figures().reuses,
          lost: watch.lost
        }
        return seen
      })
  })
