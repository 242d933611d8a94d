/** What engines keep, in memory: with gravestones, leases and times to live by Effect's clock, for one process. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { CredentialStorage, type Version } from "../../services/storage/CredentialStorage.ts"
import { type Condition, type Engine, fromEngine, gravestoneMillis } from "../../services/storage/Engine.ts"
import { Crypto, layer as webCrypto } from "../../services/platform/Crypto.ts"

/** An entry, or a gravestone: then the value is empty. */
interface Row {
  readonly value: string
  readonly version: Version
  readonly forgottenAt: number
  readonly claim?: { readonly holder: string; readonly previous: string | null; readonly until: number }
}

/**
 * What lies there, by key: a test that takes a row away is an engine that forgot.
 * @since 0.1.0
 * @category testing
 */
export type Rows = Map<string, Row>

const holds = (row: Row | undefined, condition: Condition): boolean => {
  if (condition === "any") return true
  if (condition === "absent") return row === undefined || row.value === ""
  return row === undefined ? "orForgotten" in condition : row.version === condition.version
}

/**
 * An engine over a map: what a shared store does, in one process.
 * @since 0.1.0
 * @category testing
 */
export const memoryEngine = (rows: Rows): Engine => {
  const step = <A>(key: string, use: (row: Row | undefined, now: number) => A): Effect.Effect<A> =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const row = rows.get(key)
      if (row === undefined || row.forgottenAt > now) return use(row, now)
      rows.delete(key)
      return use(undefined, now)
    })
  return {
    get: (key) =>
      step(key, (row) =>
        row === undefined || row.value === "" ? Option.none() : Option.some({ value: row.value, version: row.version })
      ),
    put: (key, { value, version }, { condition, millis }) =>
      step(key, (row, now) => {
        if (row?.version === version) return true
        if (!holds(row, condition)) return false
        rows.set(key, { value, version, forgottenAt: millis === null ? Number.POSITIVE_INFINITY : now + millis })
        return true
      }),
    remove: (key, gravestone, expected) =>
      step(key, (row, now) => {
        if (row === undefined || row.value === "") return row?.version === gravestone ? "removed" : "absent"
        if (!holds(row, expected)) return "superseded"
        rows.set(key, { value: "", version: gravestone, forgottenAt: now + gravestoneMillis })
        return "removed"
      }),
    claim: (key, version, { holder, leaseMillis, takeOver }) =>
      step(key, (row, now) => {
        if (row === undefined || row.value === "" || row.version !== version) return { _tag: "Superseded" }
        const { claim } = row
        const isOurs = claim === undefined || claim.holder === holder
        if (!isOurs && (claim.until > now || !takeOver)) {
          return { _tag: "Held", holder: claim.holder, millisLeft: Math.max(0, claim.until - now) }
        }
        const previous = isOurs ? (claim?.previous ?? null) : claim.holder
        rows.set(key, { ...row, claim: { holder, previous, until: now + leaseMillis } })
        return { _tag: "Granted", previous }
      }),
    settle: (key, holder, isUnspent) =>
      step(key, (row) => {
        if (row?.claim === undefined || row.claim.holder !== holder) return
        const { claim, ...free } = row
        const left = isUnspent ? claim.previous : holder
        rows.set(key, left === null ? free : { ...free, claim: { holder: left, previous: null, until: 0 } })
      }),
    list: (prefix) =>
      Stream.unwrap(
        Effect.map(Clock.currentTimeMillis, (now) =>
          Stream.fromIterable(
            [...rows]
              .filter(([key, row]) => key.startsWith(prefix) && row.value !== "" && row.forgottenAt > now)
              .map(([key]) => key)
          )
        )
      ),
    now: Clock.currentTimeMillis,
    describe: (key) => `${key} in memory`
  }
}

/**
 * Over rows that the caller keeps.
 *
 * @example
 * ```ts
 * const rows: MemoryStorage.Rows = new Map()
 * const replicas = [MemoryStorage.layerOver(rows), MemoryStorage.layerOver(rows)]
 * ```
 * @since 0.1.0
 * @category testing
 */
export const layerOver = (rows: Rows, name = "this process"): Layer.Layer<CredentialStorage> =>
  Layer.provide(
    Layer.effect(
      CredentialStorage,
      Effect.flatMap(Crypto, (crypto) => fromEngine(memoryEngine(rows), crypto, name))
    ),
    webCrypto
  )

/**
 * Empty at first; every build has its own.
 *
 * @example
 * ```ts
 * const entry = Effect.flatMap(CredentialStorage, ({ get }) => get("key")).pipe(Effect.provide(MemoryStorage.layer))
 * ```
 * @since 0.1.0
 * @category testing
 */
export const layer: Layer.Layer<CredentialStorage> = Layer.suspend(() => layerOver(new Map()))
