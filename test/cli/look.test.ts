/** How things are shown, by the variables that people set for all programs; and what is shown while they wait. */
import { describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { Globals, noGlobals } from "#src/cli/app/Globals.ts"
import { showsLinks } from "#src/cli/app/hyperlinks.ts"
import { hasGlyphs, inLocale, isStyled } from "#src/cli/app/look.ts"
import { withSignOfLife } from "#src/cli/app/signOfLife.ts"
import { Terminal } from "#src/cli/app/Terminal.ts"
import { text } from "#src/cli/app/TerminalText.ts"
import { silentTerminal } from "../support/silentTerminal.ts"

type Variables = Readonly<Record<string, string>>

const within = (variables: Variables) =>
  Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables))))

describe("colour", () => {
  const cases: ReadonlyArray<readonly [Variables, onTerminal: boolean, inPipe: boolean]> = [
    [{}, true, false],
    [{ NO_COLOR: "" }, true, false],
    [{ NO_COLOR: "0" }, false, false],
    [{ NO_COLOR: "1", CLICOLOR_FORCE: "1" }, false, false],
    [{ CLICOLOR: "0" }, false, false],
    [{ CLICOLOR: "1" }, true, false],
    [{ CLICOLOR_FORCE: "1" }, true, true],
    [{ CLICOLOR_FORCE: "0" }, true, false],
    [{ CLICOLOR_FORCE: "1", CLICOLOR: "0" }, true, true],
    [{ TERM: "dumb" }, false, false],
    [{ TERM: "dumb", CLICOLOR_FORCE: "1" }, true, true],
    [{ TERM: "xterm" }, true, false]
  ]
  it.effect.each(cases)("%j: %j on a terminal, %j in a pipe", ([variables, onTerminal, inPipe]) =>
    Effect.gen(function* () {
      expect([yield* isStyled(true), yield* isStyled(false)]).toEqual([onTerminal, inPipe])
    }).pipe(within(variables))
  )
})

describe("links", () => {
  const cases: ReadonlyArray<readonly [Variables, boolean]> = [
    [{}, false],
    [{ TERM: "xterm-256color" }, false],
    [{ TERM: "xterm-kitty" }, true],
    [{ TERM: "alacritty" }, true],
    [{ TERM_PROGRAM: "Apple_Terminal", TERM_PROGRAM_VERSION: "453" }, false],
    [{ TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "3.0.15" }, false],
    [{ TERM_PROGRAM: "iTerm.app", TERM_PROGRAM_VERSION: "3.5.10" }, true],
    [{ TERM_PROGRAM: "WezTerm", TERM_PROGRAM_VERSION: "20240203-110809-5046fc22" }, true],
    [{ TERM_PROGRAM: "vscode", TERM_PROGRAM_VERSION: "1.71.2" }, false],
    [{ TERM_PROGRAM: "vscode", TERM_PROGRAM_VERSION: "1.104.0" }, true],
    [{ TERM_PROGRAM: "ghostty" }, true],
    [{ VTE_VERSION: "5000" }, false],
    [{ VTE_VERSION: "0.50.0" }, false],
    [{ VTE_VERSION: "7600" }, true],
    [{ WT_SESSION: "1" }, true],
    [{ VTE_VERSION: "7600", CI: "true" }, false],
    [{ VTE_VERSION: "7600", NO_COLOR: "1" }, false],
    [{ VTE_VERSION: "7600", TERM: "dumb" }, false],
    [{ FORCE_HYPERLINK: "1" }, true],
    [{ FORCE_HYPERLINK: "0", VTE_VERSION: "7600" }, false]
  ]
  it.effect.each(cases)("%j: %j on a terminal, never in a pipe", ([variables, shown]) =>
    Effect.gen(function* () {
      expect([yield* showsLinks(true), yield* showsLinks(false)]).toEqual([shown, false])
    }).pipe(within({ ...variables }))
  )
})

