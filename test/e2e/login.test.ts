/** A person logs in: the real `mp`, a certified authorization server, a real browser. */
import { readFile, stat, writeFile } from "node:fs/promises"
import { connect } from "node:net"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import * as Sandbox from "#src/layers/sandbox/Sandbox.ts"
import { chromium, watchedPage } from "../support/chromium.ts"
import { startMp } from "../support/liveMp.ts"
import { makeHome, runMp } from "../support/mp.ts"
import { needs } from "../support/needs.ts"
import { redirectOf } from "../support/redirectOf.ts"

const authorizeUrl = /https?:\/\/\S+\/oauth\/authorize\/[^\s"]+/

/** A home with the account `me`, and a sandbox with its authorization server. */
const stage = Effect.gen(function* () {
  const sandbox = yield* Sandbox.start({ oauth: true })
  const home = yield* makeHome()
  const env = { ...sandbox.environment }
  const added = yield* runMp(["account", "add", "me", "--type", "oauth_browser", "--region", "us"], { home, env })
  expect(added.code).toBe(0)
  return { sandbox, home, env }
})

/** A "browser" that only notes the address, for a test that drives a real one by itself. */
const notingBrowser = (home: string) =>
  Effect.promise(async () => {
    const script = join(home, "browser.sh")
    await writeFile(script, `#!/bin/sh\nprintf %s "$1" > ${join(home, "opened")}\n`, { mode: 0o755 })
    return { BROWSER: script, DISPLAY: ":0" }
  })

const opened = (home: string) =>
  Effect.promise(async () => {
    for (let waited = 0; waited < 15_000; waited += 20) {
      const url = await readFile(join(home, "opened"), "utf8").catch(() => "")
      if (url !== "") return url
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error("no address was opened")
  })

/** Clicks a button of the sandbox's consent page, and gives the page that the browser ends on. */
const decide = (url: string, button: "#approve" | "#deny") =>
  Effect.gen(function* () {
    const { page } = yield* watchedPage(yield* chromium)
    yield* Effect.promise(() => page.goto(url))
    yield* Effect.promise(() => Promise.all([page.waitForURL(/localhost:\d+/), page.click(button)]))
    yield* Effect.promise(() => page.waitForLoadState("load"))
    return { url: page.url(), text: yield* Effect.promise(() => page.innerText("body")) }
  })

const storedTokens = (home: string) =>
  Effect.promise(async () => {
    const path = join(home, ".mp/accounts/me/tokens.json")
    const fields: unknown = JSON.parse(await readFile(path, "utf8"))
    return { mode: (await stat(path)).mode & 0o777, fields }
  })

const browser = needs("chromium")

describe("mp account login", () => {
  it.scopedLive.skipIf(browser.areUnmet)(
    browser.title("ends with an authenticated person, private tokens and a default project"),
    () =>
      Effect.gen(function* () {
        const { env, home } = yield* stage
        const noting = yield* notingBrowser(home)
        const login = yield* startMp(["account", "login", "me"], { home, env: { ...env, ...noting } })
        const page = yield* decide(yield* opened(home), "#approve")
        const ended = yield* login.ended
        expect(ended.stderr).toContain("✓ Authenticated as jo@example.com")
        expect(ended.code).toBe(0)
        expect(page.url).not.toMatch(/code=|state=/)
        expect(page.text).toMatch(/signed in/i)
        const { fields, mode } = yield* storedTokens(home)
        expect(mode).toBe(0o600)
        expect(Object.keys(Object(fields))).toEqual([
          "access_token",
          "expires_at",
          "token_type",
          "scope",
          "refresh_token",
          "client_id",
          "origin"
        ])
        const shown = yield* runMp(["account", "show", "me", "--format", "json"], { home, env })
        expect(JSON.parse(shown.stdout)).toMatchObject({ default_project: "3018488", token_source: "tokens.json" })
        const tested = yield* runMp(["account", "test", "me"], { home, env })
        expect(JSON.parse(tested.stdout)).toMatchObject({ ok: true, user: { email: "jo@example.com" } })
      }),
    40_000
  )

  it.scopedLive(
    "takes a pasted redirect without a browser, and says at once what cannot be used",
    () =>
      Effect.gen(function* () {
        const { env, home } = yield* stage
        const login = yield* startMp(["account", "login", "me", "--no-browser"], { home, env })
        const [url] = yield* login.said(authorizeUrl)
        const pasted = yield* redirectOf(url)
        yield* login.type("nonsense\n")
        yield* login.said(/neither a code nor a state/)
        yield* login.type(`${pasted.replace(/state=[^&]*/, "state=another")}\n`)
        yield* login.said(/its state is a different one/)
        yield* login.type(`${new URL(pasted).search}\n`)
        const ended = yield* login.ended
        expect(ended.stderr).toContain("✓ Authenticated as jo@example.com")
        expect(ended.code).toBe(0)
      }),
    40_000
  )

  it.scopedLive(
    "is not ended by hostile requests and a favicon that come first",
    () =>
      Effect.gen(function* () {
        const { env, home } = yield* stage
        const login = yield* startMp(["account", "login", "me", "--no-browser"], { home, env })
        const [url] = yield* login.said(authorizeUrl)
        const redirectUri = new URL(url).searchParams.get("redirect_uri") ?? ""
        const origin = new URL(redirectUri).origin
        const hostile = [
          `${redirectUri}?code=stolen&state=guessed`,
          `${redirectUri}?error=access_denied`,
          `${redirectUri}?code=a&state=b&state=c`,
          `${origin}/favicon.ico`
        ]
        for (const address of hostile) {
          const answer = yield* Effect.promise(() => fetch(address))
          expect(answer.status).toBeGreaterThanOrEqual(400)
          expect(yield* Effect.promise(() => answer.text())).not.toMatch(/stolen|guessed/)
        }
        yield* Effect.promise(() => garbage(Number(new URL(redirectUri).port)))
        yield* login.said(/does not belong to this login/)
        const redirect = yield* redirectOf(url)
        yield* Effect.promise(() => fetch(redirect))
        const ended = yield* login.ended
        expect(ended.stderr).toContain("✓ Authenticated as jo@example.com")
        expect(ended.code).toBe(0)
      }),
    40_000
  )

  it.scopedLive.skipIf(browser.areUnmet)(
    browser.title("ends at once with what to do when the person says no, and leaves nothing behind"),
    () =>
      Effect.gen(function* () {
        const { env, home } = yield* stage
        const noting = yield* notingBrowser(home)
        const login = yield* startMp(["account", "login", "me", "--format", "json"], {
          home,
          env: { ...env, ...noting }
        })
        const page = yield* decide(yield* opened(home), "#deny")
        const ended = yield* login.ended
        expect(ended.code).toBe(2)
        expect(ended.stdout).toBe("")
        expect(ended.stderr).toContain('"code":"OAUTH_AUTH_DENIED"')
        expect(ended.stderr).toContain("mp account login me")
        expect(page.text).toMatch(/access was not granted/i)
        const token = yield* runMp(["account", "token", "me"], { home, env })
        expect(token.code).toBe(2)
      }),
    40_000
  )

  it.scopedLive("is interrupted in no time, and releases its port", () =>
    Effect.gen(function* () {
      const { env, home } = yield* stage
      const login = yield* startMp(["account", "login", "me", "--no-browser"], { home, env })
      const [url] = yield* login.said(authorizeUrl)
      const port = Number(new URL(new URL(url).searchParams.get("redirect_uri") ?? "").port)
      yield* login.signal("SIGINT")
      const [took, ended] = yield* Effect.timed(login.ended)
      expect(ended.code).toBe(130)
      expect(Number(took) / 1e6 || 0).toBeLessThan(2_000)
      expect(yield* Effect.promise(() => canConnect(port))).toBe(false)
    })
  )

  it.scopedLive("ends with OAUTH_TIMEOUT and exit 2 when nobody comes", () =>
    Effect.gen(function* () {
      const { env, home } = yield* stage
      const ended = yield* runMp(["account", "login", "me", "--no-browser", "--timeout", "1", "-f", "json"], {
        home,
        env
      })
      expect(ended.code).toBe(2)
      expect(ended.stderr).toContain('"code":"OAUTH_TIMEOUT"')
    })
  )

  it.scopedLive(
    "leaves a client behind that the server has forgotten: a login ends at its error page, the next one asks",
    () =>
      Effect.gen(function* () {
        const { env, home } = yield* stage
        const path = join(home, ".mp/oauth/client_us.json")
        const stored = Effect.promise(async () => JSON.parse(await readFile(path, "utf8")))
        yield* runMp(["account", "login", "me", "--no-browser", "--timeout", "1"], { home, env })
        const first = yield* stored
        // For the server, the same as a client that was deleted.
        yield* Effect.promise(() => writeFile(path, JSON.stringify({ ...first, client_id: "deleted" })))
        const lost = yield* startMp(["account", "login", "me", "--no-browser", "--timeout", "2"], { home, env })
        const [url] = yield* lost.said(authorizeUrl)
        // The login before was given up, so the server was asked.
        expect(url).not.toContain("client_id=deleted")
        expect((yield* lost.ended).code).toBe(2)
        const { unfinished_at: _, ...unmarked } = yield* stored
        yield* Effect.promise(() => writeFile(path, JSON.stringify({ ...unmarked, client_id: "deleted" })))
        const blind = yield* startMp(["account", "login", "me", "--no-browser", "--timeout", "2"], { home, env })
        const [page] = yield* blind.said(authorizeUrl)
        expect((yield* Effect.promise(() => fetch(page))).status).toBe(400)
        expect((yield* blind.ended).code).toBe(2)
        const doctor = yield* runMp(["doctor", "--offline", "-f", "json"], { home, env })
        expect(doctor.stdout).toContain('"login-unfinished"')
        const login = yield* startMp(["account", "login", "me", "--no-browser"], { home, env })
        const [again] = yield* login.said(authorizeUrl)
        yield* login.type(`${yield* redirectOf(again)}\n`)
        const ended = yield* login.ended
        expect(ended.stderr.match(/a new one was registered/g)).toHaveLength(1)
        expect(ended.code).toBe(0)
        expect(yield* stored).not.toHaveProperty("unfinished_at")
      }),
    60_000
  )

  it.scopedLive("gives up on a pipe whose only paste is another login's", () =>
    Effect.gen(function* () {
      const { env, home } = yield* stage
      const ended = yield* runMp(["account", "login", "me", "--no-browser"], { home, env, stdin: "?code=a&state=b\n" })
      expect(ended.code).toBe(2)
      expect(ended.stderr).toContain("does not belong to this login")
    })
  )

  it.scopedLive("is refused for accounts of other types, and for those that are not there", () =>
    Effect.gen(function* () {
      const { env, home } = yield* stage
      yield* runMp(
        ["account", "add", "ci", "--type", "oauth_token", "--token-env", "T", "--project", "1", "--region", "us"],
        {
          home,
          env
        }
      )
      expect((yield* runMp(["account", "login", "ci"], { home, env })).code).toBe(3)
      expect((yield* runMp(["account", "login", "nobody"], { home, env })).code).toBe(4)
    })
  )
})

const canConnect = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.once("connect", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", () => resolve(false))
  })

const garbage = (port: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.end("\u0000\u0001 not HTTP\r\n\r\n"))
    socket.once("close", () => resolve())
    socket.once("error", () => resolve())
    socket.resume()
  })
