/** Promise 25 where the engine fails: real servers that are cut off, stopped, paused, killed, filled and failed over. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { readFileSync } from "node:fs"
import { describe } from "vitest"
import {
  newPostgres,
  postgresIn,
  postgresServer,
  redisIn,
  redisServer,
  type Server
} from "../layers/storage/servers.ts"
import { needs } from "../support/needs.ts"
import {
  engineScene,
  type Fault,
  once,
  roundAt,
  roundUnderWay,
  said,
  saved,
  type Scene,
  whileUnderWay
} from "./support/engineScene.ts"
import { fleetSize } from "./support/fleetSize.ts"
import {
  call,
  caughtUp,
  failover,
  failovers,
  kill,
  pairOf,
  postgresReplication,
  redisClient,
  redisReplication,
  withTable
} from "./support/replication.ts"

/** How often each engine is hurt in each way. */
const rounds = fleetSize(1, 20)

/** A stalled machine has time, and a test that hangs ends. */
const longest = (rounds + 1) * 150_000

/** The first while a refresh is under way, which is the worst moment; the others at any. */
const hurt = (scene: Scene, fault: Fault): Effect.Effect<void> =>
  Effect.forEach(
    Array.from({ length: rounds }, (_, round) => round),
    (round) => (round % 2 === 0 ? roundUnderWay(scene, fault) : roundAt(scene, round * 25, fault)),
    { discard: true }
  )

const signal = (server: Server, name: NodeJS.Signals): Effect.Effect<void> =>
  Effect.sync(() => void server.process.kill(name))

const cutOff = ({ way }: Scene): Fault => ({ begin: Effect.sync(way.cut), end: Effect.sync(way.mend) })

/** Nobody is told: the connections hang for ever, and only new ones find the server. */
const vanishing = ({ leadTo, way }: Scene, port: number): Fault => ({
  begin: Effect.sync(way.hold),
  end: Effect.sync(() => leadTo(port, "silently"))
})

const onRedis = needs("redis")

describe.skipIf(onRedis.areUnmet)(onRedis.title("Redis"), { concurrent: true }, () => {
  it.scopedLive(
    `is cut off ${rounds} times: what came is used from memory, and stored afterwards`,
    () =>
      Effect.gen(function* () {
        const scene = yield* engineScene({ kind: "redis", ...(yield* redisServer()) })
        yield* hurt(scene, cutOff(scene))
      }),
    longest
  )

  it.scopedLive(
    `vanishes without a word ${rounds} times`,
    () =>
      Effect.gen(function* () {
        const { port } = yield* redisServer()
        const scene = yield* engineScene({ kind: "redis", port })
        yield* hurt(scene, vanishing(scene, port))
      }),
    longest
  )

  it.scopedLive(
    `is stopped ${rounds} times`,
    () =>
      Effect.gen(function* () {
        const server = yield* redisServer()
        const scene = yield* engineScene({ kind: "redis", port: server.port })
        yield* hurt(scene, { begin: signal(server, "SIGSTOP"), end: signal(server, "SIGCONT") }).pipe(
          Effect.ensuring(signal(server, "SIGCONT"))
        )
      }),
    longest
  )

  it.scopedLive(
    `pauses its clients ${rounds} times`,
    () =>
      Effect.gen(function* () {
        const { port } = yield* redisServer()
        const scene = yield* engineScene({ kind: "redis", port })
        const client = yield* redisClient(port)
        // While all are paused nobody can end the pause.
        const begin = Effect.asVoid(call(client, "CLIENT", "PAUSE", "7000", "ALL"))
        yield* hurt(scene, { begin, end: Effect.asVoid(call(client, "PING")) })
      }),
    longest
  )

  it.scopedLive(
    `is killed ${rounds} times, and comes back with what it had, or with nothing`,
    () =>
      Effect.forEach(
        ["yes", "no"],
        (keeps) =>
          Effect.gen(function* () {
            const settings = ["--appendonly", keeps]
            const first = yield* redisServer(...settings)
            const scene = yield* engineScene({ kind: "redis", port: first.port })
            const again = yield* restarting(first, "SIGKILL", redisIn(first, ...settings))
            if (keeps === "yes") yield* hurt(scene, again)
            else yield* Effect.repeatN(roundUnderWay(scene, { ...again, alone: true }), rounds - 1)
          }),
        { concurrency: "unbounded" }
      ),
    longest
  )

  it.scopedLive(
    `loses what it confirmed, ${3 * rounds} times, because its replica takes over: who knows better puts it back`,
    () => failovers("redis", redisReplication, 3 * rounds),
    longest
  )

  it.scopedLive(
    `has no replica that keeps up, ${rounds} times: with replicas 1 nothing is sent`,
    () =>
      Effect.gen(function* () {
        let pair = yield* pairOf(redisReplication, yield* redisReplication.primary)
        const scene = yield* engineScene({ kind: "redis", port: pair.primary.port, wait: 1 })
        for (let round = 0; round < rounds; round += 1) {
          const before = scene.server.arrived()
          yield* scene.expire
          yield* caughtUp(redisReplication, pair)
          pair.link.hold()
          expect(yield* said(scene)).toEqual(["try again", "try again", "try again"])
          // A connection that is made again in the middle of WAIT makes no difference.
          const asking = yield* Effect.fork(said(scene))
          yield* waited(pair.primary)
          scene.way.cut()
          scene.way.mend()
          expect(yield* Fiber.join(asking)).toEqual(["try again", "try again", "try again"])
          expect(scene.server.arrived()).toBe(before)
          if (round % 2 === 0) pair.link.mend()
          else {
            const primary = yield* failover(redisReplication, pair, scene, "loudly")
            expect(yield* said(scene)).toEqual(["try again", "try again", "try again"])
            expect(scene.server.arrived()).toBe(before)
            pair = yield* pairOf(redisReplication, primary)
          }
          yield* once(scene, before)
        }
      }),
    longest
  )

  it.scopedLive(
    `is full ${rounds} times between claim and commit: the commit goes through, claims are refused, nothing is sent`,
    () =>
      Effect.gen(function* () {
        const { port } = yield* redisServer()
        const scene = yield* engineScene({ kind: "redis", port })
        const client = yield* redisClient(port)
        const memory = (most: string) => call(client, "CONFIG", "SET", "maxmemory", most)
        for (let round = 0; round < rounds; round += 1) {
          const before = scene.server.arrived()
          yield* scene.expire
          const { answer } = yield* whileUnderWay(scene, memory("1mb"))
          expect(yield* answer).toBe("right")
          yield* saved(scene)
          yield* scene.expire
          expect(yield* said(scene)).toEqual(["try again", "try again", "try again"])
          expect(scene.server.arrived()).toBe(before + 1)
          yield* memory("0")
          yield* once(scene, before, 2)
        }
      }),
    longest
  )
})

