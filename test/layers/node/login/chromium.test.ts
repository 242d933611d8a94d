import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Context from "effect/Context"
import { mkdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser } from "playwright-core"
import { renderPage } from "#src/layers/node/login/callbackPage.ts"
import { layer as loopback } from "#src/layers/node/login/LoopbackListener.ts"
import type { CallbackPage, CallbackVerdict } from "#src/services/oauth/CallbackListener.ts"
import { chromium, watchedPage } from "../../../support/chromium.ts"
import { needs } from "../../../support/needs.ts"
import { listen, recordingJudge, trueQuery } from "./sockets.ts"

class Chromium extends Context.Tag("test/Chromium")<Chromium, Browser>() {}

const world = Layer.merge(loopback, Layer.scoped(Chromium, chromium))

/** A browser goes through a login; the scope of the listener closes as soon as the page is known. */
const walkThrough = (page: CallbackPage, host = "localhost") =>
  Effect.gen(function* () {
    const watched = yield* watchedPage(yield* Chromium)
    const known = yield* Deferred.make<CallbackPage>()
    const asked = yield* Deferred.make<void>()
    const ours: CallbackVerdict = { _tag: "Ours", page: Deferred.await(known) }
    const recorded = recordingJudge(ours)
    const login = Effect.scoped(
      Effect.gen(function* () {
        const { port } = yield* listen((request) =>
          Effect.ensuring(recorded.judge(request), Deferred.succeed(asked, undefined))
        )
        const going = yield* Effect.fork(
          Effect.promise(() => watched.page.goto(`http://${host}:${port}/callback?${trueQuery}`))
        )
        yield* Deferred.await(asked)
        yield* Deferred.succeed(known, page)
        return { port, going }
      })
    )
    const { going, port } = yield* login
    const response = yield* going
    return { ...watched, port, status: response?.status(), recorded }
  })

/** To be looked at. */
const shots = join(tmpdir(), "effect-mixpanel-pages")

const kinds = ["success", "denied", "failed", "already_used", "not_ours", "unknown", "broken"] as const

const desktop = { width: 900, height: 620 }
const looks = [
  ["light", { viewport: desktop, colorScheme: "light" }],
  ["dark", { viewport: desktop, colorScheme: "dark" }],
  ["phone", { viewport: { width: 320, height: 568 }, colorScheme: "light", deviceScaleFactor: 2 }]
] as const

const browser = needs("chromium")

describe.skipIf(browser.areUnmet)(browser.title("a browser"), () => {
  it.layer(world, { timeout: 30_000 })("in Chromium", (it) => {
    it.scoped("a login ends on its page, at an address without the code", () =>
      Effect.gen(function* () {
        const { complaints, page, port, recorded, requests, status } = yield* walkThrough("success")
        expect(status).toBe(200)
        expect(page.url()).toMatch(new RegExp(`^http://localhost:${port}/callback/done/[\\w-]{22}$`))
        expect(yield* Effect.promise(() => page.getByRole("status").innerText())).toBe(
          "You’re signed in\n\nReturn to your terminal to carry on. You can close this tab."
        )
        expect(yield* Effect.promise(() => page.title())).toBe("You’re signed in")
        expect(complaints).toEqual([])
        expect(requests).toEqual([`GET http://localhost:${port}/callback?${trueQuery}`, `GET ${page.url()}`])
        expect(recorded.asked).toEqual([trueQuery])
        expect(yield* Effect.promise(() => page.evaluate("history.length"))).toBe(2)
        expect(
          yield* Effect.promise(() =>
            page.evaluate("getComputedStyle(document.querySelector('main')).borderTopLeftRadius")
          )
        ).toBe("20px")
      })
    )

    it.scoped("the favicon and the other pages do no harm", () =>
      Effect.gen(function* () {
        const { page } = yield* watchedPage(yield* Chromium)
        const recorded = recordingJudge({ _tag: "Ours", page: Effect.succeed("denied") })
        const { port } = yield* listen(recorded.judge)
        const open = (path: string) => Effect.promise(() => page.goto(`http://127.0.0.1:${port}${path}`))
        const other = yield* watchedPage(yield* Chromium)
        yield* Effect.promise(() => other.page.goto(`http://localhost:${port}/favicon.ico`).catch(() => null))
        expect((yield* open("/callback?code=x&state=%3Cscript%3Ealert(1)%3C/script%3E"))?.status()).toBe(400)
        expect(yield* Effect.promise(() => page.content())).not.toContain("alert")
        expect((yield* open(`/callback?${trueQuery}`))?.status()).toBe(403)
        expect(yield* Effect.promise(() => page.getByRole("heading").innerText())).toBe("Access was not granted")
        expect(recorded.hits()).toBe(1)
      })
    )

    it.scoped("every page fits: light, dark, phone", () =>
      Effect.gen(function* () {
        const browser = yield* Chromium
        mkdirSync(shots, { recursive: true })
        for (const [name, options] of looks) {
          const { complaints, page } = yield* watchedPage(browser, options)
          for (const kind of kinds) {
            yield* Effect.promise(() => page.setContent(renderPage(kind).html))
            expect(
              yield* Effect.promise(() => page.evaluate("document.documentElement.scrollWidth - innerWidth"))
            ).toBe(0)
            expect(
              yield* Effect.promise(() => page.evaluate("document.documentElement.scrollHeight - innerHeight"))
            ).toBe(0)
            yield* Effect.promise(() => page.screenshot({ path: join(shots, `${kind}-${name}.png`) }))
          }
          expect(complaints).toEqual([])
        }
      })
    )
  })
})
