/** What belongs to one machine on disk, in a store that many share: names that change, clients that are registered at once. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { ClientRegistration } from "#src/domain/oauth/ClientRegistration.ts"
import { memoryEngine, type Rows } from "#src/layers/memory/MemoryStorage.ts"
import { layer as world } from "#src/layers/memory/layer.ts"
import { renameAccount } from "#src/services/config/renameAccount.ts"
import * as ConfigStore from "#src/services/config/ConfigStore.ts"
import * as ClientStore from "#src/services/oauth/ClientStore.ts"
import { Crypto, layer as webCrypto } from "#src/services/platform/Crypto.ts"
import { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { fromEngine } from "#src/services/storage/Engine.ts"
import { immortal, type Life, lifeOf, mortalEngine } from "../support/life.ts"

const shared = (rows: Rows, life: Life) =>
  Layer.effect(
    CredentialStorage,
    Effect.flatMap(Crypto, (crypto) => fromEngine(mortalEngine(memoryEngine(rows), life), crypto, "a machine"))
  ).pipe(Layer.provide(webCrypto))

const over = (rows: Rows, life: Life) =>
  Layer.mergeAll(ConfigStore.layer, ClientStore.layer).pipe(
    Layer.provideMerge(shared(rows, life)),
    Layer.provideMerge(Layer.merge(world(), webCrypto))
  )

const config = (name: string) => `[accounts.${name}]\ntype = "oauth_browser"\nregion = "us"\n`

const login = (refreshes: number) =>
  JSON.stringify({ access_token: "a", token_type: "Bearer", scope: "", refresh_token: "r", session: `f.${refreshes}` })

const begun = (rows: Rows) =>
  Effect.gen(function* () {
    const { put } = yield* CredentialStorage
    yield* put("config", config("me"), { expected: "absent" })
    yield* put("accounts/me/tokens", login(0), { expected: "absent" })
    yield* put("accounts/me/me", "{}", { expected: "absent" })
  }).pipe(Effect.provide(Layer.unwrapEffect(Effect.map(immortal, (life) => shared(rows, life)))))

const values = (rows: Rows) =>
  Object.fromEntries([...rows].flatMap(([key, { value }]) => (value === "" ? [] : [[key, value]])))

const finished = { config: config("acme"), "accounts/acme/tokens": login(0), "accounts/acme/me": "{}" }

const rename = (rows: Rows, life: Life, from = "me", to = "acme") =>
  Effect.provide(renameAccount(from, AccountName.make(to)), over(rows, life))

describe("an account that is renamed in a shared store", () => {
  it.effect("takes its entries with it", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      yield* begun(rows)
      yield* rename(rows, yield* immortal)
      expect(values(rows)).toEqual(finished)
    })
  )

  it.effect.each(Array.from({ length: 11 }, (_, changes) => changes))(
    "killed after %d changes: the name in the configuration has the login, and the rename can be repeated",
    (changes) =>
      Effect.gen(function* () {
        const rows: Rows = new Map()
        yield* begun(rows)
        const life = yield* lifeOf(changes)
        const fiber = yield* Effect.forkDaemon(rename(rows, life))
        yield* Effect.raceFirst(Effect.asVoid(Fiber.await(fiber)), life.death)
        const isDone = values(rows)["config"] === config("acme")
        expect(values(rows)[`accounts/${isDone ? "acme" : "me"}/tokens`]).toBe(login(0))
        if (isDone) return
        yield* TestClock.adjust("30 seconds")
        yield* rename(rows, yield* immortal)
        expect(values(rows)).toEqual(finished)
      })
  )

  it.effect("waits for whoever renews its login, and takes what comes of that", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      yield* begun(rows)
      const life = yield* immortal
      const renewed = Effect.gen(function* () {
        const store = yield* CredentialStorage
        const { version } = Option.getOrThrow(yield* store.get("accounts/me/tokens"))
        const claim = yield* store.claim("accounts/me/tokens", version)
        const fiber = yield* Effect.fork(rename(rows, life))
        yield* TestClock.adjust("3 seconds")
        expect(values(rows)["accounts/acme/tokens"]).toBeUndefined()
        yield* claim.commit(login(1))
        yield* TestClock.adjust("3 seconds")
        yield* Fiber.join(fiber)
      })
      yield* Effect.provide(Effect.scoped(renewed), shared(rows, life))
      expect(values(rows)).toEqual({ ...finished, "accounts/acme/tokens": login(1) })
    })
  )

  it.effect("does not take the place of a login that no account is configured for", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      yield* begun(rows)
      const life = yield* immortal
      const other = JSON.stringify({ access_token: "o", token_type: "Bearer", scope: "", refresh_token: "other" })
      yield* Effect.provide(
        Effect.flatMap(CredentialStorage, ({ put }) => put("accounts/acme/tokens", other, { expected: "absent" })),
        shared(rows, life)
      )
      const before = values(rows)
      expect(yield* Effect.flip(rename(rows, life))).toMatchObject({
        message: "accounts/acme/tokens in memory is the login of an account that is not configured."
      })
      expect(values(rows)).toEqual(before)
    })
  )
})

describe("clients that are registered in a shared store", () => {
  const client = (clientId: string) =>
    new ClientRegistration({
      clientId,
      region: "us",
      redirectUri: "http://localhost:19284/callback",
      scope: "",
      createdAt: "2026-01-01T00:00:00Z",
      origin: Option.some("https://mixpanel.com")
    })

  it.effect("at the same time by two machines: the second adopts the first's; a forgotten one is replaced", () =>
    Effect.gen(function* () {
      const rows: Rows = new Map()
      const put = (registered: ClientRegistration, instead?: ClientRegistration) =>
        Effect.flatMap(ClientStore.ClientStore, (clients) =>
          Effect.map(clients.put(registered, instead), ({ clientId }) => clientId)
        )
      const machine = over(rows, yield* immortal)
      const both = yield* Effect.all([put(client("one")), put(client("two"))], { concurrency: 2 }).pipe(
        Effect.provide(machine)
      )
      expect(new Set(both).size).toBe(1)
      const held = client(both[0])
      expect(yield* Effect.provide(put(client("three")), machine)).toBe(both[0])
      expect(yield* Effect.provide(put(client("four"), held), machine)).toBe("four")
      expect(yield* Effect.provide(put(client("five"), held), machine)).toBe("four")
      expect(values(rows)["clients/us"]).toContain("four")
    })
  )
})
