/** Promise 5: what is thrown where only failures are expected costs no login: nothing is spent, or it is stored, or told. */
import { expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import { afterEach, describe, vi } from "vitest"
import { tokensText } from "#src/domain/oauth/OAuthTokens.ts"
import * as MemoryFiles from "#src/layers/memory/MemoryFiles.ts"
import * as ScriptedHttp from "#src/layers/memory/ScriptedHttp.ts"
import { CredentialFiles, type CredentialFilesShape } from "#src/services/platform/CredentialFiles.ts"
import { makeAuthority } from "./support/StrictAuthority.ts"
import { bearer, clientId, over, tokensOf, tokensPath } from "./support/world.ts"

/** Runs before each call of what a refresh is made of, and may throw instead of it. */
const { watch } = vi.hoisted(() => {
  const watch: { before: (step: string) => void } = { before: () => undefined }
  return { watch }
})

vi.mock(import("#src/domain/oauth/TokenResponse.ts"), async (original) => {
  const real = await original()
  return { ...real, readTokenResponse: watched("readTokenResponse", real.readTokenResponse) }
})
vi.mock(import("#src/domain/oauth/OAuthTokens.ts"), async (original) => {
  const real = await original()
  return { ...real, tokensText: watched("tokensText", real.tokensText) }
})
vi.mock(import("#src/services/tokens/tokenFamily.ts"), async (original) => {
  const real = await original()
  return {
    ...real,
    nextInFamily: watched("succeeding", real.nextInFamily),
    tokenFingerprint: watched("fingerprintOf", real.tokenFingerprint),
    hasFingerprint: watched("fingerprintOf", real.hasFingerprint)
  }
})

function watched<Args extends ReadonlyArray<unknown>, A>(step: string, real: (...args: Args) => A) {
  return (...args: Args): A => {
    watch.before(step)
    return real(...args)
  }
}

afterEach(() => {
  watch.before = () => undefined
})

const home = "/home/test"

/** A throw while the effect is made, or while it runs. */
type Way = "at the call" | "in the effect"

const stepOf = (way: Way) => {
  const running = <A, E, R>(step: string, make: () => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    if (way === "at the call") {
      watch.before(step)
      return make()
    }
    return Effect.suspend(() => {
      watch.before(step)
      return make()
    })
  }
  return running
}

const throwing = (files: CredentialFilesShape, way: Way): CredentialFilesShape => {
  const step = stepOf(way)
  return {
    read: (path) => step("read", () => files.read(path)),
    list: (directory) => step("list", () => files.list(directory)),
    write: (path, text) => step("write", () => files.write(path, text)),
    remove: (path) => step("remove", () => files.remove(path)),
    append: files.append,
    reserve: (path, bytes) =>
      step("reserve", () =>
        Effect.map(files.reserve(path, bytes), ({ commit }) => ({
          commit: (text: string) => step("commit", () => commit(text))
        }))
      ),
    withLock: (path, options) => (use) =>
      step("withLock", () =>
        files.withLock(
          path,
          options
        )((lock) =>
          // What is confirmed is an effect that is there already: it can only throw while it runs.
          use({ ...lock, confirm: stepOf("in the effect")("confirm", () => lock.confirm) })
        )
      )
  }
}

/** One refresh in which the calls that `isBad` names throw, and a sound one after it. */
const refreshing = (way: Way, isBad: (call: number, isSpent: boolean) => boolean) =>
  Effect.scoped(
    Effect.gen(function* () {
      watch.before = () => undefined
      const authority = makeAuthority()
      const memory = yield* Layer.build(
        MemoryFiles.layerWith({ [tokensPath(home)]: tokensText(tokensOf(authority.login(clientId))) })
      )
      const http = ScriptedHttp.layer(({ body }) => Effect.sync(() => authority.refresh(new URLSearchParams(body))))
      const files = Context.get(memory, CredentialFiles)
      let calls = 0
      const thrown: Array<{ readonly step: string; readonly spentThen: boolean }> = []
      watch.before = (step) => {
        const spentThen = authority.figures().requests > 0
        calls += 1
        if (!isBad(calls, spentThen)) return
        thrown.push({ step, spentThen })
        throw new RangeError("seeded, and it holds a secret")
      }
      const shaky = over(Layer.succeed(CredentialFiles, throwing(files, way)), http, home)
      const answer = yield* Effect.exit(Effect.either(Effect.provide(bearer, shaky)))
      watch.before = () => undefined
      const sent = authority.figures().requests
      const next = yield* Effect.either(Effect.provide(bearer, over(Layer.succeed(CredentialFiles, files), http, home)))
      const said =
        answer._tag === "Failure" ? "defect" : answer.value._tag === "Right" ? "bearer" : answer.value.left._tag
      const message = answer._tag === "Success" && Either.isLeft(answer.value) ? answer.value.left.message : ""
      return {
        calls,
        thrown,
        sent,
        said,
        message,
        alive: Either.isRight(next) && authority.accepts(next.right),
        reuses: authority.figures().reuses
      }
    })
  )

describe("nothing thrown is lost", () => {
  for (const way of ["at the call", "in the effect"] satisfies ReadonlyArray<Way>) {
    it.effect(
      `one throw ${way} at each step of a refresh: before the request nothing is spent, after it all is stored`,
      () =>
        Effect.gen(function* () {
          const { calls } = yield* refreshing(way, () => false)
          expect(calls).toBeGreaterThan(10)
          const lost: Array<unknown> = []
          const seen = new Set<string>()
          for (let bad = 1; bad <= calls; bad += 1) {
            const { alive, reuses, said, thrown } = yield* refreshing(way, (call) => call === bad)
            for (const { spentThen, step } of thrown) seen.add(`${step} ${spentThen ? "after" : "before"}`)
            if (!alive || reuses > 0) lost.push([bad, thrown, said, alive, reuses])
          }
          expect(lost).toEqual([])
          expect([...seen]).toEqual(
            expect.arrayContaining([
              "read before",
              "reserve before",
              "confirm before",
              "readTokenResponse after",
              "succeeding after",
              "confirm after",
              "tokensText after",
              "commit after"
            ])
          )
        })
    )

    it.effect(`two throws ${way}, at any two steps after the answer: stored, or told`, () =>
      Effect.gen(function* () {
        const { calls } = yield* refreshing(way, () => false)
        const untold: Array<unknown> = []
        for (let first = 1; first <= calls; first += 1) {
          for (let second = first + 1; second <= calls + 4; second += 1) {
            const { alive, message, reuses, said, thrown } = yield* refreshing(
              way,
              (call, isSpent) => isSpent && (call === first || call === second)
            )
            if (thrown.length === 0) continue
            const isTold = said === "OAuthTokensLost" && message.includes("RangeError")
            if ((!alive || reuses > 0) && !isTold) untold.push([first, second, thrown, said, message])
          }
        }
        expect(untold).toEqual([])
      })
    )

    it.effect(`everything throws ${way} from the answer on: told, and no secret with it`, () =>
      Effect.gen(function* () {
        const { message, said, sent } = yield* refreshing(way, (_, isSpent) => isSpent)
        expect(sent).toBe(1)
        expect(said).toBe("OAuthTokensLost")
        expect(message).toContain("RangeError")
        expect(message).not.toContain("secret")
      })
    )

    it.effect(`everything throws ${way} before the request: nothing is sent`, () =>
      Effect.gen(function* () {
        const { alive, sent } = yield* refreshing(way, (call, isSpent) => call > 3 && !isSpent)
        expect([sent, alive]).toEqual([0, true])
      })
    )
  }
})
