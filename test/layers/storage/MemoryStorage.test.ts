/** What takes an engine minutes, by a clock that is turned: leases, gravestones, the time of the engine. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { OAuthBrowserAccount } from "#src/domain/account/Account.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { layer as world } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import { layer, layerOver, type Rows } from "#src/layers/memory/MemoryStorage.ts"
import { Accounts } from "#src/services/config/Accounts.ts"
import { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { engineClock } from "#src/services/storage/engineClock.ts"

const key = "accounts/me/tokens"

it.effect("a lease is 20 s, and what is left of it is told", () =>
  Effect.gen(function* () {
    const store = yield* CredentialStorage
    const { version } = yield* store.put(key, "first", { expected: "absent" })
    yield* store.claim(key, version)
    yield* TestClock.adjust("19 seconds")
    expect(yield* Effect.flip(store.claim(key, version))).toMatchObject({
      message:
        "accounts/me/tokens is being renewed by this process at 1970-01-01T00:00:00.000Z, which has 1 s left for it.",
      by: "this process at 1970-01-01T00:00:00.000Z",
      millisLeft: 1000
    })
    yield* TestClock.adjust("1 second")
    expect(yield* Effect.flip(store.claim(key, version, { takeOver: false }))).toMatchObject({
      message: "The renewal of accounts/me/tokens by this process at 1970-01-01T00:00:00.000Z was interrupted."
    })
    const next = yield* store.claim(key, version)
    expect(Option.getOrThrow(next.abandonedBy)).toBe("this process at 1970-01-01T00:00:00.000Z")
  }).pipe(Effect.scoped, Effect.provide(layer))
)

it.effect("a gravestone stands for 10 min: until then a late answer gives way, afterwards it is stored", () => {
  const rows: Rows = new Map()
  return Effect.gen(function* () {
    const store = yield* CredentialStorage
    const { version } = yield* store.put(key, "first", { expected: "absent" })
    const { commit } = yield* store.claim(key, version)
    yield* store.remove(key, "any")
    yield* TestClock.adjust("9 minutes")
    expect(yield* Effect.flip(commit("late"))).toMatchObject({ _tag: "Superseded" })
    expect(rows.size).toBe(1)
    yield* TestClock.adjust("1 minute")
    expect((yield* commit("late")).value).toBe("late")
  }).pipe(Effect.scoped, Effect.provide(layerOver(rows)))
})

it.effect("the engine is asked for the time once a minute, and again where this machine's clock was set", () => {
  let asked = 0
  return Effect.gen(function* () {
    const now = yield* engineClock(
      Effect.sync(() => {
        asked += 1
        return 5_000_000
      })
    )
    expect(yield* now).toBe(5_000_000)
    yield* TestClock.adjust("59 seconds")
    expect([yield* now, asked]).toEqual([5_059_000, 1])
    yield* TestClock.adjust("1 second")
    expect([yield* now, asked]).toEqual([5_000_000, 2])
  })
})

it.effect("a world for tests keeps all in the storage that it is given, and touches no file", () => {
  const rows: Rows = new Map()
  const files = { "~/.mp/config.toml": '[accounts.other]\ntype = "oauth_browser"\nregion = "us"\n' }
  const account = new OAuthBrowserAccount({ name: AccountName.make("me"), region: "eu" })
  return Effect.gen(function* () {
    const { add, list } = yield* Accounts
    const { snapshot } = yield* MemoryFilesControl
    const before = yield* snapshot
    yield* add(account)
    expect((yield* list).map(Either.map((found) => found.account))).toEqual([Either.right(account)])
    expect(rows.get("config")?.value).toContain("[accounts.me]")
    expect(yield* snapshot).toEqual(before)
  }).pipe(Effect.provide(world({ files, credentialStorage: layerOver(rows) })))
})
