import { describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { type BrowserSystem, layerWith } from "#src/layers/node/login/SystemBrowser.ts"
import { Browser } from "#src/services/oauth/Browser.ts"

const address = "https://mixpanel.com/oauth/authorize/?state=s3cret"

const program = (script: string): BrowserSystem => ({
  platform: "linux",
  launch: async () => {
    const child = spawn(process.execPath, ["-e", script], { stdio: "ignore" })
    await once(child, "spawn")
    return child
  }
})

/** Has ended before anyone listens to it: a busy machine may take longer to start it than the layer waits for its end. */
const endedProgram = (script: string): BrowserSystem => ({
  platform: "linux",
  launch: async () => {
    const child = spawn(process.execPath, ["-e", script], { stdio: "ignore" })
    await once(child, "exit")
    return child
  }
})

const unused: BrowserSystem = { platform: "linux", launch: () => Promise.reject(new Error("must not be asked")) }

const open = (system: BrowserSystem, url = address) =>
  Effect.flatMap(Browser, (browser) => Effect.either(browser.open(url))).pipe(Effect.provide(layerWith(system)))

const unavailable = (platform: NodeJS.Platform, variables: Readonly<Record<string, string>>) =>
  Effect.flatMap(Browser, (browser) => browser.unavailable).pipe(
    Effect.provide(layerWith({ ...unused, platform })),
    Effect.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))))
  )

describe("unavailable", () => {
  const display = { DISPLAY: ":0" }
  it.effect.each<readonly [NodeJS.Platform, Readonly<Record<string, string>>, string | null]>([
    ["linux", {}, "no display"],
    ["linux", { DISPLAY: "" }, "no display"],
    ["linux", display, null],
    ["linux", { WAYLAND_DISPLAY: "wayland-0" }, null],
    ["linux", { WSL_DISTRO_NAME: "Ubuntu" }, null],
    ["linux", { ...display, SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" }, "an SSH session"],
    ["darwin", { SSH_TTY: "/dev/ttys001" }, "an SSH session"],
    ["linux", { ...display, SSH_CLIENT: "10.0.0.1 1 22" }, "an SSH session"],
    ["linux", { ...display, container: "podman" }, "a container"],
    ["linux", { ...display, CODESPACES: "true" }, "a container"],
    ["linux", { ...display, BROWSER: "none" }, "BROWSER is set to none"],
    ["linux", { ...display, BROWSER: "firefox" }, null],
    ["linux", { SSH_CONNECTION: "1 2 3 4", BROWSER: "firefox" }, null],
    ["darwin", {}, null],
    ["win32", {}, null]
  ])("%j", ([platform, variables, reason]) =>
    Effect.map(unavailable(platform, variables), (actual) => expect(actual).toBe(reason))
  )
})

describe("open", () => {
  it.effect.each(["file:///etc/passwd", "javascript:alert(1)", "mp://x", "--help", "/etc/passwd", ""])(
    "refuses %j without asking the system",
    (url) =>
      Effect.map(open(unused, url), (result) =>
        expect(result).toMatchObject({ left: { reason: "the address is not a web address" } })
      )
  )

  it.live("succeeds with a program that ends well, and with one that stays", () =>
    Effect.gen(function* () {
      expect(yield* open(program(""))).toMatchObject({ _tag: "Right" })
      expect(yield* open(program("setTimeout(() => {}, 1500)"))).toMatchObject({ _tag: "Right" })
    })
  )

  it.live("fails when the program says that there is no browser, or when there is no program", () =>
    Effect.gen(function* () {
      expect(yield* open(endedProgram("process.exit(3)"))).toMatchObject({
        left: { _tag: "OAuthBrowserError", reason: "the program that opens links ended with code 3" }
      })
      const missing: BrowserSystem = {
        platform: "linux",
        launch: async (url) => {
          const child = spawn("/nowhere/xdg-open", [url])
          await once(child, "spawn")
          return child
        }
      }
      expect(yield* open(missing)).toMatchObject({ left: { reason: expect.stringContaining("(ENOENT)") } })
    })
  )

  it.effect("never repeats the address", () =>
    Effect.gen(function* () {
      const talkative: BrowserSystem = {
        platform: "linux",
        launch: (url) => Promise.reject(new Error(`cannot open ${url}`))
      }
      expect(JSON.stringify(yield* open(talkative))).not.toContain("s3cret")
    })
  )

  it.effect("gives up after 5 s", () =>
    Effect.gen(function* () {
      const opening = yield* Effect.fork(open({ platform: "linux", launch: () => new Promise(() => {}) }))
      yield* TestClock.adjust("4999 millis")
      expect(yield* Fiber.poll(opening)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.join(opening)).toMatchObject({ left: { reason: "the system did not answer within 5 s" } })
    })
  )
})

describe("BROWSER", () => {
  const chosen = (platform: NodeJS.Platform, browser: string) =>
    Effect.gen(function* () {
      const programs: Array<unknown> = []
      const system: BrowserSystem = {
        platform,
        launch: (_, program) => {
          programs.push(program)
          return Promise.reject(new Error("enough"))
        }
      }
      yield* open(system).pipe(
        Effect.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["BROWSER", browser]]))))
      )
      return programs
    })

  it.effect("names the program, without a shell", () =>
    Effect.gen(function* () {
      expect(yield* chosen("linux", "/opt/x/browser.sh")).toEqual([{ name: "/opt/x/browser.sh", arguments: [] }])
      expect(yield* chosen("linux", "firefox --new-tab %s:w3m")).toEqual([
        { name: "firefox", arguments: ["--new-tab"] }
      ])
      expect(yield* chosen("linux", "$(id)")).toEqual([{ name: "$(id)", arguments: [] }])
      expect(yield* chosen("linux", " ")).toEqual([null])
      expect(yield* chosen("darwin", "firefox")).toEqual([null])
    })
  )
})

