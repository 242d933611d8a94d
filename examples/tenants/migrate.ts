/**
 * Makes the table, once for each deploy and before its replicas start: none of them needs the right to create tables.
 *
 *     DATABASE_URL=postgres://… node migrate.ts
 */
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { PgMigrator } from "@effect/sql-pg"
import { Effect } from "effect"
import { migrations } from "effect-mixpanel/sql"
import { database } from "./services.ts"

const migrated = PgMigrator.run({ loader: PgMigrator.fromRecord(migrations) })

NodeRuntime.runMain(Effect.provide(migrated, [database, NodeContext.layer]))
