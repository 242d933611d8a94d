import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Scope from "effect/Scope"
import { renderPage } from "#src/layers/node/login/callbackPage.ts"
import { layer } from "#src/layers/node/login/LoopbackListener.ts"
import type { CallbackPage, CallbackVerdict } from "#src/services/oauth/CallbackListener.ts"
import {
  elapsed,
  freePort,
  get,
  headOf,
  isFree,
  linger,
  listen,
  recordingJudge,
  type Reply,
  stray,
  trueQuery
} from "./sockets.ts"

const target = `/callback?${trueQuery}`

/** A login whose end the test decides; `judged` is done when the redirect has come. */
const login = (port: number) =>
  Effect.gen(function* () {
    const page = yield* Deferred.make<CallbackPage>()
    const judged = yield* Deferred.make<void>()
    const ours: CallbackVerdict = { _tag: "Ours", page: Deferred.await(page) }
    yield* listen(() => Effect.as(Deferred.succeed(judged, undefined), ours), [port])
    return { judged: Deferred.await(judged), show: (shown: CallbackPage) => Deferred.succeed(page, shown) }
  })

/** Follows the redirect after a while. */
const browse = (port: number, pause = 0): Effect.Effect<Reply> =>
  Effect.promise(() => get(port, target)).pipe(
    Effect.delay(pause),
    Effect.flatMap(({ headers }) =>
      Effect.delay(
        Effect.promise(() => get(port, headers["location"] ?? "/")),
        pause
      )
    )
  )

const free = (port: number) => Effect.promise(() => isFree(port))

