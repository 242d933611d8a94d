/** Logins on a Redis that many machines share. */
export {
  budgetLayer,
  budgetLayerFrom,
  type RedisBudgetOptions,
  type RedisBudgetUrlOptions
} from "./layers/redis/RedisBudget.ts"
export { layer, layerConfig, layerFrom, type RedisOptions, type RedisUrlOptions } from "./layers/redis/RedisStorage.ts"
export type { RedisClient } from "./layers/redis/RedisClient.ts"
