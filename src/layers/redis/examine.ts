/** What a Redis says of itself, looked at when a store is made on it: whether it keeps what it is given. */
import * as Effect from "effect/Effect"
import { type Command, command } from "../../domain/hints/Command.ts"
import { StorageError } from "../../domain/storage/StorageError.ts"
import { ask, type RedisStore, text } from "./RedisEngine.ts"
import { claimScript } from "./scripts.ts"

type Facts = ReadonlyMap<string, string>

export const factsOf = (info: string): Facts =>
  new Map(
    info.split(/\r?\n/).flatMap((line) => {
      const [, name, value] = /^(\w+):(.*)$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name, value] as const]
    })
  )

interface Refusal {
  readonly reason: string
  readonly fixes: ReadonlyArray<Command>
}

/** Scripts say from 7.0 on whether they are allowed when the memory is full. */
const oldest = 7

const refusal = (facts: Facts): Refusal | null => {
  const version = facts.get("redis_version") ?? ""
  const policy = facts.get("maxmemory_policy") ?? ""
  if (version !== "" && Number.parseInt(version, 10) < oldest) {
    return {
      reason: `it is Redis ${version}, and ${oldest}.0 is the oldest that MP_STORE (url) may lead to`,
      fixes: []
    }
  }
  if (policy.startsWith("allkeys-")) {
    return {
      reason: `it throws logins away when its memory is full (maxmemory-policy ${policy})`,
      fixes: [command`redis-cli -u "$MP_STORE" CONFIG SET maxmemory-policy noeviction`]
    }
  }
  const primary = `${facts.get("master_host") ?? "HOST"}:${facts.get("master_port") ?? "PORT"}`
  return facts.get("role") === "slave"
    ? {
        reason: `MP_STORE (url) leads to a replica, and only its primary ${primary} takes writes`,
        fixes: [command`export MP_STORE=rediss://USER:PASSWORD@${primary}`]
      }
    : null
}

const isDenied = ({ reason }: StorageError): boolean => reason.includes("NOPERM")

const forgetful = (store: string): string =>
  `${store} keeps nothing when it is restarted (appendonly no): logins that no running process knows are lost then. ${command`redis-cli -u "$MP_STORE" CONFIG SET appendonly yes`} keeps them (in a program, allowVolatile says nothing of it).`

/** Refuses what loses logins, and warns of what may. */
export const examine = (redis: RedisStore, allowVolatile: boolean): Effect.Effect<void, StorageError> =>
  Effect.gen(function* () {
    const { namespace, store } = redis
    const about = { operation: "open", key: null } as const
    const info = yield* Effect.catchIf(ask(redis, about, ["INFO"], text), isDenied, () =>
      Effect.as(Effect.logWarning(`${store} does not say whether it keeps logins: its user lacks +info.`), "")
    )
    const facts = factsOf(info)
    const refused = refusal(facts)
    if (refused !== null) yield* new StorageError({ ...about, store, temporary: false, ...refused })
    if (facts.get("aof_enabled") === "0" && !allowVolatile) yield* Effect.logWarning(forgetful(store))
    yield* ask(redis, about, ["HMGET", `${namespace}:`, "version"], (answer) => answer)
    const claiming = ["EVAL", claimScript, "1", `${namespace}:`, "none", "nobody", "0", "0"] as const
    yield* Effect.catchIf(
      ask(redis, about, [...claiming], (answer) => answer),
      isDenied,
      () => Effect.logWarning(`${store} may be read only by this user (NOPERM): no login is renewed from here.`)
    )
  })
