import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Redacted from "effect/Redacted"
import { command } from "../../domain/hints/Command.ts"
import { parseSafeAddress, redisForm, type StoreAddress } from "../../domain/storage/StoreAddress.ts"
import { StorageError, type Why } from "../../domain/storage/StorageError.ts"
import { unreached } from "../../domain/storage/unreached.ts"
import { loadedDriver } from "../../services/storage/drivers.ts"
import { withDeadline } from "../../services/storage/Engine.ts"

/**
 * All that is asked of a client: an `ioredis` is one as it is, also of a cluster or of sentinels.
 *
 * @example
 * ```ts
 * const nodeRedis: RedisClient = { call: (...words) => client.sendCommand(words) }
 * ```
 * @since 0.1.0
 * @category stores
 */
export interface RedisClient {
  /** Sends one command and gives the answer of the server. */
  readonly call: (command: string, ...words: Array<string>) => Promise<unknown>
}

interface Connecting {
  readonly address: StoreAddress
  /** Where it is, for messages. */
  readonly store: string
}

/** A connection on which nothing arrives for so long is given up, and made again. */
const answerMillis = 5000

/** A client of ioredis, which is loaded now, for as long as the scope lasts. */
export const connected = ({ address, store }: Connecting): Effect.Effect<RedisClient, StorageError, Scope.Scope> =>
  Effect.gen(function* () {
    const { Redis } = yield* loadedDriver(store, "ioredis", () => import("ioredis"))
    const { database, host, isEncrypted, password, port, username } = address
    let last: unknown = null
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const made = new Redis({
          host,
          port,
          // A server without passwords takes any of this user; without the name, ioredis would write about it to stderr.
          ...(password === undefined ? {} : { username: username ?? "default", password: Redacted.value(password) }),
          ...(isEncrypted ? { tls: {} } : {}),
          db: Number(database ?? 0),
          lazyConnect: true,
          connectTimeout: answerMillis,
          // A server that vanished closes nothing: the connection would hang for as long as TCP tries, a quarter of an hour.
          socketTimeout: answerMillis,
          maxRetriesPerRequest: null,
          retryStrategy: (times) => Math.min(times * 50, 1000),
          // A primary that has become a replica: the name may lead to the new one by now.
          reconnectOnError: ({ message }) => message.startsWith("READONLY")
        })
        return made.on("error", (error) => {
          last = error
        })
      }),
      (made) => Effect.sync(() => made.disconnect())
    )
    const failed = (why: Why) => new StorageError({ operation: "open", key: null, store, ...why })
    // Where there is no such database, ioredis goes on with the first one.
    const connecting = () =>
      client.connect().then(() => (database === undefined ? null : client.call("SELECT", database)))
    yield* withDeadline(Effect.tryPromise({ try: connecting, catch: (error) => failed(whyNot(last ?? error)) }), failed)
    return client
  })

/** At the address of a library's options. Nothing is sent, neither password nor name, before it is one that may be asked. */
export const connectedTo = (
  { allowPlain = false, url }: { readonly url: Redacted.Redacted; readonly allowPlain?: boolean | undefined },
  store: string
): Effect.Effect<RedisClient, StorageError, Scope.Scope> =>
  Effect.matchEffect(parseSafeAddress(Redacted.value(url), allowPlain), {
    onFailure: (why) => new StorageError({ operation: "open", key: null, store, ...why }),
    onSuccess: (address) =>
      address.engine === "redis"
        ? connected({ address, store })
        : new StorageError({
            operation: "open",
            key: null,
            store,
            reason: "MP_STORE (url) leads to no Redis: redis: and rediss: do",
            temporary: false,
            fixes: [redisForm]
          })
  })

const wrongPassword: Why = {
  reason: "it does not know the user and password of MP_STORE (url)",
  temporary: false,
  fixes: [redisForm]
}

const noDatabase: Why = {
  reason: "it has no database of the number that MP_STORE (url) ends with",
  temporary: false,
  fixes: [redisForm]
}

/** By the first word of what Redis answers. What follows may quote what was sent. */
const answers: Readonly<Record<string, Why>> = {
  WRONGPASS: wrongPassword,
  NOAUTH: wrongPassword,
  NOPERM: {
    reason: "the user of MP_STORE (url) may not do that (NOPERM)",
    temporary: false,
    fixes: [
      command`redis-cli -u "$MP_STORE" ACL SETUSER USER '~NAMESPACE:*' +eval +hexists +hmget +hset +hdel +del +pexpire +scan +time +wait +info +ping`
    ]
  },
  OOM: {
    reason: "its memory is full (maxmemory)",
    temporary: true,
    fixes: [command`redis-cli -u "$MP_STORE" CONFIG SET maxmemory BYTES`]
  },
  READONLY: { reason: "it is a replica that takes no writes", temporary: true },
  MISCONF: { reason: "it takes no writes, because it cannot save them to its disk", temporary: true },
  LOADING: { reason: "it is reading its data from disk", temporary: true },
  BUSY: { reason: "it is busy with a script", temporary: true },
  MASTERDOWN: { reason: "its primary is down", temporary: true },
  CLUSTERDOWN: { reason: "its cluster is down", temporary: true },
  TRYAGAIN: { reason: "its cluster is moving keys", temporary: true }
}

export const whyNot = (error: unknown): Why => {
  const [, word] = error instanceof Error ? (/^([A-Z]{2,})\b/.exec(error.message) ?? []) : []
  if (!(error instanceof Error) || word === undefined || "code" in error) {
    return unreached(error)
  }
  if (error.message.includes("DB index")) return noDatabase
  return answers[word] ?? { reason: `it refused a command (${word})`, temporary: false }
}
