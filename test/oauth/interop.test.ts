/** One `~/.mp` for two tools: what mixpanel_headless wrote is used, and what we write it can read. */
import { chmod, cp, readdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { OAuthBrowserAccount } from "#src/domain/account/Account.ts"
import { AccountName } from "#src/domain/account/identifiers.ts"
import { OAuthTokens } from "#src/domain/oauth/OAuthTokens.ts"
import { ClientRegistration, encodeRegistration } from "#src/domain/oauth/ClientRegistration.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { ClientStore } from "#src/services/oauth/ClientStore.ts"
import { TokenResolver } from "#src/services/tokens/TokenResolver.ts"
import { diskAt, over, readText, temporaryHome, tokensOf, tokensPath } from "./support/world.ts"

const fixtures = fileURLToPath(new URL("../fixtures/mixpanel_headless/home-mp", import.meta.url))

/** Git keeps no modes: files 0600, directories 0700, as mixpanel_headless leaves them. */
const makePrivate = async (directory: string): Promise<void> => {
  await chmod(directory, 0o700)
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) await makePrivate(path)
    else await chmod(path, 0o600)
  }
}

const headlessHome = Effect.tap(temporaryHome, (home) =>
  Effect.promise(async () => {
    await cp(fixtures, join(home, ".mp"), { recursive: true })
    await makePrivate(join(home, ".mp"))
  })
)

const personal = new OAuthBrowserAccount({ name: AccountName.make("personal"), region: "eu" })

const rotated = ScriptedHttp.layer(() => ({
  body: { access_token: "at-new", refresh_token: "rt-new", expires_in: 3600, token_type: "Bearer", scope: "projects" }
}))

const bearerOf = Effect.flatMap(TokenResolver, (resolver) =>
  Effect.map(resolver.bearer(personal, "config"), ({ expiresAt, token }) => ({
    token: Redacted.value(token),
    expiresAt
  }))
)

/** The rules of mixpanel_headless's reader (behaviour.md, 1.3). */
const headlessReads = (text: string): boolean => {
  const json: unknown = JSON.parse(text)
  if (typeof json !== "object" || json === null) return false
  const fields = new Map<string, unknown>(Object.entries(json))
  const expiresAt = fields.get("expires_at")
  return (
    ["access_token", "token_type"].every((key) => typeof fields.get(key) === "string" && fields.get(key) !== "") &&
    typeof fields.get("scope") === "string" &&
    typeof expiresAt === "string" &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/.test(expiresAt)
  )
}

describe("interop with mixpanel_headless", () => {
  it.scoped("its tokens are used as they are", () =>
    Effect.gen(function* () {
      const home = yield* headlessHome
      const { expiresAt, token } = yield* Effect.provide(bearerOf, over(diskAt(home), rotated, home))
      expect(token).toBe("at-eyJhbGciOi.personal")
      expect(expiresAt).toEqual(Option.some(Date.parse("2036-01-01T12:00:00.123Z")))
    })
  )

  it.scoped("its tokens are refreshed as its client, and the file keeps its form", () =>
    Effect.gen(function* () {
      const home = yield* headlessHome
      const registration = join(home, ".mp/oauth/client_eu.json")
      const before = yield* readText(registration)
      yield* TestClock.setTime(Date.UTC(2036, 0, 1, 12, 0, 0, 45))
      const http = yield* Layer.build(rotated)
      yield* Effect.gen(function* () {
        expect((yield* bearerOf).token).toBe("at-new")
        const sent = yield* Context.get(http, ScriptedHttp.ScriptedHttp).requests
        expect(sent).toHaveLength(1)
        expect(sent[0]).toMatchObject({ method: "POST", url: "http://127.0.0.1:9/oauth/token/" })
        expect(sent[0]?.body).toBe("grant_type=refresh_token&refresh_token=rt-personal-0001&client_id=cid-eu-0001")
        expect(sent[0]?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/)
        expect(sent[0]?.headers["authorization"]).toBeUndefined()
      }).pipe(Effect.provide(over(diskAt(home), Layer.succeedContext(http), home)))
      const text = yield* readText(tokensPath(home, "personal"))
      expect(text).toBe(
        '{"access_token": "at-new", "expires_at": "2036-01-01T13:00:00.045000+00:00", "token_type": "Bearer", ' +
          '"scope": "projects", "refresh_token": "rt-new", "client_id": "cid-eu-0001", "origin": "http://127.0.0.1:9"}'
      )
      expect(headlessReads(text)).toBe(true)
      expect(yield* readText(registration)).toBe(before)
      const mode = yield* Effect.promise(() => stat(tokensPath(home, "personal")))
      expect(mode.mode & 0o777).toBe(0o600)
    })
  )

  it.scoped("its registration is read, written back the same, and not overwritten by one for another port", () =>
    Effect.gen(function* () {
      const home = yield* headlessHome
      const original = yield* Effect.promise(() => readFile(join(fixtures, "oauth/client_eu.json"), "utf8"))
      yield* Effect.gen(function* () {
        const clients = yield* ClientStore
        const mixpanel = "https://eu.mixpanel.com"
        const primary = Option.getOrThrow(yield* clients.primary("eu", mixpanel))
        expect(primary.clientId).toBe("cid-eu-0001")
        expect(encodeRegistration(primary)).toBe(original.trimEnd())
        const other = new ClientRegistration({
          clientId: "cid-eu-0002",
          region: "eu",
          redirectUri: "http://localhost:19285/callback",
          scope: "projects",
          createdAt: "2026-11-21T00:00:00.000Z"
        })
        const minted = new OAuthTokens({
          ...tokensOf({ access: "at", refresh: "rt", generation: 0 }),
          clientId: Option.some(other.clientId)
        })
        yield* clients.put(other)
        expect(yield* clients.find("eu", mixpanel, other.redirectUri)).toEqual(Option.some(other))
        expect(yield* clients.find("eu", mixpanel, "http://localhost:19284/callback")).toEqual(Option.some(primary))
        expect(yield* clients.find("us", "https://mixpanel.com", other.redirectUri)).toEqual(Option.none())
        expect(yield* clients.describe("eu", minted)).toBe(join(home, ".mp/oauth/client_eu_19285.json"))
      }).pipe(Effect.provide(over(diskAt(home), rotated, home)))
      expect(yield* readText(join(home, ".mp/oauth/client_eu.json"))).toBe(original)
    })
  )

  it.scoped("tokens without a client and no registration for the region: a login is needed, nothing is sent", () =>
    Effect.gen(function* () {
      const home = yield* headlessHome
      yield* TestClock.setTime(Date.UTC(2037, 0, 1))
      const us = new OAuthBrowserAccount({ name: AccountName.make("personal"), region: "us" })
      yield* Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.flatMap(TokenResolver, (resolver) => resolver.bearer(us, "config")))
        expect(error).toMatchObject({ _tag: "OAuthRefreshError", temporary: false })
        expect(error.hints).toEqual(["mp account login personal"])
      }).pipe(Effect.provide(over(diskAt(home), rotated, home)))
    })
  )
})
