/** Rulings 7 and 8, promises 1, 5 and 7 for bridges: whoever refreshes, nobody who shares the file is logged out. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { describe } from "vitest"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import { hostHome, sharedPath, type TwoHomes, twoHomes, vmHome } from "./support/twoHomes.ts"
import { account, clientId, tokensOf, tokensPath } from "./support/world.ts"

const later = TestClock.adjust("2 hours")

const steps = {
  vm: (world: TwoHomes) => world.vm(),
  host: (world: TwoHomes) => world.host,
  "host by the bridge": (world: TwoHomes) => world.hostBridge(),
  "all at once": (world: TwoHomes) =>
    Effect.all([world.vm(), world.host, world.hostBridge()], { concurrency: "unbounded" }),
  time: () => later,
  export: (world: TwoHomes) => world.exportTo(sharedPath),
  "export elsewhere": (world: TwoHomes) => world.exportTo(sharedPath.replace("auth", "other")),
  "vm by the other": (world: TwoHomes) =>
    Effect.zipRight(world.exportTo("/shared/other.json"), world.vm("/shared/other.json")),
  "vm is refused": (world: TwoHomes) => Effect.flatMap(world.vm(), (access) => world.vmRefused(access)),
  "host is refused": (world: TwoHomes) => Effect.flatMap(world.host, (access) => world.hostRefused(access)),
  "removed and exported again": (world: TwoHomes) =>
    Effect.zipRight(world.removeAt(sharedPath), world.exportTo(sharedPath))
}
type Step = keyof typeof steps
const stepNames = Object.keys(steps) as ReadonlyArray<Step>

describe("a bridge file that host and machine share", () => {
  it.scoped("twenty refreshes in turns: twenty requests, no reuse, nobody logged out", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      for (let round = 0; round < 20; round += 1) {
        yield* later
        const [one, other] = round % 2 === 0 ? [world.vm(), world.host] : [world.host, world.vm()]
        const access = yield* one
        expect(yield* other).toBe(access)
        expect(world.authority.accepts(access)).toBe(true)
      }
      expect(world.authority.figures()).toMatchObject({ requests: 21, reuses: 0 })
    })
  )

  it("60 histories of refreshes, refusals, exports and removals: no reuse, each side works to the end", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(FastCheck.array(FastCheck.constantFrom(...stepNames), { maxLength: 14 }), (history) =>
        Effect.gen(function* () {
          const world = yield* twoHomes
          yield* world.exportTo(sharedPath)
          for (const step of history) yield* steps[step](world)
          yield* later
          const [byVm, byHost] = yield* Effect.all([world.vm(), world.host], { concurrency: 2 })
          expect(byVm).toBe(byHost)
          expect(world.authority.accepts(byVm)).toBe(true)
          expect(world.authority.figures().reuses).toBe(0)
        }).pipe(Effect.scoped, Effect.provide(TestContext.TestContext), Effect.runPromise)
      ),
      { numRuns: 60 }
    ))

  it.scoped("everything else in the file stays as it was", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      const before = JSON.parse((yield* world.text(sharedPath)) ?? "")
      yield* world.control.plant(sharedPath, JSON.stringify({ ...before, workspace: "7", project: "012" }))
      yield* later
      yield* world.vm()
      const after = JSON.parse((yield* world.text(sharedPath)) ?? "")
      expect(after).toMatchObject({ account: before.account, headers: {}, workspace: "7", project: "012" })
      expect(after.tokens.client_id).toBe(clientId)
      expect(after.tokens.access_token).not.toBe(before.tokens.access_token)
      expect(Object.keys(yield* world.control.snapshot).filter((path) => path.startsWith(`${vmHome}/`))).toEqual([])
    })
  )

  it.scoped(
    "a bridge's refresh leaves the account's own file alone; removing the bridge hands it the newer tokens",
    () =>
      Effect.gen(function* () {
        const world = yield* twoHomes
        yield* world.exportTo(sharedPath)
        const own = yield* world.text(tokensPath(hostHome))
        yield* later
        const access = yield* world.hostBridge()
        expect(yield* world.text(tokensPath(hostHome))).toBe(own)
        expect(yield* world.removeAt(sharedPath)).toEqual({
          path: Option.some(sharedPath),
          handedBack: Option.some("me")
        })
        expect(yield* world.host).toBe(access)
        expect(world.authority.figures().requests).toBe(2)
      })
  )
})

describe("a copy of a bridge that is not shared", () => {
  const copied = Effect.gen(function* () {
    const world = yield* twoHomes
    yield* world.exportTo(sharedPath)
    yield* world.control.plant(`${vmHome}/auth.json`, (yield* world.text(sharedPath)) ?? "")
    yield* world.removeAt(sharedPath)
    yield* later
    return world
  })

  it.scoped("one side wins; the other one is told to export again, and keeps its file", () =>
    Effect.gen(function* () {
      const world = yield* copied
      yield* world.host
      const before = yield* world.text(`${vmHome}/auth.json`)
      const error = yield* Effect.flip(world.vm(`${vmHome}/auth.json`))
      expect(error).toMatchObject({ code: "OAUTH_REFRESH_REVOKED" })
      expect("hints" in error && error.hints[0]).toBe(`mp account export-bridge --account me --to ${vmHome}/auth.json`)
      expect(yield* world.text(`${vmHome}/auth.json`)).toBe(before)
      expect(yield* Effect.flip(world.vm(`${vmHome}/auth.json`))).toMatchObject({ code: "OAUTH_REFRESH_REVOKED" })
      expect(world.authority.figures()).toMatchObject({ requests: 3, reuses: 1 })
    })
  )

  it.scoped("… unless it was exported from here, and the account has logged in again since", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      world.authority.revoke(world.first.access)
      const second = world.authority.login(clientId)
      const fresh = tokensText(tokensOf(second, Option.some(1e10)))
      yield* world.control.plant(tokensPath(hostHome), fresh)
      yield* later
      expect(yield* world.hostBridge()).toBe(second.access)
      expect(yield* world.text(tokensPath(hostHome))).toBe(fresh)
      expect(yield* world.vm()).toBe(second.access)
      yield* TestClock.adjust("9999 hours")
      expect(yield* world.vm()).toBe(yield* world.host)
      expect(world.authority.figures().reuses).toBe(0)
    })
  )

  it.scoped("tokens of another region, or older ones, are not adopted", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      world.authority.revoke(world.first.access)
      const second = world.authority.login(clientId)
      const config = '[accounts.me]\ntype = "oauth_browser"\nregion = '
      yield* later
      yield* world.control.plant(`${hostHome}/.mp/config.toml`, `${config}"eu"\n`)
      yield* world.control.plant(tokensPath(hostHome), tokensText(tokensOf(second, Option.some(1e10))))
      expect(yield* Effect.flip(world.hostBridge())).toMatchObject({ code: "OAUTH_REFRESH_REVOKED" })
      yield* world.control.plant(`${hostHome}/.mp/config.toml`, `${config}"us"\n`)
      yield* world.control.plant(tokensPath(hostHome), tokensText(tokensOf(second, Option.some(0))))
      expect(yield* Effect.flip(world.hostBridge())).toMatchObject({ code: "OAUTH_REFRESH_REVOKED" })
      expect(world.authority.figures().reuses).toBe(0)
    })
  )

  it.scoped("a dead account adopts what a bridge that it exported has, and both go on together", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      const other = world.authority.login(clientId)
      yield* world.exportTo(sharedPath)
      const text = (yield* world.text(sharedPath)) ?? ""
      const bridge = { ...JSON.parse(text), tokens: JSON.parse(tokensText(tokensOf(other, Option.some(5e7)))) }
      yield* world.control.plant(sharedPath, JSON.stringify(bridge))
      world.authority.revoke(world.first.access)
      yield* later
      expect(yield* world.host).toBe(other.access)
      yield* TestClock.adjust("20 hours")
      const next = yield* world.host
      expect(yield* world.hostBridge()).toBe(next)
      expect(world.authority.figures().reuses).toBe(0)
    })
  )
})

describe("a bridge that cannot be written", () => {
  it.scoped("the tokens go to a private file, which wins until the bridge is another one", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      const bridge = yield* world.text(sharedPath)
      world.setReadOnly(true)
      yield* later
      const access = yield* world.vm()
      expect(yield* world.vm()).toBe(access)
      yield* later
      const second = yield* world.vm()
      expect(world.authority.accepts(second)).toBe(true)
      expect(yield* world.text(sharedPath)).toBe(bridge)
      const kept = Object.keys(yield* world.control.snapshot).filter((path) => path.startsWith(`${vmHome}/`))
      expect(kept).toEqual([expect.stringMatching(/^\/home\/vm\/\.mp\/bridges\/[0-9a-f]{64}\.json$/)])
      expect(world.authority.figures()).toMatchObject({ requests: 3, reuses: 0 })
      const fresh = world.authority.login(clientId)
      const text = JSON.parse(bridge ?? "")
      const tokens = JSON.parse(tokensText(tokensOf(fresh, Option.some(1e10))))
      yield* world.control.plant(sharedPath, JSON.stringify({ ...text, tokens }))
      expect(yield* world.vm()).toBe(fresh.access)
    })
  )

  it.scoped.each([
    ["a full disk under the bridge", "/shared/", false],
    ["a bridge that is read-only, and a full disk under the private file", `${vmHome}/`, true]
  ] as const)("%s: nothing is spent, and nothing is lost", ([, full, readOnly]) =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      const before = yield* world.control.snapshot
      world.setReadOnly(readOnly)
      world.setFull(full)
      yield* later
      expect(yield* Effect.flip(world.vm())).toMatchObject({ problem: "no_space" })
      expect(yield* world.control.snapshot).toEqual(before)
      expect(world.authority.figures().requests).toBe(1)
      world.setFull(null)
      expect(world.authority.accepts(yield* world.vm())).toBe(true)
    })
  )
})

describe("a bearer that the server refused", () => {
  it.scoped("is replaced in the bridge, once", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath)
      const access = yield* world.vm()
      const answers = yield* Effect.all(
        Array.from({ length: 20 }, () => world.vmRefused(access)),
        { concurrency: "unbounded" }
      )
      expect(new Set(answers)).toEqual(new Set([true]))
      expect(world.authority.figures()).toMatchObject({ requests: 2, reuses: 0 })
      expect(yield* world.hostRefused(access)).toBe(true)
      expect(yield* world.host).toBe(yield* world.vm())
    })
  )

  it.scoped("a bridge with an access token only ends with it, and a refresh at home does not reach it", () =>
    Effect.gen(function* () {
      const world = yield* twoHomes
      yield* world.exportTo(sharedPath, { refreshToken: false })
      const text = yield* world.text(sharedPath)
      expect(text).not.toContain("refresh_token")
      expect(text).not.toContain("rt-")
      expect(world.authority.accepts(yield* world.vm())).toBe(true)
      yield* later
      yield* world.host
      expect(yield* world.text(sharedPath)).toBe(text)
      const error = yield* Effect.flip(world.vm())
      expect(error).toMatchObject({ code: "OAUTH_TOKEN_ERROR", account: account.name })
      expect("hints" in error && error.hints[0]).toContain("mp account export-bridge")
    })
  )
})
