/** What every `CredentialStorage` must do, whatever it stands on. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { CredentialStorageShape } from "#src/services/storage/CredentialStorage.ts"

/** What files have not: they neither count time nor know who was there. */
type Feature = "leases" | "free names"

export interface Ground {
  /** Another machine on the same store, by its name. */
  readonly machine: (name: string) => Effect.Effect<CredentialStorageShape, unknown, Scope.Scope>
  /** The engine forgets an entry, and leaves no gravestone. */
  readonly forget: (key: string) => Effect.Effect<void, unknown>
  readonly pass: (millis: number) => Effect.Effect<void>
}

interface World extends Ground {
  readonly one: CredentialStorageShape
  readonly two: CredentialStorageShape
}

type Case = (world: World) => Effect.Effect<void, unknown, Scope.Scope>

const key = "accounts/team/tokens"

const keysOf = (store: CredentialStorageShape, prefix = "") =>
  Effect.map(Stream.runCollect(store.list(prefix)), (keys) => [...keys].sort())

const valueOf = (store: CredentialStorageShape, name = key) =>
  Effect.map(
    store.get(name),
    Option.map(({ value }) => value)
  )

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => "done" })

const storing: Readonly<Record<string, Case>> = {
  "what is put is there for all, and each put has a version of its own": ({ one, two }) =>
    Effect.gen(function* () {
      expect(yield* two.get(key)).toEqual(Option.none())
      const first = yield* one.put(key, "first", { expected: "absent" })
      expect(yield* two.get(key)).toEqual(Option.some(first))
      const second = yield* two.put(key, "ünï🔑\r\n\t\"'\\%_", { expected: { version: first.version } })
      expect(second.version).not.toBe(first.version)
      expect(yield* one.get(key)).toEqual(Option.some(second))
      yield* one.put(key, "x".repeat(100_000), { expected: "any" })
      expect(yield* valueOf(two)).toEqual(Option.some("x".repeat(100_000)))
    }),
  "who expects another entry changes nothing": ({ one, two }) =>
    Effect.gen(function* () {
      const first = yield* one.put(key, "first", { expected: "any" })
      const second = yield* two.put(key, "second", { expected: { version: first.version } })
      expect(yield* tagOf(one.put(key, "late", { expected: { version: first.version } }))).toBe("Superseded")
      expect(yield* tagOf(one.put(key, "late", { expected: "absent" }))).toBe("Superseded")
      expect(yield* tagOf(one.put("accounts/other/tokens", "x", { expected: { version: "none" } }))).toBe("Superseded")
      expect(yield* tagOf(one.remove(key, { version: first.version }))).toBe("Superseded")
      expect(yield* one.get(key)).toEqual(Option.some(second))
      expect(yield* one.get("accounts/other/tokens")).toEqual(Option.none())
    }),
  "a put that is sent again knows itself": ({ one, two }) =>
    Effect.gen(function* () {
      const { version } = yield* one.put(key, "first", { expected: "absent" })
      const put = one.put(key, "second", { expected: { version }, version: "of-the-writer" })
      const stored = yield* put
      expect(yield* put).toEqual(stored)
      yield* two.put(key, "third", { expected: { version: stored.version } })
      expect(yield* tagOf(put)).toBe("Superseded")
      expect(yield* valueOf(one)).toEqual(Option.some("third"))
    }),
  "what is removed is gone, and can be put again": ({ one, two }) =>
    Effect.gen(function* () {
      expect(yield* one.remove(key, "any")).toBe(false)
      const { version } = yield* one.put(key, "first", { expected: "absent" })
      expect(yield* two.remove(key, { version })).toBe(true)
      expect(yield* one.get(key)).toEqual(Option.none())
      expect(yield* one.remove(key, "any")).toBe(false)
      expect(yield* tagOf(one.put(key, "late", { expected: { version } }))).toBe("Superseded")
      yield* one.put(key, "again", { expected: "absent" })
      expect(yield* valueOf(two)).toEqual(Option.some("again"))
      expect(yield* one.remove(key, "any")).toBe(true)
    }),
  "lists what there is, by how it begins": ({ one, two }) =>
    Effect.gen(function* () {
      const names = ["accounts/a/me", "accounts/a/tokens", "accounts/ab/tokens", "clients/us", "config"]
      for (const name of [...names, "accounts/gone/tokens"]) yield* one.put(name, "x", { expected: "any" })
      yield* one.remove("accounts/gone/tokens", "any")
      expect(yield* keysOf(two)).toEqual(names)
      expect(yield* keysOf(two, "accounts/a/")).toEqual(["accounts/a/me", "accounts/a/tokens"])
      expect(yield* keysOf(two, "accounts/[a]*")).toEqual([])
    }),
  "an edit sees what the one before stored, of all machines": ({ one, two }) =>
    Effect.gen(function* () {
      const add = (store: CredentialStorageShape) =>
        store.update("config", (value) => {
          const next = Number(Option.getOrElse(value, () => "0")) + 1
          return Effect.succeed([next, Option.some(`${next}`)])
        })
      const stores = Array.from({ length: 32 }, (_, index) => (index % 2 === 0 ? one : two))
      const counts = yield* Effect.forEach(stores, add, { concurrency: 16 })
      expect([...counts].sort((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, index) => index + 1))
      expect(yield* valueOf(one, "config")).toEqual(Option.some("32"))
    }),
  "an edit that fails, or changes nothing, leaves the entry": ({ one }) =>
    Effect.gen(function* () {
      const before = yield* one.put("config", "first", { expected: "any" })
      expect(yield* Effect.flip(one.update("config", () => Effect.fail("no")))).toBe("no")
      expect(yield* one.update("config", (value) => Effect.succeed([value, Option.none()]))).toEqual(
        Option.some("first")
      )
      expect(yield* one.get("config")).toEqual(Option.some(before))
    }),
  "tells the time": ({ one }) =>
    Effect.gen(function* () {
      const first = yield* one.now
      expect(first).toBeGreaterThanOrEqual(0)
      expect(yield* one.now).toBeGreaterThanOrEqual(first)
    }),
  "says where an entry lies": ({ one }) =>
    Effect.map(one.describe(key), (text) => expect(text).toContain("accounts/team/tokens"))
}