describe("the locale", () => {
  const cases: ReadonlyArray<readonly [Variables, boolean]> = [
    [{}, true],
    [{ LANG: "en_US.UTF-8" }, true],
    [{ LANG: "de_DE.utf8" }, true],
    [{ LC_ALL: "C.UTF-8", LANG: "C" }, true],
    [{ LC_ALL: "C", LANG: "en_US.UTF-8" }, false],
    [{ LC_ALL: "", LC_CTYPE: "POSIX", LANG: "en_US.UTF-8" }, false],
    [{ LC_CTYPE: "en_US.UTF-8", LANG: "C" }, true],
    [{ LANG: "en_US.ISO-8859-1" }, false]
  ]
  it.effect.each(cases)("%j: glyphs %j", ([variables, has]) =>
    Effect.gen(function* () {
      expect(yield* hasGlyphs).toBe(has)
      const shown = yield* inLocale(text`✓ one → two… ‹x› · Café`)
      expect(shown.value).toBe(has ? "✓ one → two… ‹x› · Café" : "OK one -> two... <x> - Café")
    }).pipe(within(variables))
  )
})

describe("a wait", () => {
  /** What a terminal shows of work that takes so many milliseconds. */
  const waiting = (millis: number, globals = noGlobals, variables: Variables = {}, isTerminal = true) =>
    Effect.gen(function* () {
      const shown: Array<string> = []
      const terminal = {
        ...silentTerminal,
        errIsTerminal: isTerminal,
        err: ({ value }: { readonly value: string }) => Effect.sync(() => void shown.push(value))
      }
      const work = Effect.flatMap(Terminal, ({ err }) =>
        Effect.delay(err(text`done\n`), millis).pipe(Effect.zipRight(Effect.sleep("1 second")))
      )
      const fiber = yield* Effect.fork(
        withSignOfLife(work).pipe(
          Effect.provideService(Globals, globals),
          Effect.provideService(Terminal, terminal),
          within(variables)
        )
      )
      yield* TestClock.adjust(millis)
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(fiber)
      return shown
    })

  it.effect("of 250 ms shows nothing, one of 450 ms turns; what is written takes its place for good", () =>
    Effect.gen(function* () {
      expect(yield* waiting(250)).toEqual(["done\n"])
      const frame = (glyph: string) => `\r\u001b[2KWaiting for Mixpanel ${glyph}`
      expect(yield* waiting(450)).toEqual([frame("⠋"), frame("⠙"), "\r\u001b[2K", "done\n"])
      expect(yield* waiting(450, noGlobals, { LC_ALL: "C" })).toEqual([frame("|"), frame("/"), "\r\u001b[2K", "done\n"])
    })
  )

  it.effect("shows nothing in a pipe, on a dumb terminal, with --quiet, --verbose and --format json", () =>
    Effect.gen(function* () {
      expect(yield* waiting(900, noGlobals, {}, false)).toEqual(["done\n"])
      expect(yield* waiting(900, noGlobals, { TERM: "dumb" })).toEqual(["done\n"])
      expect(yield* waiting(900, { ...noGlobals, quiet: true })).toEqual(["done\n"])
      expect(yield* waiting(900, { ...noGlobals, verbose: true })).toEqual(["done\n"])
      expect(yield* waiting(900, { ...noGlobals, format: Option.some("json") })).toEqual(["done\n"])
    })
  )

  it.effect("hides nothing of the terminal: whether stdout is read is asked when somebody wants to know", () =>
    Effect.gen(function* () {
      let isRead = true
      const terminal = {
        ...silentTerminal,
        errIsTerminal: true,
        get outIsRead() {
          return isRead
        }
      }
      const seen = yield* withSignOfLife(
        Effect.map(Terminal, (inner) => {
          isRead = false
          return inner.outIsRead
        })
      ).pipe(Effect.provideService(Globals, noGlobals), Effect.provideService(Terminal, terminal), within({}))
      expect(seen).toBe(false)
    })
  )
})
