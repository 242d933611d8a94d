import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { EventEmitter } from "node:events"
import { meaningOf } from "../../../domain/internal/errno.ts"
import { OAuthBrowserError } from "../../../domain/oauth/OAuthError.ts"
import { Browser } from "../../../services/oauth/Browser.ts"
import { variable } from "../../../services/platform/environment.ts"
import { parseUrl } from "../../../domain/internal/parseUrl.ts"
import { codeOf } from "../../../domain/internal/systemRefusal.ts"

/** A program that was asked to open an address: detached, its output ignored. */
interface Opener extends Pick<EventEmitter, "on" | "off"> {
  /** `null` while it runs. */
  readonly exitCode: number | null
}

/** A program that opens the address, its last argument. */
export interface Program {
  readonly name: string
  readonly arguments: ReadonlyArray<string>
}

export interface BrowserSystem {
  readonly platform: NodeJS.Platform
  /** By this program, else by the system's own choice. Settles when the program runs, or cannot be run. */
  readonly launch: (url: string, program: Program | null) => Promise<Opener>
}

const nodeSystem: BrowserSystem = {
  platform: process.platform,
  launch: async (url, program) => {
    const { default: open } = await import("open")
    return open(url, program === null ? {} : { app: program })
  }
}

/** On another system than this one: for tests of this layer. */
export const layerWith = (system: BrowserSystem): Layer.Layer<Browser> =>
  Layer.succeed(Browser, {
    unavailable: Effect.suspend(() => whyNot(system)),
    open: (url) =>
      Effect.flatMap(Effect.all([webAddress(url), chosenProgram(system)]), ([address, program]) =>
        launch(system, address, program)
      )
  })

/**
 * `Browser` of this machine.
 *
 * @example
 * ```ts
 * const flow = Layers.oauthFlow.pipe(Layer.provide([systemBrowser, loopbackListener]))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Browser> = layerWith(nodeSystem)

const isSet = (...names: ReadonlyArray<string>): Effect.Effect<boolean> =>
  Effect.exists(names, (name) => Effect.map(variable(name), Option.isSome))

const whyNot = ({ platform }: BrowserSystem): Effect.Effect<string | null> =>
  Effect.gen(function* () {
    const chosen = yield* variable("BROWSER")
    if (Option.contains(chosen, "none")) return "BROWSER is set to none"
    if (Option.isSome(chosen)) return null
    if (yield* isSet("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")) return "an SSH session"
    // systemd, Podman and LXC set the first.
    if (yield* isSet("container", "KUBERNETES_SERVICE_HOST", "CODESPACES", "REMOTE_CONTAINERS")) return "a container"
    if (platform !== "linux") return null
    // A Linux in Windows opens the browser of Windows.
    return (yield* isSet("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "WSL_INTEROP")) ? null : "no display"
  })

/** Anything else (a file, a program's own scheme) is no page of an authorization server. */
const webAddress = (url: string): Effect.Effect<string, OAuthBrowserError> => {
  const parsed = parseUrl(url)
  return parsed !== null && ["http:", "https:"].includes(parsed.protocol)
    ? Effect.succeed(parsed.href)
    : failed("the address is not a web address")
}

const failed = (reason: string) => Effect.fail(new OAuthBrowserError({ reason }))

/** `BROWSER` is a Unix custom: programs between colons, with words, and perhaps `%s` where the address goes. */
const chosenProgram = ({ platform }: BrowserSystem): Effect.Effect<Program | null> =>
  Effect.map(variable("BROWSER"), (browser) => {
    if (Option.isNone(browser) || platform === "darwin" || platform === "win32") return null
    const [first = ""] = browser.value.split(":")
    const [name = "", ...words] = first.trim().split(/\s+/)
    return name === "" ? null : { name, arguments: words.filter((word) => word !== "%s") }
  })

const launch = (system: BrowserSystem, url: string, program: Program | null): Effect.Effect<void, OAuthBrowserError> =>
  Effect.tryPromise({
    try: () => system.launch(url, program),
    catch: (cause) => new OAuthBrowserError({ reason: reasonOf(cause) })
  }).pipe(
    Effect.flatMap((opener) => Effect.timeoutOption(refusalOf(opener), "500 millis")),
    Effect.timeoutFail({
      duration: "5 seconds",
      onTimeout: () => new OAuthBrowserError({ reason: "the system did not answer within 5 s" })
    }),
    Effect.asVoid
  )

/** Never the message: it may hold the address. */
const reasonOf = (cause: unknown): string => {
  const code = codeOf(cause)
  return code === undefined ? "the system cannot open links" : meaningOf(code)
}

/** Some openers say at once that they found no browser; one that runs on has found one. */
const refusalOf = (opener: Opener): Effect.Effect<void, OAuthBrowserError> =>
  Effect.async((resume) => {
    const ended = (code: number | null) =>
      resume(code === 0 || code === null ? Effect.void : failed(`the program that opens links ended with code ${code}`))
    // Late errors have nobody else to go to, and would end this process.
    opener.on("error", () => resume(Effect.void))
    opener.on("exit", ended)
    if (opener.exitCode !== null) ended(opener.exitCode)
    return Effect.sync(() => void opener.off("exit", ended))
  })
