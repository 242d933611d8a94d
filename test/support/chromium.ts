/** A real browser for tests that say `needs("chromium")`: that of the system, driven by playwright-core. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Browser, Page } from "playwright-core"
import { programPath } from "./needs.ts"

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic"
]

const start = async (): Promise<Browser> => {
  const { chromium } = await import("playwright-core")
  return chromium.launch({ executablePath: programPath("chromium") ?? "chromium", headless: true, args: flags })
}

/** A browser until the scope closes. */
export const chromium: Effect.Effect<Browser, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(start),
  (browser) => Effect.promise(() => browser.close())
)

/** What a page did besides showing itself. */
export interface Watched {
  readonly page: Page
  /** Errors and warnings of the console, refused resources among them. */
  readonly complaints: ReadonlyArray<string>
  /** Method and address of every request, in order. */
  readonly requests: ReadonlyArray<string>
}

/** A page in a profile of its own; the options are Playwright's for a context. */
export const watchedPage = (
  browser: Browser,
  options: Parameters<Browser["newContext"]>[0] = {}
): Effect.Effect<Watched, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => browser.newContext(options)),
    (context) => Effect.promise(() => context.close())
  ).pipe(
    Effect.flatMap((context) => Effect.promise(() => context.newPage())),
    Effect.map((page) => {
      const complaints: Array<string> = []
      const requests: Array<string> = []
      page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`))
      page.on("pageerror", (error) => complaints.push(error.message))
      page.on("request", (request) => requests.push(`${request.method()} ${request.url()}`))
      return { page, complaints, requests }
    })
  )