const claiming: Readonly<Record<string, Case>> = {
  "of many who claim one has it, and the others hear who that is": ({ one, two }) =>
    Effect.gen(function* () {
      const { version } = yield* one.put(key, "first", { expected: "any" })
      const tries = Array.from({ length: 12 }, (_, index) =>
        Effect.either((index % 2 === 0 ? one : two).claim(key, version))
      )
      const answers = yield* Effect.all(tries, { concurrency: "unbounded" })
      expect(answers.filter(Either.isRight)).toHaveLength(1)
      for (const { left } of answers.filter(Either.isLeft)) {
        expect(left).toMatchObject({ _tag: "Claimed", by: expect.stringMatching(/./) })
        expect(left.details).toMatchObject({ millis_left: expect.toSatisfy((left) => left > 0 && left <= 20_000) })
      }
    }),
  "only the version that is there can be claimed": ({ one }) =>
    Effect.gen(function* () {
      expect(yield* tagOf(one.claim(key, "none"))).toBe("Superseded")
      const { version } = yield* one.put(key, "first", { expected: "any" })
      yield* one.put(key, "second", { expected: { version } })
      expect(yield* tagOf(one.claim(key, version))).toBe("Superseded")
    }),
  "what is committed takes the place of what was claimed, and is free again": ({ one, two }) =>
    Effect.gen(function* () {
      const { version } = yield* one.put(key, "first", { expected: "any" })
      const next = yield* Effect.scoped(
        Effect.gen(function* () {
          const claim = yield* one.claim(key, version)
          const stored = yield* claim.commit("second")
          expect(yield* claim.commit("second")).toEqual(stored)
          return stored
        })
      )
      expect(yield* two.get(key)).toEqual(Option.some(next))
      const claim = yield* two.claim(key, next.version)
      expect(claim.abandonedBy).toEqual(Option.none())
    }),
  "a claim of which nothing was spent leaves no trace": ({ one, two }) =>
    Effect.gen(function* () {
      const { version } = yield* one.put(key, "first", { expected: "any" })
      yield* Effect.scoped(Effect.flatMap(one.claim(key, version), ({ unspent }) => unspent))
      const claim = yield* two.claim(key, version, { takeOver: false })
      expect(claim.abandonedBy).toEqual(Option.none())
    }),
  "a login meanwhile stays, and so does a logout": ({ one, two }) =>
    Effect.gen(function* () {
      for (const meanwhile of [two.put(key, "login", { expected: "any" }), two.remove(key, "any")]) {
        const { version } = yield* one.put(key, "first", { expected: "any" })
        const scope = yield* Scope.make()
        const claim = yield* Scope.extend(one.claim(key, version), scope)
        yield* Scope.close(scope, Exit.void)
        yield* meanwhile
        const before = yield* one.get(key)
        expect(yield* tagOf(claim.commit("late"))).toBe("Superseded")
        expect(yield* one.get(key)).toEqual(before)
      }
    }),
  "who is late stores the answer where nobody has written since": ({ one, two }) =>
    Effect.gen(function* () {
      const { version } = yield* one.put(key, "first", { expected: "any" })
      const scope = yield* Scope.make()
      const claim = yield* Scope.extend(one.claim(key, version), scope)
      yield* Scope.close(scope, Exit.void)
      yield* claim.commit("late")
      expect(yield* valueOf(two)).toEqual(Option.some("late"))
    })
}

