/** A bearer that is to last: refreshed early, and the best there is where that does not help. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { describe, expect } from "vitest"
import { OAuthBrowserAccount, OAuthTokenAccount } from "#src/domain/account/Account.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { OAuthTokens, tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import { layer } from "#src/layers/memory/layer.ts"
import { type ScriptedHandler, ScriptedHttp } from "#src/layers/memory/ScriptedHttp.ts"
import { lastingBearer } from "#src/services/tokens/lastingBearer.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"

const me = new OAuthBrowserAccount({ name: AccountName.make("me"), region: "us" })
const now = Date.parse("2026-01-01T00:00:00Z")
const minute = 60_000

const stored = (refreshToken: Option.Option<string>) =>
  tokensText(
    new OAuthTokens({
      accessToken: Redacted.make("first"),
      refreshToken: Option.map(refreshToken, Redacted.make),
      expiresAt: Option.some(now + 10 * minute),
      tokenType: "Bearer",
      scope: "",
      clientId: Option.some("c")
    })
  )

const grants: ScriptedHandler = () => ({
  body: { access_token: "second", token_type: "Bearer", expires_in: 3600, refresh_token: "next" }
})
const revokes: ScriptedHandler = () => ({ status: 400, body: { error: "invalid_grant" } })

const lasting = (minTtl: number, http: ScriptedHandler, refreshToken = Option.some("refresh")) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now)
    const resolver = yield* TokenResolver
    const { bearer, short } = yield* lastingBearer(resolver, me, "config", minTtl)
    const { requests } = yield* ScriptedHttp
    return { token: Redacted.value(bearer.token), short: Option.getOrNull(short), asked: (yield* requests).length }
  }).pipe(Effect.provide(layer({ http, files: { "~/.mp/accounts/me/tokens.json": stored(refreshToken) } })))

describe("a bearer that is to last", () => {
  it.effect("is the one at hand while that does", () =>
    Effect.map(lasting(9 * minute, grants), (got) => expect(got).toEqual({ token: "first", short: null, asked: 0 }))
  )

  it.effect("is refreshed early where it would not", () =>
    Effect.map(lasting(11 * minute, grants), (got) => expect(got).toEqual({ token: "second", short: null, asked: 1 }))
  )

  it.effect("is the fresh one, with a note, beyond what the server grants", () =>
    Effect.map(lasting(90 * minute, grants), (got) =>
      expect(got).toEqual({ token: "second", short: "the server grants no longer one", asked: 1 })
    )
  )

  it.effect("is the one at hand, with a note, where there is no other one to be had", () =>
    Effect.gen(function* () {
      expect(yield* lasting(90 * minute, grants, Option.none())).toEqual({
        token: "first",
        short: "it cannot be refreshed",
        asked: 0
      })
      expect(yield* lasting(90 * minute, revokes)).toMatchObject({
        token: "first",
        short: expect.stringMatching(/^it could not be refreshed: /)
      })
    })
  )

  it.effect("is any bearer that does not say when it expires", () =>
    Effect.gen(function* () {
      const ci = new OAuthTokenAccount({
        name: AccountName.make("ci"),
        region: "us",
        token: Option.some(Redacted.make("t"))
      })
      const { short } = yield* lastingBearer(yield* TokenResolver, ci, "config", 90 * minute)
      expect(short).toEqual(Option.none())
    }).pipe(Effect.provide(layer()))
  )
})
