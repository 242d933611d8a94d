/** Promise 18 for tokens: what somebody else puts into a bridge is not adopted, and ends no login. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { describe } from "vitest"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import type { Issued } from "./support/StrictAuthority.ts"
import { hostHome, sharedPath, type TwoHomes, twoHomes } from "./support/twoHomes.ts"
import { clientId, tokensOf, tokensPath } from "./support/world.ts"

const later = TestClock.adjust("2 hours")
const fresh = Option.some(1e12)
const here = `${hostHome}/work/mixpanel_auth.json`
const below = `${hostHome}/work/box/auth.json`
const atHome = `${hostHome}/.claude/mixpanel/auth.json`

const json = (text: string | undefined) => JSON.parse(text ?? "{}")

/** A bridge at `from` with other tokens, of the same family and far ahead, put to `to`. */
const forge = (world: TwoHomes, from: string, to: string, issued: Issued, more: object = {}, expiresAt = fresh) =>
  Effect.flatMap(world.text(from), (text) => {
    const bridge = json(text)
    const session = String(bridge.tokens.session).replace(/[0-9]+$/, "999999")
    const tokens = { ...json(tokensText(tokensOf(issued, expiresAt))), session, ...more }
    return world.control.plant(to, JSON.stringify({ ...bridge, tokens }))
  })

const own = (world: TwoHomes) => Effect.map(world.text(tokensPath(hostHome)), json)

/** The host goes on with its own login, which nobody has spent twice. */
const keepsItsOwn = (world: TwoHomes, stranger: Issued) =>
  Effect.gen(function* () {
    const access = yield* world.host
    expect(world.authority.accepts(access)).toBe(true)
    expect(access.split("-")[1]).toBe(world.first.access.split("-")[1])
    expect(JSON.stringify(yield* own(world))).not.toContain(stranger.refresh)
    expect(world.authority.figures().reuses).toBe(0)
  })

describe("somebody else's tokens", () => {
  it.scoped.each([
    ["in the bridge that was exported", sharedPath, sharedPath],
    ["in a bridge of the home directory that was not", sharedPath, atHome],
    ["in the working directory", sharedPath, here],
    ["in a bridge that was exported to the working directory", here, here],
    ["in a bridge that was exported below it", below, below]
  ] as const)("%s, of the same family and ahead: not adopted", ([, exported, planted]) =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(exported)
      const eve = world.stranger()
      yield* forge(world, exported, planted, eve)
      yield* later
      yield* keepsItsOwn(world, eve)
      yield* later
      yield* world.removeAt(planted)
      yield* keepsItsOwn(world, eve)
    })
  )

  it.scoped("that have expired are not adopted once they are renewed", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      const eve = world.stranger()
      yield* forge(world, sharedPath, sharedPath, eve, {}, Option.some(0))
      yield* later
      yield* keepsItsOwn(world, eve)
    })
  )

  it.scoped("are not adopted by a login that is dead", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      const eve = world.stranger()
      for (const path of [sharedPath, atHome, here]) yield* forge(world, sharedPath, path, eve)
      world.authority.revoke(world.first.access)
      yield* later
      expect(yield* Effect.flip(world.host)).toMatchObject({ code: "OAUTH_REFRESH_REVOKED" })
      expect(JSON.stringify(yield* own(world))).not.toContain(eve.access)
    })
  )
})

describe("tokens of the same user", () => {
  it.scoped("are not taken from the working directory, and the account's own are not spent", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(below)
      const before = yield* own(world)
      yield* forge(world, below, below, world.authority.login(clientId))
      yield* later
      const error = yield* Effect.flip(world.host)
      expect(error).toMatchObject({ code: "OAUTH_TOKEN_ERROR", message: expect.stringContaining(below) })
      expect(yield* Effect.flip(world.removeAt(below))).toMatchObject({ code: "OAUTH_TOKEN_ERROR" })
      expect(yield* own(world)).toEqual(before)
      expect(world.authority.figures().requests).toBe(1)
    })
  )

  it.scoped("are not taken from a bridge that was not exported, when it ends or is replaced", () =>
    Effect.gen(function* () {
      for (const end of ["removeAt", "exportTo"] as const) {
        const world = yield* twoHomes
        yield* world.exportTo(sharedPath)
        const other = world.authority.login(clientId)
        yield* forge(world, sharedPath, atHome, other)
        yield* world[end](atHome)
        expect(JSON.stringify(yield* own(world))).not.toContain(other.refresh)
        yield* later
        yield* keepsItsOwn(world, other)
      }
    })
  )

  it.scoped("wait while the server cannot be asked whose they are: nothing is spent, nothing removed", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      yield* later
      const access = yield* world.vm()
      const before = yield* own(world)
      world.setOffline(true)
      expect(yield* Effect.flip(world.host)).toMatchObject({ code: "OAUTH_TOKEN_ERROR" })
      expect(yield* Effect.flip(world.removeAt(sharedPath))).toMatchObject({ code: "OAUTH_TOKEN_ERROR" })
      expect(yield* own(world)).toEqual(before)
      world.setOffline(false)
      expect(yield* world.host).toBe(access)
    })
  )
})

