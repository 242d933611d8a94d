/** Each engine as ground for tests: a namespace of its own in each, with the engine's own hand to look and to take away. */
import { PGlite } from "@electric-sql/pglite"
import * as Reactivity from "@effect/experimental/Reactivity"
import { LibsqlClient } from "@effect/sql-libsql"
import { PgClient } from "@effect/sql-pg"
import * as SqlClient from "@effect/sql/SqlClient"
import { SqlError } from "@effect/sql/SqlError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Redis } from "ioredis"
import { budgetLayer as redisBudget } from "#src/layers/redis/RedisBudget.ts"
import { layer as redisLayer } from "#src/layers/redis/RedisStorage.ts"
import { budgetLayerFrom as sqlBudgetFrom, type SqlBudgetOptions } from "#src/layers/sql/SqlBudget.ts"
import { layerFrom as sqlLayerFrom } from "#src/layers/sql/SqlStorage.ts"
import { migrationText } from "#src/layers/sql/table.ts"
import type { QueryBudget } from "#src/services/budget/QueryBudget.ts"
import { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import type { SharingOptions } from "#src/services/storage/sharing.ts"
import type { Ground } from "./CredentialStorage.contract.ts"
import { postgresPassword } from "./servers.ts"

/** What a store of an engine is opened with. */
export type Sealing = Pick<SharingOptions, "keys" | "sealed">

export interface Engine {
  readonly open: (options: SharingOptions) => Layer.Layer<CredentialStorage, unknown>
  readonly budget: (options: SqlBudgetOptions) => Layer.Layer<QueryBudget, unknown>
  readonly forget: (namespace: string, key: string) => Effect.Effect<void, unknown>
  /** All that the engine holds. */
  readonly dump: Effect.Effect<string, unknown>
}

let namespaces = 0

export const storeOf = (layer: Layer.Layer<CredentialStorage, unknown>) =>
  Effect.map(Layer.build(layer), (context) => Context.get(context, CredentialStorage))

export const groundOn = (engine: Engine, sealing: Sealing): Effect.Effect<Ground> =>
  Effect.sync(() => {
    const namespace = `test-${(namespaces += 1)}`
    return {
      machine: (name) => storeOf(engine.open({ ...sealing, namespace, name, allowVolatile: true })),
      forget: (key) => engine.forget(namespace, key),
      pass: Effect.sleep
    }
  })

export const redisUrl = (port: number, password = ""): Redacted.Redacted =>
  Redacted.make(`redis://${password === "" ? "" : `:${password}@`}127.0.0.1:${port}`)

export const redisAt = (port: number): Effect.Effect<Engine, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => new Redis(port, "127.0.0.1")),
      (client) => Effect.sync(() => client.disconnect())
    ),
    (client) => ({
      open: (options) => redisLayer({ ...options, url: redisUrl(port) }),
      budget: (options) => redisBudget({ ...options, url: redisUrl(port) }),
      forget: (namespace, key) => Effect.promise(() => client.del(`${namespace}:${key}`)),
      dump: Effect.promise(async () => {
        const keys = await client.keys("*")
        return JSON.stringify(await Promise.all(keys.map(async (key) => [key, await client.hgetall(key)])))
      })
    })
  )

/** A database is the engine of whoever has its client. */
const engineOf = (sql: SqlClient.SqlClient): Engine => ({
  open: (options) => sqlLayerFrom(sql, options),
  budget: (options) => sqlBudgetFrom(sql, options),
  forget: (namespace, key) => sql`DELETE FROM mixpanel_credentials WHERE namespace = ${namespace} AND key = ${key}`,
  dump: Effect.map(sql`SELECT * FROM mixpanel_credentials`, (rows) => JSON.stringify(rows))
})

export const clientOf = <E>(layer: Layer.Layer<SqlClient.SqlClient, E>) =>
  Effect.map(Effect.orDie(Layer.build(layer)), (context) => Context.get(context, SqlClient.SqlClient))

const withTable = <E>(layer: Layer.Layer<SqlClient.SqlClient, E>) =>
  Effect.gen(function* () {
    const sql = yield* clientOf(layer)
    yield* Effect.orDie(sql.unsafe(migrationText))
    return engineOf(sql)
  })

export const postgresLayer = (
  port: number,
  options: { readonly host?: string; readonly username?: string; readonly password?: string } = {}
) =>
  PgClient.layer({
    host: options.host ?? "127.0.0.1",
    port,
    username: options.username ?? "postgres",
    password: Redacted.make(options.password ?? postgresPassword),
    database: "postgres",
    maxConnections: 8
  })

export const postgresAt = (port: number): Effect.Effect<Engine, never, Scope.Scope> => withTable(postgresLayer(port))

export const sqlite: Effect.Effect<Engine, never, Scope.Scope> = withTable(LibsqlClient.layer({ url: ":memory:" }))

/** PGlite is a Postgres of one connection, in this process. */
export const pgliteLayer: Layer.Layer<SqlClient.SqlClient> = Layer.scoped(
  SqlClient.SqlClient,
  Effect.gen(function* () {
    const database = yield* Effect.acquireRelease(
      Effect.promise(() => PGlite.create()),
      (opened) => Effect.promise(() => opened.close())
    )
    const rows = (text: string, params: ReadonlyArray<unknown>) =>
      Effect.tryPromise({
        try: async () => (await database.query<Readonly<Record<string, unknown>>>(text, [...params])).rows,
        catch: (cause) => new SqlError({ cause })
      })
    const connection = {
      execute: rows,
      executeRaw: rows,
      executeUnprepared: rows,
      executeValues: (text: string, params: ReadonlyArray<unknown>) =>
        Effect.map(rows(text, params), (found) => found.map(Object.values)),
      executeStream: (text: string, params: ReadonlyArray<unknown>) => Stream.fromIterableEffect(rows(text, params))
    }
    return yield* SqlClient.make({
      acquirer: Effect.succeed(connection),
      compiler: PgClient.makeCompiler(),
      spanAttributes: []
    })
  })
).pipe(Layer.provide(Reactivity.layer))

export const pglite: Effect.Effect<Engine, never, Scope.Scope> = withTable(pgliteLayer)
