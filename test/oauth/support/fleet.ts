/** Replicas that share a login in an engine in memory, on the test's clock, with an engine and a server that can be hurt. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { StorageError } from "#src/domain/storage/StorageError.ts"
import { type OAuthTokens, tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import * as FixedCrypto from "#src/layers/memory/FixedCrypto.ts"
import * as MemoryFiles from "#src/layers/memory/MemoryFiles.ts"
import { memoryEngine, type Rows } from "#src/layers/memory/MemoryStorage.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { Crypto } from "#src/services/platform/Crypto.ts"
import { CredentialStorage } from "#src/services/storage/CredentialStorage.ts"
import { type Engine, fromEngine } from "#src/services/storage/Engine.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"
import { TokenSettings, type TokenSettingsShape } from "#src/services/tokens/TokenSettings.ts"
import { makeAuthority } from "./StrictAuthority.ts"
import { account, clientId, over, tokensOf } from "./world.ts"

export const tokensKey = `accounts/${account.name}/tokens`

/** How a test hurts each step; by default nothing happens. */
type Hurt = (step: keyof Engine, run: Effect.Effect<unknown, StorageError>) => Effect.Effect<unknown, StorageError>

export const away = new StorageError({
  operation: "put",
  key: tokensKey,
  store: "the engine of this test",
  reason: "it is away",
  temporary: true
})

const hurtable = (engine: Engine, calls: Array<keyof Engine>, hurt: () => Hurt): Engine => {
  const step = <A>(name: keyof Engine, run: Effect.Effect<A, StorageError>): Effect.Effect<A, StorageError> =>
    Effect.suspend(() => {
      calls.push(name)
      let done: Option.Option<A> = Option.none()
      const noting = Effect.tap(run, (value) => Effect.sync(() => void (done = Option.some(value))))
      return Effect.flatMap(hurt()(name, noting), () => Effect.orElse(done, () => away))
    })
  return {
    ...engine,
    get: (key) => step("get", engine.get(key)),
    put: (key, entry, how) => step("put", engine.put(key, entry, how)),
    remove: (key, gravestone, expected) => step("remove", engine.remove(key, gravestone, expected)),
    claim: (key, version, how) => step("claim", engine.claim(key, version, how)),
    settle: (key, holder, isUnspent) => step("settle", engine.settle(key, holder, isUnspent))
  }
}

const settings: TokenSettingsShape = { lease: "20 seconds", cacheFor: "60 seconds", renewBefore: "never" }

interface Given {
  /** Seconds that tokens live. */
  readonly lifetime?: number
  readonly settings?: Partial<TokenSettingsShape>
  /** By how many milliseconds the engine's clock is ahead of this machine's. */
  readonly ahead?: number
  /** When the tokens of the beginning expire; long ago unless given. */
  readonly expiresAt?: number
}

/** A fleet whose login is stored and has expired. */
export const makeFleetWorld = (given: Given = {}) =>
  Effect.gen(function* () {
    const authority = makeAuthority(() => given.lifetime ?? 3600)
    const rows: Rows = new Map()
    const calls: Array<keyof Engine> = []
    const crypto = yield* Effect.provide(Crypto, FixedCrypto.layer)
    const world = {
      authority,
      calls,
      rows,
      first: authority.login(clientId),
      hurt: ((_, run) => run) as Hurt,
      /** What the server does with a request, given what the rules say. */
      server: (answer: () => ScriptedHttp.ScriptedResponse): ReturnType<ScriptedHttp.ScriptedHandler> =>
        Effect.sync(answer),
      requests: 0
    }
    const storageOf = (name: string) => {
      const plain = memoryEngine(rows)
      const now = Effect.map(plain.now, (millis) => millis + (given.ahead ?? 0))
      return fromEngine(
        hurtable({ ...plain, now }, calls, () => world.hurt),
        crypto,
        name
      )
    }
    const http = ScriptedHttp.layer(({ body }) =>
      Effect.suspend(() => {
        world.requests += 1
        const answer = world.server(() => authority.refresh(new URLSearchParams(body)))
        return Effect.isEffect(answer) ? answer : Effect.succeed(answer)
      })
    )
    const replica = (name: string) =>
      Layer.build(
        Layer.fresh(
          over(
            MemoryFiles.layer,
            http,
            "/home/test",
            "http://127.0.0.1:9",
            Layer.effect(CredentialStorage, storageOf(name))
          )
        ).pipe(Layer.provide(Layer.succeed(TokenSettings, { ...settings, ...given.settings })))
      )
    const hand = yield* storageOf("the hand of the test")
    const put = (tokens: OAuthTokens) => hand.put(tokensKey, tokensText(tokens), { expected: "any" })
    yield* put(tokensOf(world.first, Option.some(given.expiresAt ?? 1000)))
    calls.length = 0
    return Object.assign(world, { hand, put, replica })
  })

export type Replica = Context.Context<TokenResolver>

export const ask = (replica: Replica) =>
  Effect.map(Context.get(replica, TokenResolver).bearer(account, "config"), ({ token }) => Redacted.value(token))

/** Builds replicas by name. */
export const replicas = <E, R>(
  { replica }: { readonly replica: (name: string) => Effect.Effect<Replica, E, R | Scope.Scope> },
  count: number
) =>
  Effect.forEach(
    Array.from({ length: count }, (_, at) => `host-${at + 1}`),
    replica
  )
