/** Where this machine keeps things. */
import { dirname, isAbsolute, join, resolve } from "node:path"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { command } from "../../domain/hints/Command.ts"
import { FileError } from "../../domain/errors.ts"
import type { AccountName } from "../../domain/account/identifiers.ts"
import { sha256 } from "../../domain/internal/sha256.ts"
import { variable } from "../../services/platform/environment.ts"
import { Locations } from "../../services/platform/Locations.ts"
import { homeDirectory } from "./home.ts"

/** What the machine says: the user's home directory and the working directory, both absolute. */
export interface Host {
  /** `undefined` for a user without one: whatever is not kept there works all the same. */
  readonly home: string | undefined
  /** `undefined` where it was removed: whatever needs no relative path works all the same. */
  readonly cwd: string | undefined
}

/** Derives all locations from the host; the variables are read at each use. */
export const make = (host: Host): Context.Tag.Service<Locations> => {
  const inHome = (path: string, from: string | null = null): Effect.Effect<string, FileError> =>
    host.home === undefined
      ? Effect.fail(noHome(path === "" ? "~" : `~/${path}`, from))
      : Effect.succeed(join(host.home, path))
  const inWorkingDirectory = (path: string, from: string | null): Effect.Effect<string, FileError> => {
    if (host.cwd !== undefined) return Effect.succeed(resolve(host.cwd, path))
    return isAbsolute(path)
      ? Effect.succeed(resolve(path))
      : Effect.fail(noWorkingDirectory(path, from, host.home !== undefined))
  }
  const expand = (path: string, from: string | null): Effect.Effect<string, FileError> =>
    path === "~" || path.startsWith("~/") ? inHome(path.slice(2), from) : inWorkingDirectory(path, from)
  const named = (name: string): Effect.Effect<Option.Option<string>, FileError> =>
    Effect.flatMap(
      variable(name),
      Option.match({
        onNone: () => Effect.succeedNone,
        onSome: (path) => Effect.asSome(expand(path, name))
      })
    )
  const fromVariable = (name: string, fallback: string): Effect.Effect<string, FileError> =>
    Effect.flatMap(named(name), Option.match({ onNone: () => inHome(fallback), onSome: Effect.succeed }))
  const stored = (...names: ReadonlyArray<string>) => Effect.map(storageRoot, (root) => join(root, ...names))
  const storageRoot = fromVariable("MP_OAUTH_STORAGE_DIR", ".mp")
  const inAccount = (file: string) => (account: AccountName) => stored("accounts", account, file)
  return {
    config: fromVariable("MP_CONFIG_PATH", ".mp/config.toml"),
    accounts: stored("accounts"),
    accountDirectory: (account) => stored("accounts", account),
    tokens: inAccount("tokens.json"),
    meCache: inAccount("me.json"),
    lastTest: inAccount("last-test.json"),
    client: (region) => stored("oauth", `client_${region}.json`),
    pendingLogin: stored("oauth", "pending-login.json"),
    bridge: Effect.map(named("MP_AUTH_FILE"), (explicit) => ({
      explicit,
      home: Option.map(Option.fromNullable(host.home), (home) => join(home, homeBridge)),
      workingDirectory: Option.map(Option.fromNullable(host.cwd), (cwd) => resolve(cwd, "mixpanel_auth.json"))
    })),
    bridgeCache: (path) => stored("bridges", `${sha256(path, "hex")}.json`),
    inWorkingDirectory: (path) => host.cwd !== undefined && isPlantable(path, host.cwd, host.home),
    resolve: (path) => expand(path, null)
  }
}

const homeBridge = ".claude/mixpanel/auth.json"

const isPlantable = (path: string, cwd: string, home: string | undefined): boolean => {
  const own = home === undefined ? undefined : join(home, homeBridge)
  if (path === own) return false
  return dirname(path) === cwd || (isWithin(path, cwd) && (own === undefined || !isWithin(own, cwd)))
}

const isWithin = (path: string, directory: string): boolean =>
  path.startsWith(directory.endsWith("/") ? directory : `${directory}/`)

/** By which variable a path was named. */
const namedBy = (variable: string | null): string => (variable === null ? "" : ` (from ${variable})`)

const noHome = (path: string, from: string | null): FileError =>
  new FileError({
    path,
    problem: "no_home",
    reason: `cannot be found${namedBy(from)}: HOME is not set to the absolute path of a directory, and no other home directory is known`,
    fix: command`export HOME="$(mktemp -d)"`
  })

const noWorkingDirectory = (path: string, from: string | null, hasHome: boolean): FileError =>
  new FileError({
    path,
    problem: "no_working_directory",
    reason: `is a relative path${namedBy(from)}, and the working directory it starts from cannot be found: it was removed, or may not be read`,
    fix: hasHome ? command`cd ~` : command`cd /`
  })

/** Node throws when somebody removed the directory that the process is in. */
const workingDirectory = (): string | undefined => {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

/** Locations of the user who runs the process. */
export const ofProcess = Effect.sync(() => make({ home: homeDirectory(), cwd: workingDirectory() }))

export const layer: Layer.Layer<Locations> = Layer.effect(Locations, ofProcess)
