/** Replicas within this process, each with connections of its own to a real engine, and rounds in which that is hurt. */
import { expect } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import * as UndiciHttp from "#src/layers/node/http/UndiciHttp.ts"
import { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { TokenSettings } from "#src/services/tokens/TokenSettings.ts"
import { ask, type Replica, tokensKey } from "./fleet.ts"
import { storeOn } from "./storeOn.ts"
import { type StrictServer, strictServer } from "./StrictServer.ts"
import { type TcpProxy, tcpProxy } from "./tcpProxy.ts"
import { clientId, diskAt, over, temporaryHome, tokensOf } from "./world.ts"

export interface Scene {
  readonly server: StrictServer
  readonly replicas: readonly [Replica, Replica, Replica]
  /** How the replicas reach the engine. */
  readonly way: TcpProxy
  /** Both ways lead to that port from now on; connections break, or hang for ever. */
  readonly leadTo: (port: number, how: "loudly" | "silently") => void
  /** The stored tokens expire. */
  readonly expire: Effect.Effect<void>
  readonly stored: Effect.Effect<string>
}

/** Longer than any fault of these tests, on a machine with much else to do. */
const lease = "90 seconds"

const again = Schedule.spaced("100 millis")

/** What is asked until the engine is there again. */
const insistently = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A> => Effect.orDie(Effect.retry(effect, again))

interface Wanted {
  readonly kind: "redis" | "postgres"
  readonly port: number
  /** How many replicas of the engine must have a claim. */
  readonly wait?: number
}

export const engineScene = ({ kind, port, wait = 0 }: Wanted): Effect.Effect<Scene, never, Scope.Scope> =>
  Effect.gen(function* () {
    const home = yield* temporaryHome
    const server = yield* strictServer
    server.delay(300)
    const way = yield* tcpProxy(port)
    const hand = yield* tcpProxy(port)
    const own = yield* Effect.orDie(Layer.build(storeOn(`${kind}:${hand.port}`)))
    const storage = Context.get(own, CredentialStorage)
    const put = (text: string) => insistently(storage.put(tokensKey, text, { expected: "any" }))
    const stored = Effect.map(insistently(storage.get(tokensKey)), (entry) =>
      Option.match(entry, { onNone: () => "", onSome: ({ value }) => value })
    )
    yield* put(tokensText(tokensOf(server.authority.login(clientId))))
    const replica = (name: string) => {
      const engine = Layer.orDie(storeOn(`${kind}:${way.port}`, name, wait))
      return Layer.build(
        Layer.fresh(over(diskAt(home), UndiciHttp.layer, home, server.url, engine)).pipe(
          Layer.provide(Layer.succeed(TokenSettings, { lease, cacheFor: 0, renewBefore: "never" })),
          Layer.provideMerge(Logger.remove(Logger.defaultLogger))
        )
      )
    }
    const expire = Effect.flatMap(stored, (text) =>
      put(text.replace(/"expires_at": "[^"]*"/, '"expires_at": "1970-01-01T00:00:00.000000+00:00"'))
    )
    const leadTo: Scene["leadTo"] = (to, how) => {
      for (const proxy of [way, hand]) {
        if (how === "loudly" || proxy === hand) proxy.cut()
        else proxy.hold()
        proxy.leadTo(to)
        proxy.mend()
      }
    }
    const replicas = [yield* replica("host-1"), yield* replica("host-2"), yield* replica("host-3")] as const
    return { server, replicas, way, leadTo, expire, stored }
  })

/** As the server judges it now: whether it is the newest bearer of a login that lives. */
const isRight = ({ server }: Scene, access: string): boolean => server.authority.accepts(access)

const told = (replica: Replica) => Effect.either(ask(replica))

/** What everybody says: `right`, or why not. */
export const said = (scene: Scene): Effect.Effect<ReadonlyArray<string>> =>
  Effect.forEach(scene.replicas, (replica) => Effect.map(told(replica), (answer) => judged(scene, answer)), {
    concurrency: "unbounded"
  })

type Answer = Effect.Effect.Success<ReturnType<typeof told>>

const judged = (scene: Scene, answer: Answer): string =>
  Either.match(answer, {
    onRight: (access) => (isRight(scene, access) ? "right" : `wrong: ${access}`),
    onLeft: (error) => (isTemporary(error) ? "try again" : error.message)
  })

const isTemporary = (error: Either.Either.Left<Answer>): boolean =>
  error._tag === "Claimed" || ("temporary" in error.details && error.details.temporary === true)

/** Everybody asks until everybody is right; anything but `try again` ends it. */
export const allRight = (scene: Scene): Effect.Effect<void> =>
  Effect.delay(said(scene), "20 millis").pipe(
    Effect.repeat({ while: (answers) => answers.includes("try again") && !answers.some(isWrong) }),
    Effect.map((answers) => expect(answers).toEqual(["right", "right", "right"]))
  )

const isWrong = (answer: string): boolean => answer !== "right" && answer !== "try again"

const arrival = ({ server }: Scene, requests: number): Effect.Effect<void> =>
  Effect.asVoid(
    Effect.repeat(
      Effect.delay(
        Effect.sync(() => server.arrived()),
        "5 millis"
      ),
      { until: (n) => n >= requests }
    )
  )

/** What is done to the engine, and how it is mended. */
export interface Fault {
  readonly begin: Effect.Effect<void>
  readonly end: Effect.Effect<void>
  /** Nobody else asks before the holder has its bearer. */
  readonly alone?: boolean
}

/** Asks the first of them, and does that when its request has arrived at the server, which has not answered yet. */
export const whileUnderWay = <A, E, R>(scene: Scene, harm: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = scene.server.arrived()
    const asking = yield* Effect.fork(told(scene.replicas[0]))
    yield* arrival(scene, before + 1)
    const harmed = yield* harm
    return { harmed, answer: Effect.map(Fiber.join(asking), (answer) => judged(scene, answer)) }
  })

/**
 * The engine is hurt while the refresh of one replica is under way, and mended when that has its bearer, which comes from
 * memory. The others ask meanwhile. In the end everybody has it, and so has the engine; the server was asked once.
 */
export const roundUnderWay = (scene: Scene, { alone = false, begin, end }: Fault): Effect.Effect<void> =>
  Effect.gen(function* () {
    const before = scene.server.arrived()
    yield* scene.expire
    const { answer } = yield* whileUnderWay(scene, begin)
    const others = yield* Effect.fork(
      alone ? Effect.succeed([]) : Effect.all(scene.replicas.slice(1).map(told), { concurrency: "unbounded" })
    )
    const mine = yield* answer
    yield* end
    yield* saved(scene)
    const theirs = (yield* Fiber.join(others)).map((answer) => judged(scene, answer))
    expect([mine, theirs.filter(isWrong)]).toEqual(["right", []])
    yield* once(scene, before)
  })

/** The same at any other moment: from before the claim until after the stored answer. */
export const roundAt = (scene: Scene, millis: number, { begin, end }: Fault): Effect.Effect<void> =>
  Effect.gen(function* () {
    const before = scene.server.arrived()
    yield* scene.expire
    const asking = yield* Effect.fork(said(scene))
    yield* Effect.sleep(millis)
    yield* begin
    const answers = yield* Fiber.join(asking)
    yield* end
    expect(answers.filter(isWrong)).toEqual([])
    yield* once(scene, before)
  })

/** Everybody has the bearer, the engine has it, and the server was asked for it once since then, and never twice. */
export const once = (scene: Scene, before: number, requests = 1): Effect.Effect<void> =>
  Effect.gen(function* () {
    yield* allRight(scene)
    yield* saved(scene)
    const { reuses } = scene.server.authority.figures()
    expect([scene.server.arrived() - before, reuses]).toEqual([requests, 0])
  })

/** The engine has the newest tokens. */
export const saved = (scene: Scene): Effect.Effect<void> =>
  Effect.asVoid(
    Effect.repeat(Effect.delay(scene.stored, "20 millis"), {
      until: (text) => isRight(scene, /"access_token": "([^"]*)"/.exec(text)?.[1] ?? "")
    })
  )
