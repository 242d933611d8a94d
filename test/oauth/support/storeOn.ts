/** The store that processes of a test share: `redis:PORT:NAMESPACE` or `postgres:PORT:NAMESPACE` on this machine, sealed. */
import { PgClient } from "@effect/sql-pg"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { layer as redisLayer } from "#src/layers/redis/RedisStorage.ts"
import { layer as sqlLayer } from "#src/layers/sql/SqlStorage.ts"
import type { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { postgresPassword } from "../../layers/storage/servers.ts"

const keys = Redacted.make(`k1:${Buffer.alloc(32, 7).toString("base64")}`)

export const storeOn = (engine: string, name = `pid-${process.pid}`): Layer.Layer<CredentialStorage, unknown> => {
  const [kind, port, namespace = "fleet"] = engine.split(":")
  const options = { namespace, name, keys }
  if (kind === "redis") return redisLayer({ ...options, url: Redacted.make(`redis://127.0.0.1:${port}`) })
  const client = PgClient.layer({
    host: "127.0.0.1",
    port: Number(port),
    username: "postgres",
    password: Redacted.make(postgresPassword),
    database: "postgres",
    maxConnections: 2
  })
  return Layer.provide(sqlLayer(options), client)
}
