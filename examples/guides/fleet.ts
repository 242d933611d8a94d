/** The store and the budget of a fleet on Redis, as docs/fleet.md shows them. */
import { Config, Effect, Layer } from "effect"
import { BudgetPolicy, defaultBudgetPolicy, TokenSettings } from "effect-mixpanel"
import { layerWith } from "effect-mixpanel/node"
import { budgetLayer, layerConfig } from "effect-mixpanel/redis"

const url = Config.redacted("MP_STORE")
const namespace = Config.withDefault(Config.string("MP_STORE_NAMESPACE"), "team")

/** `MP_STORE_KEY` is `k1:` and 32 bytes as base64; during a rotation, the new key and the old one with a comma between. */
const credentialStorage = layerConfig({ url, namespace, keys: Config.redacted("MP_STORE_KEY") })

/** 60 queries an hour and 5 at once for each project, whoever of the fleet sends them. */
const queryBudget = Layer.unwrapEffect(Effect.map(Config.all({ url, namespace }), budgetLayer))

const settings = Layer.succeed(TokenSettings, {
  lease: "20 seconds",
  cacheFor: "60 seconds",
  renewBefore: "5 minutes"
})

const patient = Layer.succeed(BudgetPolicy, { ...defaultBudgetPolicy, whenSpent: "wait" })

export const services = layerWith({ credentialStorage, queryBudget }).pipe(
  Layer.provideMerge(patient),
  Layer.provide(settings)
)
