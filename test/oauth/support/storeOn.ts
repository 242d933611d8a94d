/** The store that processes of a test share, sealed: `redis:PORT:NAMESPACE:HOST` or `postgres:…`, on this machine unless said. */
import { PgClient } from "@effect/sql-pg"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { layer as redisLayer } from "#src/layers/redis/RedisStorage.ts"
import { layer as sqlLayer } from "#src/layers/sql/SqlStorage.ts"
import type { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { postgresPassword } from "../../layers/storage/servers.ts"

const keys = Redacted.make(`k1:${Buffer.alloc(32, 7).toString("base64")}`)

export const storeOn = (
  engine: string,
  name = `pid-${process.pid}`,
  replicas = 0
): Layer.Layer<CredentialStorage, unknown> => {
  const [kind, port, namespace = "fleet", host = "127.0.0.1"] = engine.split(":")
  const options = { namespace, name, keys, allowPlain: true, allowVolatile: true }
  if (kind === "redis") {
    return redisLayer({ ...options, replicas, url: Redacted.make(`redis://${host}:${port}`) })
  }
  const client = PgClient.layer({
    host,
    port: Number(port),
    username: "postgres",
    password: Redacted.make(postgresPassword),
    database: "postgres",
    maxConnections: 2,
    // A server that vanished closes nothing: without it these connections would hang for a quarter of an hour.
    connectionTTL: "5 seconds"
  })
  return Layer.provide(sqlLayer(options), client)
}