describe("the real system", () => {
  const script = (body: string) => {
    const directory = mkdtempSync(join(tmpdir(), "mp-browser-"))
    const path = join(directory, "browser")
    writeFileSync(path, `#!/bin/sh\n${body}\n`)
    chmodSync(path, 0o755)
    return { directory, path }
  }

  const source = `
    import * as Effect from "effect/Effect"
    import { layer } from "./src/layers/node/login/SystemBrowser.ts"
    import { Browser } from "./src/services/oauth/Browser.ts"
    const done = await Effect.runPromise(Effect.either(Effect.flatMap(Browser, (b) => b.open(process.argv[1]))).pipe(Effect.provide(layer)))
    console.log(done._tag)
  `

  const contentOf = async (path: string): Promise<string> => {
    while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 20))
    return readFileSync(path, "utf8")
  }

  it("gives the address to the person's browser as one word, and does not wait for its end", {
    timeout: 60_000
  }, async () => {
    const write = (file: string) => `> "$0.new"; mv "$0.new" "$0.${file}"`
    const { directory, path } = script(
      `echo noise; printf '%s|' "$@" ${write("seen")}; echo $$ ${write("pid")}; exec sleep 60`
    )
    const url = "https://mixpanel.com/oauth/?a=$(id)&b='x'&c=%22;touch%20y"
    const { stderr, stdout } = await promisify(execFile)(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "-e", source, url],
      { env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, BROWSER: path, DISPLAY: ":0" } }
    )
    expect([stdout, stderr]).toEqual(["Right\n", ""])
    expect(await contentOf(`${path}.seen`)).toBe(`${new URL(url).href}|`)
    // The browser is there after the program has ended; a signal to a process that is not throws.
    process.kill(Number(await contentOf(`${path}.pid`)), "SIGTERM")
    rmSync(directory, { recursive: true })
  })
})