const onPostgres = needs("postgres")

describe.skipIf(onPostgres.areUnmet)(onPostgres.title("Postgres"), { concurrent: true }, () => {
  it.scopedLive(
    `is cut off, and stopped, ${rounds} times each`,
    () =>
      Effect.gen(function* () {
        const server = yield* postgresServer()
        yield* withTable(server)
        const scene = yield* engineScene({ kind: "postgres", port: server.port })
        yield* hurt(scene, cutOff(scene))
        const all = (name: NodeJS.Signals) => Effect.sync(() => signalAll(server, name))
        yield* hurt(scene, { begin: all("SIGSTOP"), end: all("SIGCONT") }).pipe(Effect.ensuring(all("SIGCONT")))
      }),
    longest
  )

  it.scopedLive(
    `is killed ${rounds} times, and recovers`,
    () =>
      Effect.gen(function* () {
        const at = yield* newPostgres
        const first = yield* postgresIn(at)
        yield* withTable(first)
        const scene = yield* engineScene({ kind: "postgres", port: at.port })
        yield* hurt(scene, yield* restarting(first, "SIGQUIT", postgresIn(at)))
      }),
    longest
  )

  it.scopedLive(
    `loses what it confirmed, ${rounds} times, because its standby takes over: who knows better puts it back`,
    () => failovers("postgres", postgresReplication, rounds),
    longest
  )
})

/** A server of Postgres is a process for each connection. */
const signalAll = ({ process: { pid } }: Server, name: NodeJS.Signals): void => {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
  for (const each of [`${pid}`, ...children.trim().split(" ")]) process.kill(Number(each), name)
}

/** Killed, and started again in its place. */
const restarting = (
  first: Server,
  name: NodeJS.Signals,
  start: Effect.Effect<Server, never, Scope.Scope>
): Effect.Effect<Fault, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    let server = first
    return {
      begin: Effect.suspend(() => kill(server, name)),
      end: Effect.map(Scope.extend(start, scope), (next) => void (server = next))
    }
  })

/** Somebody waits there for a replica. */
const waited = ({ port }: Server): Effect.Effect<void> =>
  Effect.scoped(
    Effect.flatMap(redisClient(port), (client) =>
      Effect.asVoid(
        Effect.repeat(Effect.delay(call(client, "INFO", "clients"), "5 millis"), {
          while: (facts) => /blocked_clients:0/.test(String(facts))
        })
      )
    )
  )
