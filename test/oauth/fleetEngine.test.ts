/** Promise 25 where the engine fails: real servers that are cut off, stopped, paused, killed, filled and failed over. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { Redis } from "ioredis"
import { once as happened } from "node:events"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe } from "vitest"
import { migrationText } from "#src/layers/sql/table.ts"
import { clientOf, postgresLayer } from "../layers/storage/engines.ts"
import {
  newPostgres,
  postgresIn,
  postgresServer,
  postgresStandby,
  redisIn,
  redisServer,
  runPostgres,
  type Server
} from "../layers/storage/servers.ts"
import { needs } from "../support/needs.ts"
import {
  allRight,
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
import { tokensKey } from "./support/fleet.ts"
import { type TcpProxy, tcpProxy } from "./support/tcpProxy.ts"

/** `MP_TEST_FLEET=all`: each engine is hurt 20 times in each way. */
const rounds = process.env["MP_TEST_FLEET"] === "all" ? 20 : 1

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

const kill = (server: Server, name: NodeJS.Signals): Effect.Effect<void> =>
  Effect.promise(async () => {
    const ended = happened(server.process, "exit")
    server.process.kill(name)
    await ended
  })

const cutOff = ({ way }: Scene): Fault => ({ begin: Effect.sync(way.cut), end: Effect.sync(way.mend) })

/** Nobody is told: the connections hang for ever, and only new ones find the server. */
const vanishing = ({ leadTo, way }: Scene, port: number): Fault => ({
  begin: Effect.sync(way.hold),
  end: Effect.sync(() => leadTo(port, "silently"))
})

const redisClient = (port: number): Effect.Effect<Redis, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new Redis(port, "127.0.0.1")),
    (client) => Effect.sync(() => client.disconnect())
  )

const call = (client: Redis, command: string, ...words: ReadonlyArray<string>): Effect.Effect<unknown> =>
  Effect.promise(() => client.call(command, ...words))

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

const withTable = ({ port }: Server): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(Effect.flatMap(clientOf(postgresLayer(port)), (sql) => Effect.orDie(sql.unsafe(migrationText))))

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

/** How an engine is replicated. */
interface Replication {
  readonly primary: Effect.Effect<Server, never, Scope.Scope>
  /** One that has all that is behind that port, and goes on to get it through it. */
  readonly standby: (port: number) => Effect.Effect<Server, never, Scope.Scope>
  readonly promote: (standby: Server) => Effect.Effect<unknown, Error>
  /** What a server holds of the tokens. */
  readonly held: (server: Server) => Effect.Effect<string, unknown, Scope.Scope>
}

interface Pair {
  readonly primary: Server
  readonly standby: Server
  /** The way from one to the other. */
  readonly link: TcpProxy
}

const prompt = ["--repl-diskless-sync-delay", "0"]

const redisReplication: Replication = {
  primary: redisServer(...prompt),
  standby: (port) => redisServer(...prompt, "--replicaof", `127.0.0.1 ${port}`),
  promote: ({ port }) =>
    Effect.scoped(Effect.flatMap(redisClient(port), (client) => call(client, "REPLICAOF", "NO", "ONE"))),
  held: ({ port }) =>
    Effect.flatMap(redisClient(port), (client) =>
      Effect.map(call(client, "HGET", `fleet:${tokensKey}`, "data"), String)
    )
}

const postgresReplication: Replication = {
  primary: Effect.tap(postgresServer(), withTable),
  standby: postgresStandby,
  promote: (standby) => runPostgres(standby, "pg_ctl", "promote", "-w", "-D", join(standby.directory, "data")),
  held: ({ port }) =>
    Effect.flatMap(clientOf(postgresLayer(port)), (sql) =>
      Effect.map(sql`SELECT value FROM mixpanel_credentials WHERE key = ${tokensKey}`, ([row]) =>
        String(row?.["value"])
      )
    )
}

const pairOf = ({ standby }: Replication, primary: Server): Effect.Effect<Pair, never, Scope.Scope> =>
  Effect.gen(function* () {
    const link = yield* tcpProxy(primary.port)
    return { primary, link, standby: yield* standby(link.port) }
  })

/** The standby has what the primary has. */
const caughtUp = ({ held }: Replication, { primary, standby }: Pair): Effect.Effect<void> => {
  const both = Effect.orDie(Effect.scoped(Effect.zip(held(primary), held(standby))))
  return Effect.asVoid(Effect.repeat(Effect.delay(both, "50 millis"), { until: ([ours, theirs]) => ours === theirs }))
}

/** The primary is gone, and its standby takes its place with what it has. */
const failover = (
  { promote }: Replication,
  { link, primary, standby }: Pair,
  { leadTo, way }: Scene,
  how: "loudly" | "silently"
): Effect.Effect<Server> =>
  Effect.gen(function* () {
    if (how === "silently") way.hold()
    yield* kill(primary, "SIGQUIT")
    link.cut()
    yield* Effect.orDie(promote(standby))
    leadTo(standby.port, how)
    return standby
  })

/**
 * Replication is held back from the last tokens on. They are renewed, and the engine fails over afterwards, or with the
 * request under way, or with that of one more renewal.
 */
const failovers = (kind: "redis" | "postgres", replication: Replication, count: number) =>
  Effect.gen(function* () {
    let primary = yield* replication.primary
    const scene = yield* engineScene({ kind, port: primary.port })
    for (let round = 0; round < count; round += 1) {
      const before = scene.server.arrived()
      const pair = yield* pairOf(replication, primary)
      yield* scene.expire
      yield* caughtUp(replication, pair)
      pair.link.hold()
      const failing = failover(replication, pair, scene, round % 4 === 3 ? "silently" : "loudly")
      if (round % 3 === 0) {
        yield* allRight(scene)
        primary = yield* failing
      } else {
        if (round % 3 === 2) {
          expect(yield* Effect.flatMap(whileUnderWay(scene, Effect.void), ({ answer }) => answer)).toBe("right")
          yield* scene.expire
        }
        const { answer, harmed } = yield* whileUnderWay(scene, failing)
        primary = harmed
        expect(yield* answer).toBe("right")
        yield* saved(scene)
      }
      yield* once(scene, before, round % 3 === 2 ? 2 : 1)
    }
  })