it.scoped("tokens of a user of 9,000 projects are known to be theirs", () =>
  Effect.gen(function* () {
    const world = yield* twoHomes
    yield* world.exportTo(sharedPath)
    world.setProjects(9000)
    yield* later
    const access = yield* world.vm()
    expect(yield* world.host).toBe(access)
    expect(world.authority.figures()).toMatchObject({ requests: 2, reuses: 0 })
  })
)

describe("the login of an account is not given to a bridge that only has its name", () => {
  const elsewhere = "/elsewhere/auth.json"
  /** A dead bridge at a path, as whoever writes there can make one, of the login that is exported or of any other. */
  const plantDead = (world: TwoHomes, path: string, sameFamily: boolean) =>
    Effect.gen(function* () {
      const text = yield* world.text(sharedPath)
      const eve = world.stranger()
      world.authority.revoke(eve.access)
      if (sameFamily) return yield* forge(world, sharedPath, path, eve, {}, Option.some(0))
      const tokens = json(tokensText(tokensOf(eve, Option.some(0))))
      yield* world.control.plant(path, JSON.stringify({ ...json(text), tokens }))
    })
  const loseLogin = (world: TwoHomes) =>
    Effect.gen(function* () {
      world.authority.revoke(world.first.access)
      const second = world.authority.login(clientId)
      yield* world.control.plant(tokensPath(hostHome), tokensText(tokensOf(second, Option.some(1e10))))
      return second
    })
  const staysDead = (world: TwoHomes, path: string, own: Issued) =>
    Effect.gen(function* () {
      const before = yield* world.text(path)
      expect(yield* Effect.flip(world.hostBridge(path))).toMatchObject({ code: "OAUTH_REFRESH_REVOKED" })
      expect(yield* world.text(path)).toBe(before)
      expect(
        JSON.stringify(Object.entries(yield* world.control.snapshot).filter(([at]) => at !== tokensPath(hostHome)))
      ).not.toContain(own.refresh)
      expect(yield* world.host).toBe(own.access)
      expect(world.authority.figures().reuses).toBe(0)
    })

  it.scoped.each([
    ["of another path, of the same family", elsewhere, true],
    ["of another path, of its own", elsewhere, false],
    ["in the home directory, of the same family", atHome, true],
    ["in the home directory, of its own", atHome, false],
    ["in the working directory, of the same family", here, true],
    ["where one was exported, but of another family", sharedPath, false]
  ] as const)("%s", ([, path, sameFamily]) =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      yield* plantDead(world, path, sameFamily)
      yield* later
      yield* staysDead(world, path, yield* loseLogin(world))
    })
  )

  it.scoped("where one was exported and removed, and comes back", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      const text = (yield* world.text(sharedPath)) ?? ""
      yield* world.removeAt(sharedPath)
      yield* world.control.plant(sharedPath, text)
      yield* later
      yield* staysDead(world, sharedPath, yield* loseLogin(world))
    })
  )

  it.scoped("where one was exported, once somebody else is logged in", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      yield* later
      const own = yield* loseLogin(world)
      const me = JSON.stringify({ results: { user_id: 8 } })
      yield* world.control.plant(`${hostHome}/.mp/accounts/me/me.json`, me)
      yield* staysDead(world, sharedPath, own)
    })
  )
})

it.scoped("a nested key in the exported bridge costs the host nothing", () =>
  Effect.gen(function* () {
    for (const depth of [10, 150, 5000]) {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      const text = (yield* world.text(sharedPath)) ?? ""
      const nested = "[".repeat(depth) + "]".repeat(depth)
      yield* world.control.plant(sharedPath, text.replace('"access_token"', `"x": ${nested}, "access_token"`))
      yield* later
      const access = yield* world.host
      expect((yield* own(world)).access_token).toBe(access)
      yield* later
      expect(world.authority.accepts(yield* world.host)).toBe(true)
      expect(world.authority.figures()).toMatchObject({ reuses: 0 })
    }
  })
)
