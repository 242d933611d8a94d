/** Sealed values: what is not exactly what was put there, under this name, with one of these keys, does not open. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { StorageError } from "#src/domain/storage/StorageError.ts"
import { memoryEngine, type Rows } from "#src/layers/memory/MemoryStorage.ts"
import { Crypto, layer as webCrypto } from "#src/services/platform/Crypto.ts"
import { sharing } from "#src/services/storage/sharing.ts"
import type { Keys } from "#src/services/storage/sealingKeys.ts"

const key = (id: string, byte: number) => Redacted.make(`${id}:${Buffer.alloc(32, byte).toString("base64")}`)

const k1 = key("k1", 1)
const k2 = key("k2", 2)

const storeOn = (rows: Rows, keys: Keys | undefined, namespace = "team") =>
  Effect.gen(function* () {
    const crypto = yield* Crypto
    const options = keys === undefined ? { sealed: false } : { keys }
    const { over } = yield* sharing("memory", crypto, { ...options, name: "host-1", namespace })
    return yield* over(memoryEngine(rows))
  }).pipe(Effect.provide(webCrypto))

const me = "accounts/me/tokens"
const you = "accounts/you/tokens"

const valueAt = (rows: Rows, name: string): string => rows.get(name)?.value ?? ""

const changed = (rows: Rows, name: string, value: string) => {
  const row = rows.get(name)
  if (row !== undefined) rows.set(name, { ...row, value })
}

const refused = (store: Effect.Effect.Success<ReturnType<typeof storeOn>>, name = me) =>
  Effect.map(Effect.flip(store.get(name)), (error) => {
    expect(error).toBeInstanceOf(StorageError)
    expect(error).toMatchObject({ temporary: false, key: name, code: "STORAGE_ERROR" })
    return error.reason
  })

describe("sealed values", () => {
  it.effect("say nothing, and are never twice the same", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      const store = yield* storeOn(rows, k1)
      yield* store.put(me, "a-secret", { expected: "any" })
      const first = valueAt(rows, me)
      yield* store.put(me, "a-secret", { expected: "any" })
      expect(valueAt(rows, me)).not.toBe(first)
      expect(first).toMatch(/^1\.k1\.[\w-]{16}\.[\w-]+$/)
      expect(JSON.stringify([...rows])).not.toContain("a-secret")
    })
  )

  it.effect("are refused by name: in clear, of another key, moved, changed", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      const store = yield* storeOn(rows, [k1, k2])
      yield* store.put(me, "of me", { expected: "any" })
      yield* store.put(you, "of you", { expected: "any" })
      const sound = valueAt(rows, me)
      const doesNotOpen = "it does not open with key k1 of MP_STORE_KEY (keys)"

      expect(yield* refused(yield* storeOn(rows, k2))).toBe(
        "it is sealed with key k1, and MP_STORE_KEY (keys) holds k2 only"
      )
      expect(yield* refused(yield* storeOn(rows, key("k1", 9)))).toContain(doesNotOpen)
      expect(yield* refused(yield* storeOn(rows, k1, "others"))).toContain(doesNotOpen)
      for (const value of [valueAt(rows, you), `${sound}A`, sound.slice(0, -2), sound.replace(/\.[\w-]{4}/, ".AAAA")]) {
        changed(rows, me, value)
        expect(yield* refused(store)).toContain(doesNotOpen)
      }
      changed(rows, me, sound.replace("1.k1.", "1.k2."))
      expect(yield* refused(store)).toContain("it does not open with key k2")
      for (const value of ["of me", '{"access_token":"x"}', sound.replace("1.k1.", "2.k1."), "1.k1..x"]) {
        changed(rows, me, value)
        expect(yield* refused(store)).toBe("it is not sealed: whoever wrote it has no MP_STORE_KEY (keys)")
      }
      // Nothing was lost over it.
      changed(rows, me, sound)
      expect(Option.getOrThrow(yield* store.get(me)).value).toBe("of me")
    })
  )

  it.effect("are neither opened nor written over by an edit that cannot read them", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      yield* Effect.flatMap(storeOn(rows, k1), (store) => store.put("config", "old", { expected: "any" }))
      const before = valueAt(rows, "config")
      const stranger = yield* storeOn(rows, k2)
      const edit = stranger.update("config", () => Effect.succeed(["done", Option.some("new")]))
      expect(yield* Effect.flip(edit)).toMatchObject({ _tag: "StorageError" })
      expect(valueAt(rows, "config")).toBe(before)
    })
  )

  it.effect("open with an older key while a newer one seals", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      yield* Effect.flatMap(storeOn(rows, k1), (store) => store.put(me, "first", { expected: "any" }))
      const both = yield* storeOn(rows, Redacted.make(`${Redacted.value(k2)}, ${Redacted.value(k1)}`))
      const { value, version } = Option.getOrThrow(yield* both.get(me))
      expect(value).toBe("first")
      yield* both.put(me, value, { expected: { version } })
      expect(valueAt(rows, me)).toMatch(/^1\.k2\./)
      expect(Option.getOrThrow(yield* Effect.flatMap(storeOn(rows, k2), (store) => store.get(me))).value).toBe("first")
    })
  )
})
