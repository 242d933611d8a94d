/** Promise 5: the place for the new token is reserved before the old one is spent. */
import { readdir } from "node:fs/promises"
import { dirname } from "node:path"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import { type DiskOps, nodeOps } from "#src/layers/node/files/DiskOps.ts"
import * as UndiciHttp from "#src/layers/node/http/UndiciHttp.ts"
import { type Step, watchedOps } from "../layers/node/files/support.ts"
import { type StrictServer, strictServer } from "./support/StrictServer.ts"
import { bearer, clientId, diskAt, over, plantExpired, readText, temporaryHome, tokensPath } from "./support/world.ts"

const codes = ["ENOSPC", "EROFS", "EACCES", "EMFILE", "EIO"]

const steps: ReadonlyArray<Step> = [
  "open",
  "openDirectory",
  "lstat",
  "chmod",
  "rename",
  "unlink",
  "readdir",
  "file.stat",
  "file.chmod",
  "file.read",
  "file.write",
  "file.truncate",
  "file.sync",
  "directory.sync"
]

/** More often than any step is taken in one refresh. */
const mostCalls = 20

/** `MP_TEST_DISK=all` tries every code at every call, instead of the codes in turn. */
const everyCode = process.env["MP_TEST_DISK"] === "all"

const injected = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code })

/** The `nth` call of a step fails. */
const failingAt = (step: Step, nth: number, code: string, reached: () => void): DiskOps => {
  let seen = 0
  return watchedOps(async (current) => {
    if (current !== step) return
    seen += 1
    if (seen !== nth) return
    reached()
    throw injected(code)
  })
}

/** Every call fails from the moment when the server was asked, or while it was not; until the disk is sound again. */
const failingWhile = (server: StrictServer, when: "before" | "after", code: string, isSound: () => boolean): DiskOps =>
  watchedOps(async (step) => {
    if (step !== "file.close" && server.arrived() > 0 === (when === "after") && !isSound()) {
      throw injected(code)
    }
  })

/** One refresh on a disk that fails, and then what is left. */
const refreshOn = (makeOps: (server: StrictServer, isSound: () => boolean) => DiskOps) =>
  Effect.scoped(
    Effect.gen(function* () {
      const home = yield* temporaryHome
      const server = yield* strictServer
      const first = server.authority.login(clientId)
      yield* plantExpired(home, first)
      const before = yield* readText(tokensPath(home))
      let sound = false
      const ops = makeOps(server, () => sound)
      const answer = yield* Effect.either(
        Effect.provide(bearer, over(diskAt(home, ops), UndiciHttp.layer, home, server.url))
      )
      const after = yield* readText(tokensPath(home))
      // On a sound disk again, when the lock could be given back: the session must be alive.
      sound = true
      const next = yield* Effect.either(Effect.provide(bearer, over(diskAt(home), UndiciHttp.layer, home, server.url)))
      const names = yield* Effect.promise(() => readdir(dirname(tokensPath(home))))
      return { server, answer, untouched: before === after, next, leftovers: names.filter((n) => n.endsWith(".tmp")) }
    })
  )

const judge = ({
  answer,
  leftovers,
  next,
  server,
  untouched
}: Effect.Effect.Success<ReturnType<typeof refreshOn>>) => ({
  /** Not one token was spent that could not be stored. */
  alive: next._tag === "Right" && server.authority.accepts(next.right) && server.authority.figures().reuses === 0,
  /** Nothing is left over; and where the file is as it was, only the second try sent anything. */
  clean: leftovers.length === 0 && (answer._tag === "Right" || !untouched || server.arrived() === 1)
})

describe("disk-proof", () => {
  it.effect(
    "a fault at each call of each operation: no session is lost",
    () =>
      Effect.gen(function* () {
        const lost: Array<string> = []
        let tried = 0
        for (const [index, step] of steps.entries()) {
          for (let nth = 1; nth <= mostCalls; nth += 1) {
            const chosen = everyCode ? codes : [codes[(index + nth) % codes.length] ?? "EIO"]
            let reached = false
            for (const code of chosen) {
              const result = yield* refreshOn(() =>
                failingAt(step, nth, code, () => {
                  reached = true
                })
              )
              tried += 1
              const { alive, clean } = judge(result)
              if (!alive || !clean) lost.push(`${step} ${nth} ${code}`)
            }
            if (!reached) break
          }
        }
        expect(lost).toEqual([])
        expect(tried).toBeGreaterThan(steps.length * 2)
      }),
    300_000
  )

  for (const code of codes) {
    it.effect(`${code} at everything before the request: nothing is sent, the file is the same byte for byte`, () =>
      Effect.gen(function* () {
        const { answer, next, server, untouched } = yield* refreshOn((strict, isSound) =>
          failingWhile(strict, "before", code, isSound)
        )
        expect(answer._tag).toBe("Left")
        expect(untouched).toBe(true)
        expect(server.arrived()).toBe(1)
        expect(next._tag).toBe("Right")
      })
    )
  }

  it.effect("each step that reserving takes: 0 requests when it fails", () =>
    Effect.gen(function* () {
      const writing: ReadonlyArray<Step> = ["openDirectory", "file.chmod", "file.write"]
      for (const step of writing) {
        for (const code of codes) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const home = yield* temporaryHome
              const server = yield* strictServer
              yield* plantExpired(home, server.authority.login(clientId))
              const before = yield* readText(tokensPath(home))
              const ops = watchedOps(async (current) => {
                if (current === step) throw injected(code)
              }, nodeOps)
              const answer = yield* Effect.either(
                Effect.provide(bearer, over(diskAt(home, ops), UndiciHttp.layer, home, server.url))
              )
              expect(answer._tag).toBe("Left")
              expect(server.arrived()).toBe(0)
              expect(yield* readText(tokensPath(home))).toBe(before)
            })
          )
        }
      }
    })
  )

  it.live("a device that dies after the request: told, and the old file is whole", () =>
    Effect.gen(function* () {
      const { answer, server, untouched } = yield* refreshOn((strict, isSound) =>
        failingWhile(strict, "after", "EIO", isSound)
      )
      expect(answer).toMatchObject({ _tag: "Left", left: { _tag: "OAuthTokensLost" } })
      expect(String(answer)).toContain("EIO")
      expect(server.authority.figures().requests).toBeGreaterThan(0)
      expect(untouched).toBe(true)
    })
  )
})
