import { command } from "#src/domain/hints/Command.ts"
import { it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { readFileSync } from "node:fs"
import { describe, expect } from "vitest"
import { OAuthBrowserAccount, OAuthTokenAccount, ServiceAccount } from "#src/domain/account/Account.ts"
import { decodeMe, type Me } from "#src/domain/api/Me.ts"
import { AccountName, type Region } from "#src/domain/account/identifiers.ts"
import type { Identity } from "#src/domain/session/Caller.ts"
import type { CredentialOrigin } from "#src/domain/session/Session.ts"
import { FileError } from "#src/domain/errors.ts"
import { home, layer } from "#src/layers/memory/layer.ts"
import { MemoryFilesControl } from "#src/layers/memory/MemoryFiles.ts"
import { MeCache } from "#src/services/api/MeCache.ts"
import { headlessFile } from "../support/mp.ts"

const fixture = readFileSync(headlessFile("home-mp/accounts/personal/me.json"), "utf8")
const writtenAt = 1795298089478

const name = AccountName.make("personal")
const path = `${home}/.mp/accounts/personal/me.json`

const service = (secret: string, region: Region = "us", username = "user") =>
  new ServiceAccount({ name, region, username, secret: Redacted.make(secret) })
const browser = (region: Region) => new OAuthBrowserAccount({ name, region })
const inline = (token: string) =>
  new OAuthTokenAccount({ name, region: "us", token: Option.some(Redacted.make(token)) })
const fromVariable = new OAuthTokenAccount({ name, region: "us", tokenEnv: Option.some("CI_TOKEN") })

const of = (account: Identity["account"], origin: CredentialOrigin = "config"): Identity => ({ account, origin })

const answer = {
  user_id: 42,
  user_email: "zoë@example.com",
  plan: { tier: "gold" },
  organizations: { "100": { id: 100, name: "Org" } },
  projects: { "99": { name: "P – 1\u007f", organization_id: 100, colour: "blue" } },
  workspaces: {
    "5": { id: 5, name: "W", project_id: 99, is_default: true, member_list: [1], unified_member_list: [{}], extra: 1 }
  }
}
const me: Effect.Effect<Me> = Effect.orDie(decodeMe({ status: "ok", results: answer }))

const email = (found: Option.Option<Me>) => Option.flatMap(found, ({ userEmail }) => userEmail)
const cached = (identity: Identity) =>
  Effect.map(
    Effect.flatMap(MeCache, (cache) => cache.get(identity)),
    email
  )
const named = (identity: Identity) =>
  Effect.map(
    Effect.flatMap(MeCache, (cache) => cache.names(identity)),
    email
  )
const put = (identity: Identity) =>
  Effect.flatMap(Effect.all([MeCache, me]), ([cache, answered]) => cache.put(identity, answered))
const fileText = Effect.flatMap(MemoryFilesControl, ({ snapshot }) => Effect.map(snapshot, (files) => files[path]))

const jo = Option.some("jo@example.com")
const zoe = Option.some("zoë@example.com")

describe("mixpanel_headless's file", () => {
  it.effect("is accepted for the account, whatever its credential, until it is 24 h old; names outlive that", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(writtenAt + 86_400_000 - 2)
      expect(yield* cached(of(browser("eu")))).toEqual(jo)
      expect(yield* cached(of(service("x")))).toEqual(jo)
      yield* TestClock.adjust(3)
      expect(yield* cached(of(browser("eu")))).toEqual(Option.none())
      expect(yield* named(of(browser("eu")))).toEqual(jo)
    }).pipe(Effect.provide(layer({ files: { [path]: fixture } })))
  )

  it.effect.each(["", '"cached_at": null,', '"cached_at": "soon",'])("never expires with [%s]", (line) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(4e12)
      const file = fixture.replace(/"cached_at": [0-9.]+,/, line)
      yield* Effect.flatMap(MemoryFilesControl, ({ plant }) => plant(path, file))
      expect(yield* cached(of(browser("eu")))).toEqual(jo)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("of the far future is not fresh", () =>
    Effect.map(cached(of(browser("eu"))), (found) => expect(found).toEqual(Option.none())).pipe(
      Effect.provide(layer({ files: { [path]: fixture } }))
    )
  )
})