describe("the scope closes at once, and the browser still gets its page", () => {
  it.scopedLive("however quickly or slowly it asks for it", () =>
    Effect.gen(function* () {
      for (const pause of [0, 1, 5, 20, 100, 300]) {
        const port = yield* freePort
        const browser = yield* Effect.scoped(
          Effect.gen(function* () {
            const { judged, show } = yield* login(port)
            const going = yield* Effect.fork(browse(port, pause))
            yield* judged
            yield* show("success")
            return going
          })
        )
        expect(yield* free(port)).toBe(true)
        const reply = yield* Fiber.join(browser)
        expect({ pause, status: reply.status, body: reply.body }).toEqual({
          pause,
          status: 200,
          body: renderPage("success").html
        })
      }
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("when the tab that waited was closed, and another one asks", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const again = yield* Effect.scoped(
        Effect.gen(function* () {
          const { show } = yield* login(port)
          const { headers } = yield* Effect.promise(() => get(port, target))
          const page = headers["location"] ?? "/"
          const tab = yield* Effect.promise(() => linger(port, headOf(port, page)))
          yield* Effect.sleep("30 millis")
          tab.destroy()
          yield* Effect.sleep("30 millis")
          yield* show("success")
          return yield* Effect.fork(
            Effect.delay(
              Effect.promise(() => get(port, page)),
              100
            )
          )
        })
      )
      expect((yield* Fiber.join(again)).body).toBe(renderPage("success").html)
      expect(yield* free(port)).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("100 logins that end within the judgement itself", () =>
    Effect.gen(function* () {
      const { millis } = yield* elapsed(
        Effect.forEach(
          Array.from({ length: 100 }),
          () =>
            Effect.gen(function* () {
              const port = yield* freePort
              const browser = yield* Effect.scoped(
                Effect.gen(function* () {
                  const { judged, show } = yield* login(port)
                  yield* show("success")
                  const going = yield* Effect.fork(browse(port))
                  yield* judged
                  return going
                })
              )
              expect((yield* Fiber.join(browser)).body).toBe(renderPage("success").html)
              expect(yield* free(port)).toBe(true)
            }),
          { discard: true }
        )
      )
      console.error(`100 logins: ${Math.round(millis)} ms`)
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("a failure shows its page, too; later redirects are not judged", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const browser = yield* Deferred.make<Fiber.Fiber<Reply>>()
      const late = yield* Deferred.make<Fiber.Fiber<Reply>>()
      const asked: Array<string> = []
      const failed: CallbackVerdict = { _tag: "Ours", page: Effect.succeed("failed") }
      const exit = yield* Effect.exit(
        Effect.scoped(
          Effect.gen(function* () {
            const judged = yield* Deferred.make<void>()
            yield* listen(
              ({ query }) => {
                asked.push(query)
                return Effect.as(Deferred.succeed(judged, undefined), failed)
              },
              [port]
            )
            yield* Deferred.succeed(browser, yield* Effect.fork(browse(port, 50)))
            yield* Deferred.await(judged)
            yield* Deferred.succeed(
              late,
              yield* Effect.fork(
                Effect.delay(
                  Effect.promise(() => get(port, "/callback?late")),
                  10
                )
              )
            )
            return yield* Effect.fail("no tokens")
          })
        )
      )
      expect(exit).toEqual(Exit.fail("no tokens"))
      expect((yield* Effect.flatMap(Deferred.await(browser), Fiber.join)).body).toBe(renderPage("failed").html)
      expect((yield* Effect.flatMap(Deferred.await(late), Fiber.join)).body).toBe(renderPage("already_used").html)
      expect(asked).toEqual([trueQuery])
      expect(yield* free(port)).toBe(true)
    }).pipe(Effect.provide(layer))
  )
})

describe("nothing is waited for", () => {
  it.scopedLive("a browser that never comes back: one second, no more", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const { millis } = yield* elapsed(
        Effect.scoped(
          Effect.gen(function* () {
            const { judged, show } = yield* login(port)
            yield* Effect.fork(Effect.promise(() => get(port, target)))
            yield* judged
            yield* show("success")
          })
        )
      )
      expect(millis).toBeGreaterThan(900)
      expect(millis).toBeLessThan(1300)
      expect(yield* free(port)).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("no redirect at all, a hundred silent connections: at once", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const { millis } = yield* elapsed(
        Effect.scoped(
          Effect.gen(function* () {
            yield* listen(() => Effect.succeed(stray), [port])
            for (let count = 0; count < 100; count++) yield* Effect.promise(() => linger(port, "GET /callback"))
            yield* Effect.promise(() => get(port, "/callback?stray"))
          })
        )
      )
      expect(millis).toBeLessThan(500)
      expect(yield* free(port)).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("an end that nobody told: the waiting browser is sent to the terminal", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const { millis, value } = yield* elapsed(
        Effect.scoped(
          Effect.gen(function* () {
            const { judged } = yield* login(port)
            const going = yield* Effect.fork(browse(port))
            yield* judged
            yield* Effect.sleep("50 millis")
            return going
          })
        )
      )
      expect(millis).toBeLessThan(500)
      expect((yield* Fiber.join(value)).body).toBe(renderPage("unknown").html)
    }).pipe(Effect.provide(layer))
  )
})

describe("an interruption", () => {
  it.scopedLive("while a browser waits for its page: at once, and it is sent to the terminal", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const judged = yield* Deferred.make<void>()
      const waiting = yield* Effect.fork(
        Effect.scoped(
          Effect.gen(function* () {
            const started = yield* login(port)
            yield* Deferred.complete(judged, started.judged)
            yield* Effect.never
          })
        )
      )
      yield* Effect.sleep("30 millis")
      const browser = yield* Effect.fork(browse(port))
      yield* Deferred.await(judged)
      yield* Effect.sleep("50 millis")
      const { millis } = yield* elapsed(Fiber.interrupt(waiting))
      expect(millis).toBeLessThan(200)
      expect(yield* free(port)).toBe(true)
      expect((yield* Fiber.join(browser)).body).toBe(renderPage("unknown").html)
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("while the listener waits for the browser at the end: at once", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const ending = yield* Effect.fork(
        Effect.scoped(
          Effect.gen(function* () {
            const { judged, show } = yield* login(port)
            yield* Effect.fork(Effect.promise(() => get(port, target)))
            yield* judged
            yield* show("success")
          })
        )
      )
      yield* Effect.sleep("150 millis")
      expect(yield* free(port)).toBe(false)
      const { millis } = yield* elapsed(Fiber.interrupt(ending))
      expect(millis).toBeLessThan(300)
      expect(yield* free(port)).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("that somebody else closes the scope with: at once", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const scope = yield* Scope.make()
      const { judged, show } = yield* Scope.extend(login(port), scope)
      yield* show("success")
      yield* Effect.fork(Effect.promise(() => get(port, target)))
      yield* judged
      const { millis } = yield* elapsed(Scope.close(scope, Exit.interrupt(FiberId.none)))
      expect(millis).toBeLessThan(300)
      expect(yield* free(port)).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.scopedLive("at 100 random points: the port is free again within 0.5 s", () =>
    Effect.gen(function* () {
      let slowest = 0
      for (let point = 0; point < 100; point++) {
        const port = yield* freePort
        const { judge } = recordingJudge({ _tag: "Ours", page: Effect.delay(Effect.succeed("success"), 10) })
        const going = yield* Effect.fork(
          Effect.scoped(
            Effect.gen(function* () {
              yield* listen(judge, [port])
              yield* Effect.promise(() => linger(port, "GET /call"))
              yield* Effect.delay(browse(port, Math.random() * 4), Math.random() * 4)
            })
          )
        )
        yield* Effect.sleep(Math.random() * 25)
        const { millis } = yield* elapsed(Effect.zipRight(Fiber.interrupt(going), free(port)))
        expect(yield* free(port)).toBe(true)
        slowest = Math.max(slowest, millis)
      }
      expect(slowest).toBeLessThan(500)
      console.error(`100 interruptions: the slowest ${Math.round(slowest)} ms`)
    }).pipe(Effect.provide(layer))
  )
})