const leases: Readonly<Record<string, Case>> = {
  "a claim that was not settled is told to the next one": ({ one, two }) =>
    Effect.gen(function* () {
      const { version } = yield* one.put(key, "first", { expected: "any" })
      yield* Effect.scoped(one.claim(key, version))
      const early = yield* Effect.flip(two.claim(key, version, { takeOver: false }))
      expect(early).toMatchObject({ _tag: "Claimed", millisLeft: 0, by: expect.stringContaining("host-1") })
      // Of the second one nothing was spent: then it is still the first who may have.
      yield* Effect.scoped(
        Effect.gen(function* () {
          const claim = yield* two.claim(key, version)
          expect(Option.getOrThrow(claim.abandonedBy)).toContain("host-1")
          yield* claim.unspent
        })
      )
      const again = yield* two.claim(key, version)
      expect(Option.getOrThrow(again.abandonedBy)).toMatch(/^host-1 at \d{4}-\d\d-\d\dT[\d:.]+Z$/)
    }),
  "a lease that is over is taken over, and whoever commits first has it": ({ one, pass, two }) =>
    Effect.gen(function* () {
      for (const order of ["first", "second"] as const) {
        const { version } = yield* one.put(key, "old", { expected: "any" })
        const first = yield* one.claim(key, version, { lease: 1 })
        yield* pass(50)
        const second = yield* two.claim(key, version)
        expect(Option.getOrThrow(second.abandonedBy)).toContain("host-1")
        const [winner, loser] = order === "first" ? [first, second] : [second, first]
        yield* winner.commit("new")
        expect(yield* tagOf(loser.commit("late"))).toBe("Superseded")
        expect(yield* valueOf(one)).toEqual(Option.some("new"))
      }
    }),
  "a put that is sent again takes no claim away": ({ one, two }) =>
    Effect.gen(function* () {
      const put = one.put(key, "first", { expected: "any", version: "of-the-writer" })
      const { version } = yield* put
      yield* two.claim(key, version)
      yield* put
      expect(yield* Effect.flip(one.claim(key, version))).toMatchObject({ _tag: "Claimed" })
    }),
  "what the engine forgot is restored by a commit": ({ forget, one, two }) =>
    Effect.gen(function* () {
      const { version } = yield* one.put(key, "first", { expected: "any" })
      const claim = yield* one.claim(key, version)
      yield* forget(key)
      expect(yield* two.get(key)).toEqual(Option.none())
      yield* claim.commit("second")
      expect(yield* valueOf(two)).toEqual(Option.some("second"))
    }),
  "a time to live ends, and what is put afterwards has none": ({ one, pass, two }) =>
    Effect.gen(function* () {
      yield* one.put("accounts/team/me", "long", { expected: "any", timeToLive: "1 hour" })
      yield* one.put(key, "short", { expected: "any", timeToLive: 1 })
      yield* pass(50)
      expect(yield* valueOf(two)).toEqual(Option.none())
      expect(yield* keysOf(two)).toEqual(["accounts/team/me"])
      expect(yield* valueOf(two, "accounts/team/me")).toEqual(Option.some("long"))
      yield* two.put(key, "next", { expected: "absent" })
      yield* pass(50)
      expect(yield* valueOf(one)).toEqual(Option.some("next"))
    })
}

const names: Readonly<Record<string, Case>> = {
  "a name is a name, whatever is in it": ({ one, two }) =>
    Effect.gen(function* () {
      const hostile = ["[a]*?", "a%_b", "a'b\"c", "a\\b", "ünï/🔑", " ", "accounts/*/tokens"]
      for (const name of hostile) yield* one.put(name, name, { expected: "absent" })
      for (const name of hostile) {
        expect(yield* valueOf(two, name)).toEqual(Option.some(name))
        expect(yield* keysOf(two, name)).toEqual([name])
      }
      expect(yield* keysOf(two)).toEqual([...hostile].sort())
    })
}

const groups: ReadonlyArray<readonly [Feature | null, Readonly<Record<string, Case>>]> = [
  [null, { ...storing, ...claiming }],
  ["leases", leases],
  ["free names", names]
]

/** Runs every case on a store of its own. */
export const contract = (
  ground: Effect.Effect<Ground, unknown, Scope.Scope>,
  lacks: ReadonlyArray<Feature> = []
): void => {
  for (const [feature, cases] of groups) {
    if (feature !== null && lacks.includes(feature)) continue
    for (const [name, run] of Object.entries(cases)) {
      it.scopedLive(name, () =>
        Effect.gen(function* () {
          const given = yield* ground
          yield* run({ ...given, one: yield* given.machine("host-1"), two: yield* given.machine("host-2") })
        })
      )
    }
  }
}
