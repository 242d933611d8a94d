/** The logins of all tenants in one table of Postgres, sealed, which all replicas of the application share. */
import { PgClient } from "@effect/sql-pg"
import { Config, Layer } from "effect"
import { BudgetPolicy, defaultBudgetPolicy, TokenSettings } from "effect-mixpanel"
import { layerWith } from "effect-mixpanel/node"
import { layerConfig } from "effect-mixpanel/sql"

export const database = PgClient.layerConfig({ url: Config.redacted("DATABASE_URL") })

/** A tenant is an account name in this namespace; `MP_STORE_KEY` is `k1:` and 32 bytes as base64. */
const credentialStorage = layerConfig({
  namespace: Config.succeed("tenants"),
  keys: Config.redacted("MP_STORE_KEY"),
  /** Without TLS to another host: for a network that nobody else is in. */
  allowPlain: Config.withDefault(Config.boolean("ALLOW_PLAIN"), false)
})

/** One replica renews a bearer 5 minutes before its end; for `BEARER_CACHE` a bearer outlives a logout on another replica. */
const settings = Layer.effect(
  TokenSettings,
  Config.all({
    lease: Config.succeed("20 seconds" as const),
    cacheFor: Config.withDefault(Config.duration("BEARER_CACHE"), "60 seconds"),
    renewBefore: Config.succeed("5 minutes" as const)
  })
)

/** What becomes of a query for which its project has no room. */
const policy = Layer.effect(
  BudgetPolicy,
  Config.map(Config.withDefault(Config.literal("fail", "wait", "off")("QUERY_BUDGET"), "fail"), (whenSpent) => ({
    ...defaultBudgetPolicy,
    whenSpent
  }))
)

export const services = layerWith({ credentialStorage }).pipe(
  Layer.provideMerge(policy),
  Layer.provide([settings, database])
)