describe("our file", () => {
  it.effect("has mixpanel_headless's format on one line: ASCII, nulls for what was not said, no members", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_795_294_491_320)
      yield* put(of(service("s3cret")))
      const text = (yield* fileText) ?? ""
      const { cached_credential: mark, ...rest } = JSON.parse(text)
      expect(rest).toEqual({
        user_id: 42,
        user_email: "zoë@example.com",
        user_name: null,
        plan: { tier: "gold" },
        organizations: { "100": { id: 100, name: "Org", role: null, permissions: null } },
        projects: {
          "99": {
            name: "P – 1\u007f",
            organization_id: 100,
            colour: "blue",
            timezone: null,
            has_workspaces: null,
            domain: null,
            type: null
          }
        },
        workspaces: {
          "5": {
            id: 5,
            name: "W",
            project_id: 99,
            is_default: true,
            extra: 1,
            is_global: null,
            is_restricted: null,
            is_visible: null,
            description: null,
            creator_name: null
          }
        },
        cached_at: 1795294491.32,
        cached_region: null
      })
      expect(mark).toMatch(/^[\w-]{43}$/)
      expect(text).toMatch(/^\{"user_id":42,[\x20-\x7e]*$/)
      expect(text).toContain('"zo\\u00eb@example.com"')
      expect(text).not.toContain("s3cret")
    }).pipe(Effect.provide(layer()))
  )

  it.effect("survives the way through the cache and back unchanged", () =>
    Effect.gen(function* () {
      const cache = yield* MeCache
      yield* put(of(browser("us")))
      const first = yield* fileText
      const again = yield* cache.get(of(browser("us")))
      yield* cache.put(of(browser("us")), Option.getOrThrow(again))
      expect(yield* fileText).toBe(first)
    }).pipe(Effect.provide(layer()))
  )

  it.effect.each([
    { what: "secret", before: service("a"), after: service("b") },
    { what: "username", before: service("a"), after: service("a", "us", "other") },
    { what: "region", before: service("a"), after: service("a", "eu") },
    { what: "region of a login", before: browser("us"), after: browser("eu") },
    { what: "bearer", before: inline("a"), after: inline("b") },
    { what: "type", before: service("a"), after: browser("us") }
  ])("is a miss for another $what, for names too", ({ after, before }) =>
    Effect.gen(function* () {
      yield* put(of(before))
      expect(yield* cached(of(before))).toEqual(zoe)
      expect(yield* cached(of(after))).toEqual(Option.none())
      expect(yield* named(of(after))).toEqual(Option.none())
    }).pipe(Effect.provide(layer()))
  )

  it.effect("knows the bearer of a variable by its value, and not by its name", () =>
    Effect.gen(function* () {
      const saying = (token: string) =>
        Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["CI_TOKEN", token]])))
      yield* saying("one")(put(of(fromVariable)))
      expect(yield* saying("one")(cached(of(fromVariable)))).toEqual(zoe)
      expect(yield* saying("two")(cached(of(fromVariable)))).toEqual(Option.none())
      expect(yield* cached(of(fromVariable))).toEqual(Option.none())
    }).pipe(Effect.provide(layer()))
  )
})

describe("what another server says", () => {
  const led = (variables: Readonly<Record<string, string>>) =>
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables))))
  const gateway = { MP_API_BASE_URL: "https://gateway.example" }

  it.effect.each([
    { from: gateway, to: {} },
    { from: {}, to: gateway },
    { from: {}, to: { MP_APP_BASE_URL: "https://gateway.example" } },
    { from: gateway, to: { MP_API_BASE_URL: "https://gateway.example:8443" } },
    { from: gateway, to: { ...gateway, MP_APP_BASE_URL: "https://app.example" } }
  ])("is no knowledge about this one: $from, then $to", ({ from, to }) =>
    Effect.gen(function* () {
      yield* led(from)(put(of(browser("us"))))
      expect(yield* led(from)(cached(of(browser("us"))))).toEqual(zoe)
      expect(yield* led(to)(cached(of(browser("us"))))).toEqual(Option.none())
      expect(yield* led(to)(named(of(browser("us"))))).toEqual(Option.none())
    }).pipe(Effect.provide(layer()))
  )
})

describe("no cache", () => {
  it.effect.each(["environment", "bridge"] as const)("of the %s is read or written", (origin) =>
    Effect.gen(function* () {
      yield* put(of(service("a"), origin))
      expect(yield* fileText).toBeUndefined()
      yield* put(of(service("a")))
      expect(yield* named(of(service("a"), origin))).toEqual(Option.none())
    }).pipe(Effect.provide(layer()))
  )

  it.effect.each(["", "{", "[]", "null", '{"results": 5}'])("is made of %s", (text) =>
    Effect.gen(function* () {
      yield* Effect.flatMap(MemoryFilesControl, ({ plant }) => plant(path, text))
      expect(yield* named(of(browser("eu")))).toEqual(Option.none())
    }).pipe(Effect.provide(layer()))
  )

  it.effect("is read through a link or from a wide file, nor is it an error that it cannot be written", () =>
    Effect.gen(function* () {
      const refused = new FileError({
        path,
        problem: "wide_mode",
        reason: "is readable by others",
        fix: command`chmod 600`
      })
      yield* Effect.flatMap(MemoryFilesControl, ({ obstruct }) => obstruct(path, refused))
      expect(yield* named(of(browser("eu")))).toEqual(Option.none())
      yield* put(of(browser("eu")))
      expect(yield* fileText).toBe(fixture)
    }).pipe(Effect.provide(layer({ files: { [path]: fixture } })))
  )

  it.effect("is left when it is dropped", () =>
    Effect.gen(function* () {
      const cache = yield* MeCache
      expect(yield* cache.drop(AccountName.make("personal"))).toBe(true)
      expect(yield* cache.drop(AccountName.make("personal"))).toBe(false)
      expect(yield* fileText).toBeUndefined()
    }).pipe(Effect.provide(layer({ files: { [path]: fixture } })))
  )
})
