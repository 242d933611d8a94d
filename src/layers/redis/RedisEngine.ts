/** Redis as an engine: each step one command, which goes to the server that has the entry. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { StorageError, type StorageOperation, type Why } from "../../domain/storage/StorageError.ts"
import type { Version } from "../../services/storage/CredentialStorage.ts"
import {
  type ClaimAnswer,
  type Condition,
  type Engine,
  gravestoneMillis,
  withDeadline
} from "../../services/storage/Engine.ts"
import { type RedisClient, whyNot } from "./RedisClient.ts"
import { claimScript, putScript, removeScript, settleScript } from "./scripts.ts"

export interface RedisStore {
  readonly client: RedisClient
  /** Where it is, for messages. */
  readonly store: string
  readonly namespace: string
  /** How many replicas must have a claim before anything is sent. */
  readonly replicas: number
}

type Words = readonly [command: string, ...words: Array<string>]

interface About {
  readonly operation: StorageOperation
  readonly key: string | null
}

export const ask = <A>(
  { client, store }: Pick<RedisStore, "client" | "store">,
  about: About,
  words: Words,
  understood: (answer: unknown) => A | undefined
): Effect.Effect<A, StorageError> => answered({ ...about, store }, words[0], () => client.call(...words), understood)

const answered = <A>(
  about: About & Pick<RedisStore, "store">,
  command: string,
  send: () => Promise<unknown>,
  understood: (answer: unknown) => A | undefined
): Effect.Effect<A, StorageError> => {
  const failed = (why: Why) => new StorageError({ ...about, ...why })
  return withDeadline(Effect.tryPromise({ try: send, catch: (error) => failed(whyNot(error)) }), failed).pipe(
    Effect.flatMap((answer) => {
      const known = understood(answer)
      return known === undefined
        ? failed({ reason: `its answer to ${command} is not understood`, temporary: false })
        : Effect.succeed(known)
    })
  )
}

const aNumber = (answer: unknown): number | undefined => (typeof answer === "number" ? answer : undefined)

export const numbersOf = (answer: unknown): ReadonlyArray<number> | undefined =>
  Array.isArray(answer) && answer.every((item) => typeof item === "number") ? answer : undefined

const isWord = (item: unknown): item is string | null => typeof item === "string" || item === null

export const wordsOf = (answer: unknown): ReadonlyArray<string | null> | undefined =>
  Array.isArray(answer) && answer.every(isWord) ? answer : undefined

export const text = (answer: unknown): string | undefined => (typeof answer === "string" ? answer : undefined)

const claimAnswer = (answer: unknown): ClaimAnswer | undefined => {
  const [what, who, left] = wordsOf(answer) ?? []
  if (what === "superseded") return { _tag: "Superseded" }
  if (what === "granted") return { _tag: "Granted", previous: who === "" || who === undefined ? null : who }
  return what === "held" && who != null ? { _tag: "Held", holder: who, millisLeft: Number(left) } : undefined
}

const conditionWords = (condition: Condition): readonly [condition: string, wanted: Version] => {
  if (typeof condition === "string") return [condition, ""]
  return ["orForgotten" in condition ? "commit" : "version", condition.version]
}

const page = (answer: unknown): readonly [cursor: string, keys: ReadonlyArray<string>] | undefined => {
  const [cursor, keys]: ReadonlyArray<unknown> = Array.isArray(answer) ? answer : []
  const found = wordsOf(keys)?.filter((key) => key !== null)
  return typeof cursor === "string" && found !== undefined ? [cursor, found] : undefined
}

/** So that no letter of a prefix is a pattern. */
const literally = (prefix: string): string => prefix.replaceAll(/[\\*?[\]]/g, "\\$&")

export const redisEngine = (redis: RedisStore): Engine => {
  const { namespace, replicas, store } = redis
  const named = (key: string) => `${namespace}:${key}`
  const run = <A>(
    operation: StorageOperation,
    key: string,
    script: string,
    words: ReadonlyArray<string>,
    understood: (answer: unknown) => A | undefined
  ) => ask(redis, { operation, key }, ["EVAL", script, "1", named(key), ...words], understood)

  /** How many replicas have what was written last. */
  const replicated = (operation: StorageOperation, key: string) =>
    replicas === 0
      ? Effect.void
      : Effect.flatMap(ask(redis, { operation, key }, ["WAIT", `${replicas}`, "1000"], aNumber), (count) =>
          count >= replicas
            ? Effect.void
            : new StorageError({
                operation,
                key,
                store,
                reason: `${count} of the ${replicas} replicas of MP_STORE_REPLICAS (replicas) have it`,
                temporary: true
              })
        )

  const keys = (prefix: string) =>
    Stream.paginateChunkEffect("0", (cursor) =>
      Effect.gen(function* () {
        const words: Words = ["SCAN", cursor, "MATCH", `${literally(named(prefix))}*`, "COUNT", "500"]
        const [next, found] = yield* ask(redis, { operation: "list", key: null }, words, page)
        // Gravestones are no entries; all of a page are looked at in one go.
        const look = () => Promise.all(found.map((name) => redis.client.call("HEXISTS", name, "data")))
        const isEntry = yield* answered({ operation: "list", key: null, store }, "HEXISTS", look, numbersOf)
        const entries = found.filter((_, index) => isEntry[index] === 1).map((name) => name.slice(namespace.length + 1))
        return [Chunk.fromIterable(entries), next === "0" ? Option.none() : Option.some(next)]
      })
    )

  return {
    get: (key) =>
      Effect.map(
        ask(redis, { operation: "get", key }, ["HMGET", named(key), "version", "data"], wordsOf),
        ([version, value]) => (version == null || value == null ? Option.none() : Option.some({ value, version }))
      ),
    put: (key, { value, version }, { condition, millis }) =>
      Effect.tap(
        run(
          "put",
          key,
          putScript,
          [version, value, ...conditionWords(condition), millis === null ? "" : `${millis}`],
          aNumber
        ),
        () => Effect.catchAll(replicated("put", key), ({ message }) => Effect.logWarning(message))
      ).pipe(Effect.map((stored) => stored === 1)),
    remove: (key, gravestone, expected) =>
      Effect.map(
        run(
          "remove",
          key,
          removeScript,
          [gravestone, expected === "any" ? "" : expected.version, `${gravestoneMillis}`],
          aNumber
        ),
        (count) => (count === 0 ? "absent" : count > 0 ? "removed" : "superseded")
      ),
    claim: (key, version, { holder, leaseMillis, takeOver }) =>
      Effect.tap(
        run("claim", key, claimScript, [version, holder, `${leaseMillis}`, takeOver ? "1" : "0"], claimAnswer),
        ({ _tag }) => (_tag === "Granted" ? replicated("claim", key) : Effect.void)
      ),
    settle: (key, holder, isUnspent) =>
      Effect.asVoid(run("claim", key, settleScript, [holder, isUnspent ? "1" : "0"], aNumber)),
    // A cursor may come past a key more than once.
    list: (prefix) =>
      Stream.suspend(() => {
        const seen = new Set<string>()
        return Stream.filter(keys(prefix), (key) => !seen.has(key) && seen.add(key).has(key))
      }),
    now: ask(redis, { operation: "now", key: null }, ["TIME"], (answer) => {
      const [seconds, micros] = wordsOf(answer) ?? []
      return seconds == null ? undefined : Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
    }),
    describe: (key) => `${key} in ${store}`
  }
}
