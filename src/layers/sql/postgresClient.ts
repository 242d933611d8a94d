/** A connection to Postgres by its address, over `pg`. */
import * as Reactivity from "@effect/experimental/Reactivity"
import type { SqlClient } from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { readFileSync } from "node:fs"
import { postgresForm, type StoreAddress } from "../../domain/storage/StoreAddress.ts"
import { StorageError, type Why } from "../../domain/storage/StorageError.ts"
import { loadedDriver } from "../../services/storage/drivers.ts"
import { withDeadline } from "../../services/storage/Engine.ts"
import { whyNot } from "./failures.ts"

interface Connecting {
  readonly address: StoreAddress
  /** Where it is, for messages. */
  readonly store: string
}

/** How many statements of a program run at once; the others wait for their turn. */
const connections = 4

/** A client of `pg`, which is loaded now, for as long as the scope lasts. */
export const connected = ({ address, store }: Connecting): Effect.Effect<SqlClient, StorageError, Scope.Scope> =>
  Effect.gen(function* () {
    const failed = (why: Why) => new StorageError({ operation: "open", key: null, store, ...why })
    const PgClient = yield* loadedDriver(store, "pg", () => import("@effect/sql-pg/PgClient"))
    const { authority, database, host, isEncrypted, password, port, username } = address
    const ca = yield* Effect.try({
      try: () => (authority === undefined ? {} : { ca: readFileSync(authority, "utf8") }),
      catch: () =>
        failed({
          reason: "the file that sslrootcert of MP_STORE (url) names cannot be read",
          temporary: false,
          fixes: [postgresForm]
        })
    })
    const client = PgClient.make({
      host,
      port,
      username,
      password,
      database,
      ssl: isEncrypted ? ca : false,
      maxConnections: connections,
      applicationName: "mp",
      connectTimeout: "5 seconds",
      // A server that vanished closes nothing: its connections would hang for as long as TCP tries, a quarter of an hour.
      connectionTTL: "1 minute"
    })
    const scope = yield* Effect.scope
    return yield* withDeadline(
      client.pipe(
        Effect.mapError((error) => failed(whyNot(error))),
        Effect.provide(Reactivity.layer),
        Effect.provideService(Scope.Scope, scope)
      ),
      failed,
      6000
    )
  })
