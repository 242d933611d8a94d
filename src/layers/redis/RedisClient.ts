/** A connection to Redis, and what is said where one fails. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Redacted from "effect/Redacted"
import { isLoopback } from "../../domain/api/Endpoints.ts"
import { networkReason } from "../../domain/api/NetworkReason.ts"
import { command } from "../../domain/hints/Command.ts"
import { parseUrl } from "../../domain/internal/parseUrl.ts"
import { withDeadline } from "../../services/storage/Engine.ts"
import { StorageError, type Why } from "../../domain/storage/StorageError.ts"

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

/** Without what is secret in it. */
export const addressOf = (url: Redacted.Redacted): string => {
  const parsed = parseUrl(Redacted.value(url))
  return parsed === null ? "the Redis of MP_STORE (url)" : `${parsed.protocol}//${parsed.host}`
}

const setUrl = command`export MP_STORE=rediss://USER:PASSWORD@HOST:PORT`

const refused = (store: string, reason: string) =>
  new StorageError({ operation: "open", key: null, store, reason, temporary: false, fixes: [setUrl] })

/** Nothing is sent, neither password nor name, before the address is one that may be asked. */
const checkedUrl = (
  url: Redacted.Redacted,
  store: string,
  allowPlain: boolean
): Effect.Effect<string, StorageError> => {
  const text = Redacted.value(url)
  const parsed = parseUrl(text)
  if (parsed === null || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === "") {
    return refused(store, "MP_STORE (url) is no address of the form rediss://USER:PASSWORD@HOST:PORT")
  }
  return parsed.protocol === "rediss:" || isLoopback(parsed.hostname) || allowPlain
    ? Effect.succeed(text)
    : refused(store, `MP_STORE (url) leads to another machine without TLS: rediss: encrypts, allowPlain goes without`)
}

interface Connecting {
  readonly url: Redacted.Redacted
  readonly store: string
  readonly allowPlain: boolean
}

/** A client of ioredis, which is loaded now, for as long as the scope lasts. */
export const connected = ({
  allowPlain,
  store,
  url
}: Connecting): Effect.Effect<RedisClient, StorageError, Scope.Scope> =>
  Effect.gen(function* () {
    const address = yield* checkedUrl(url, store, allowPlain)
    const { Redis } = yield* Effect.tryPromise({
      try: () => import("ioredis"),
      catch: () =>
        new StorageError({
          operation: "open",
          key: null,
          store,
          reason: "the package ioredis is not installed",
          temporary: false,
          fixes: [command`npm install ioredis`]
        })
    })
    let last: unknown = null
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const made = new Redis(address, {
          lazyConnect: true,
          connectTimeout: 5000,
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
    yield* withDeadline(
      Effect.tryPromise({ try: () => client.connect(), catch: (error) => failed(whyNot(last ?? error)) }),
      failed
    )
    return client
  })

const wrongPassword: Why = {
  reason: "it does not know the user and password of MP_STORE (url)",
  temporary: false,
  fixes: [setUrl]
}

/** By the first word of what Redis answers. What follows may quote what was sent. */
const answers: Readonly<Record<string, Why>> = {
  WRONGPASS: wrongPassword,
  NOAUTH: wrongPassword,
  NOPERM: {
    reason: "the user of MP_STORE (url) may not do that (NOPERM)",
    temporary: false,
    fixes: [
      command`redis-cli ACL SETUSER USER '~NAMESPACE:*' +eval +hexists +hmget +hset +hdel +del +pexpire +scan +time +wait +info +ping`
    ]
  },
  OOM: {
    reason: "its memory is full (maxmemory)",
    temporary: true,
    fixes: [command`redis-cli CONFIG SET maxmemory BYTES`]
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
  if (word === undefined || (error instanceof Error && "code" in error)) {
    return { reason: networkReason(error), temporary: true }
  }
  return answers[word] ?? { reason: `it refused a command (${word})`, temporary: false }
}
