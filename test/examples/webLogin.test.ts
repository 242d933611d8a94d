/** "Connect Mixpanel" in a browser, against an authorization server, over two replicas of the example. */
import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Browser, Page } from "playwright-core"
import * as Sandbox from "#src/layers/sandbox/Sandbox.ts"
import { chromium, watchedPage } from "../support/chromium.ts"
import { needs } from "../support/needs.ts"
import { type Replicas, replicas } from "./support/replicas.ts"

class Chromium extends Context.Tag("test/Chromium")<Chromium, Browser>() {}
class WebApp extends Context.Tag("test/WebApp")<WebApp, Replicas>() {}

const cookieKey = "a-key-of-a-test-that-has-32-byte"

const keeping = {
  cookie: () => ({ COOKIE_KEY: Buffer.from(cookieKey).toString("base64url") }),
  directory: (directory: string) => ({ PENDING_DIR: `${directory}/logins` })
}

const world = (kind: keyof typeof keeping) =>
  Layer.merge(
    Layer.scoped(Chromium, chromium),
    Layer.scoped(
      WebApp,
      Effect.flatMap(Sandbox.start(), ({ url }) => replicas(url, keeping[kind]))
    )
  )

const heading = (page: Page) => Effect.promise(() => page.getByRole("heading").innerText())

/** A browser of its own, on the consent page of a login of a tenant. */
const connecting = (tenant: string) =>
  Effect.gen(function* () {
    const app = yield* WebApp
    const watched = yield* watchedPage(yield* Chromium)
    const { page } = watched
    yield* Effect.promise(async () => {
      await page.goto(`${app.url}/${tenant}`)
      await page.getByText("Connect Mixpanel").click()
      await page.locator("#approve").waitFor()
    })
    const cookies = yield* Effect.promise(() => page.context().cookies(`${app.url}/callback`))
    return { ...watched, app, cookie: cookies.find(({ name }) => name === "connect-mixpanel") }
  })

const decide = (page: Page, button: "#approve" | "#deny", app: Replicas) =>
  Effect.promise(async () => {
    await page.locator(button).click()
    await page.waitForURL(`${app.url}/**`)
  })

const browser = needs("chromium")

describe.skipIf(browser.areUnmet).each(["cookie", "directory"] as const)(
  browser.title("a login that is kept in a %s"),
  (kind) => {
    it.layer(world(kind), { timeout: 120_000 })("", (it) => {
      it.scoped("goes from one replica to the other, and leaves no secret anywhere", () =>
        Effect.gen(function* () {
          const { app, cookie, page, requests } = yield* connecting("acme")
          expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/callback" })
          expect(cookie?.expires).toBeLessThan(Date.now() / 1000 + 601)
          yield* decide(page, "#approve", app)
          expect(page.url()).toBe(`${app.url}/acme`)
          expect(yield* heading(page)).toBe("Projects of acme")
          expect(yield* Effect.promise(() => page.getByRole("listitem").allInnerTexts())).not.toEqual([])
          expect(app.answered).toEqual(
            expect.arrayContaining([
              ["/acme/connect", 0],
              ["/callback", 1]
            ])
          )

          const tokens: Readonly<Record<string, string>> = JSON.parse(yield* app.tokens("acme"))
          const callback = new URL(requests.find((one) => one.includes("/callback?"))?.replace("GET ", "") ?? "")
          const secrets = [
            tokens["access_token"],
            tokens["refresh_token"],
            cookie?.value,
            callback.searchParams.get("code"),
            callback.searchParams.get("state"),
            cookieKey
          ]
          const shown = (yield* Effect.promise(() => page.content())) + page.url() + app.log()
          for (const secret of secrets) {
            expect(secret?.length).toBeGreaterThan(20)
            expect(shown).not.toContain(secret)
          }
          // Of these, the browser has seen what the redirect says, and nothing else.
          for (const secret of secrets.slice(0, 3)) expect(requests.join("\n")).not.toContain(secret)
          expect(yield* Effect.promise(() => page.context().cookies(`${app.url}/callback`))).toEqual([])
          // The other replica knows the tenant too.
          for (const _ of [1, 2]) {
            yield* Effect.promise(() => page.goto(`${app.url}/acme`))
            expect(yield* heading(page)).toBe("Projects of acme")
          }
        })
      )

      it.scoped("ends when a redirect comes with another state", () =>
        Effect.gen(function* () {
          const { app, page } = yield* connecting("forged")
          yield* Effect.promise(() => page.goto(`${app.url}/callback?code=stolen&state=guessed`))
          expect(yield* heading(page)).toBe("Mixpanel was not connected")
          expect(yield* Effect.promise(() => page.content())).toContain("does not belong to this login")
          expect(yield* Effect.promise(() => page.content())).not.toContain("stolen")
          expect(yield* app.tokens("forged")).toBe("")
        })
      )

      it.scoped("ends when the person says no", () =>
        Effect.gen(function* () {
          const { app, page } = yield* connecting("denied")
          yield* decide(page, "#deny", app)
          expect(yield* heading(page)).toBe("Mixpanel was not connected")
          expect(yield* Effect.promise(() => page.content())).toContain("access was denied")
          expect(yield* app.tokens("denied")).toBe("")
        })
      )

      it.scoped("is good once: a redirect that comes again changes nothing, with its cookie put back too", () =>
        Effect.gen(function* () {
          const { app, cookie, page, requests } = yield* connecting("again")
          yield* decide(page, "#approve", app)
          const callback = requests.find((one) => one.includes("/callback?"))?.replace("GET ", "") ?? ""
          const before = yield* app.tokens("again")
          expect(before).not.toBe("")
          yield* Effect.promise(() => page.goto(callback))
          expect(yield* Effect.promise(() => page.content())).toContain("No login is under way in this browser.")
          if (cookie === undefined) return expect.fail("no cookie was set")
          yield* Effect.promise(() => page.context().addCookies([cookie]))
          yield* Effect.promise(() => page.goto(callback))
          expect(yield* heading(page)).toBe("Mixpanel was not connected")
          expect(yield* Effect.promise(() => page.content())).toContain(
            kind === "cookie" ? "invalid_grant" : "No login is under way"
          )
          expect(yield* app.tokens("again")).toBe(before)
        })
      )

      it.scoped("is nobody else's: another browser that has the address cannot finish it", () =>
        Effect.gen(function* () {
          const { app, page, requests } = yield* connecting("other")
          yield* Effect.promise(() => page.context().clearCookies({ name: "connect-mixpanel" }))
          yield* decide(page, "#approve", app)
          expect(requests.some((one) => one.includes("/callback?code="))).toBe(true)
          expect(yield* Effect.promise(() => page.content())).toContain("No login is under way in this browser.")
          const forged = { name: "connect-mixpanel", value: "forged", url: `${app.url}/callback` }
          yield* Effect.promise(() => page.context().addCookies([forged]))
          yield* Effect.promise(() => page.goto(`${app.url}/callback?code=c&state=s`))
          expect(yield* Effect.promise(() => page.content())).toContain("No login is under way in this browser.")
          expect(yield* app.tokens("other")).toBe("")
        })
      )
    })
  }
)
