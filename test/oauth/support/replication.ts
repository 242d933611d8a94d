/** Engines with a replica, whose replication is held back, and who fail over to it. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Redis } from "ioredis"
import { once as happened } from "node:events"
import { join } from "node:path"
import { migrationText } from "#src/layers/sql/table.ts"
import { clientOf, postgresLayer } from "../../layers/storage/engines.ts"
import { postgresServer, postgresStandby, redisServer, runPostgres, type Server } from "../../layers/storage/servers.ts"
import { allRight, engineScene, once, saved, type Scene, whileUnderWay } from "./engineScene.ts"
import { tokensKey } from "./fleet.ts"
import { type TcpProxy, tcpProxy } from "./tcpProxy.ts"

export const kill = (server: Server, name: NodeJS.Signals): Effect.Effect<void> =>
  Effect.promise(async () => {
    const ended = happened(server.process, "exit")
    server.process.kill(name)
    await ended
  })

export const redisClient = (port: number): Effect.Effect<Redis, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new Redis(port, "127.0.0.1")),
    (client) => Effect.sync(() => client.disconnect())
  )

export const call = (client: Redis, command: string, ...words: ReadonlyArray<string>): Effect.Effect<unknown> =>
  Effect.promise(() => client.call(command, ...words))

export const withTable = ({ port }: Server): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(Effect.flatMap(clientOf(postgresLayer(port)), (sql) => Effect.orDie(sql.unsafe(migrationText))))

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

export const redisReplication: Replication = {
  primary: redisServer(...prompt),
  standby: (port) => redisServer(...prompt, "--replicaof", `127.0.0.1 ${port}`),
  promote: ({ port }) =>
    Effect.scoped(Effect.flatMap(redisClient(port), (client) => call(client, "REPLICAOF", "NO", "ONE"))),
  held: ({ port }) =>
    Effect.flatMap(redisClient(port), (client) =>
      Effect.map(call(client, "HGET", `fleet:${tokensKey}`, "data"), String)
    )
}

export const postgresReplication: Replication = {
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

export const pairOf = ({ standby }: Replication, primary: Server): Effect.Effect<Pair, never, Scope.Scope> =>
  Effect.gen(function* () {
    const link = yield* tcpProxy(primary.port)
    return { primary, link, standby: yield* standby(link.port) }
  })

/** The standby has what the primary has. */
export const caughtUp = ({ held }: Replication, { primary, standby }: Pair): Effect.Effect<void> => {
  const both = Effect.orDie(Effect.scoped(Effect.zip(held(primary), held(standby))))
  return Effect.asVoid(Effect.repeat(Effect.delay(both, "50 millis"), { until: ([ours, theirs]) => ours === theirs }))
}

/** The primary is gone, and its standby takes its place with what it has. */
export const failover = (
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
export const failovers = (kind: "redis" | "postgres", replication: Replication, count: number) =>
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
