/** The store that processes of a test share: `redis:PORT` or `postgres:PORT` on this machine. */
import { PgClient } from "@effect/sql-pg"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { layer as redisLayer } from "#src/layers/redis/RedisStorage.ts"
import { layer as sqlLayer } from "#src/layers/sql/SqlStorage.ts"
import type { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { postgresPassword } from "../../layers/storage/servers.ts"

const options = { namespace: "fleet", sealed: false } as const

export const storeOn = (engine: string, name = `pid-${process.pid}`): Layer.Layer<CredentialStorage, unknown> => {
  const [kind, port] = engine.split(":")
  if (kind === "redis") return redisLayer({ ...options, name, url: Redacted.make(`redis://127.0.0.1:${port}`) })
  const client = PgClient.layer({
    host: "127.0.0.1",
    port: Number(port),
    username: "postgres",
    password: Redacted.make(postgresPassword),
    database: "postgres",
    maxConnections: 2
  })
  return Layer.provide(sqlLayer({ ...options, name }), client)
}
