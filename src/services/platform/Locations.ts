import type * as Path from "@effect/platform/Path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import type { AccountName, ProjectId, Region } from "../../domain/account/identifiers.ts"
import { FileError } from "../../domain/errors.ts"
import { command } from "../../domain/hints/Command.ts"
import type { DirectoryPlace } from "../../domain/session/DirectorySources.ts"
import type { ReadVariable } from "../../domain/session/Environment.ts"
import type { Crypto } from "./Crypto.ts"
import { readAll, variable } from "./environment.ts"

/**
 * Where a bridge is looked for.
 * @since 0.1.0
 * @category models
 */
export interface BridgeSearch {
  /** `MP_AUTH_FILE`: when set, nothing else is looked at. */
  readonly explicit: Option.Option<string>
  /** `~/.claude/mixpanel/auth.json`. A user without a home directory has none. */
  readonly home: Option.Option<string>
  /** `./mixpanel_auth.json`, the last place. Without a working directory there is none. */
  readonly workingDirectory: Option.Option<string>
}

export const searched = ({ explicit, home, workingDirectory }: BridgeSearch): ReadonlyArray<string> =>
  Option.match(explicit, { onNone: () => [home, workingDirectory].flatMap(Option.toArray), onSome: (path) => [path] })

/**
 * Where the queries of a project are counted.
 * @since 0.1.0
 * @category models
 */
export interface QueryLogs {
  readonly own: string
  /** The ledger of mixpanel_headless. */
  readonly pacer: string
}

/** A path; `no_home` or `no_working_directory` where there is none that it could start from. */
type Location = Effect.Effect<string, FileError>

/**
 * Where everything that is stored lies.
 *
 * @example
 * ```ts
 * const path = Effect.flatMap(Locations, (locations) => locations.config)
 * ```
 * @since 0.1.0
 * @category services
 */
export class Locations extends Context.Tag("effect-mixpanel/Locations")<
  Locations,
  {
    /** `MP_CONFIG_PATH`, else `~/.mp/config.toml`. */
    readonly config: Location
    /** `MP_STORAGE_DIR/accounts` (or `MP_OAUTH_STORAGE_DIR`), else `~/.mp/accounts`: a directory for each account. */
    readonly accounts: Location
    /** The directory of an account. A name that was not checked is no `AccountName`, and reaches no path. */
    readonly accountDirectory: (account: AccountName) => Location
    /** `tokens.json` of an account. */
    readonly tokens: (account: AccountName) => Location
    /** `me.json` of an account. */
    readonly meCache: (account: AccountName) => Location
    /** `last-test.json` of an account. */
    readonly lastTest: (account: AccountName) => Location
    /** `audit.jsonl`: what was done with logins. */
    readonly audit: Location
    /** The OAuth client registration of a region. */
    readonly client: (region: Region) => Location
    /** Where versions before 0.4 of mixpanel_headless kept the tokens of a region. */
    readonly oldTokens: (region: Region) => Location
    /** The log of a project's queries, and the one that mixpanel_headless keeps. */
    readonly queries: (host: string, project: ProjectId) => Effect.Effect<QueryLogs, FileError>
    /** The tokens of a login whose account is not known yet. */
    readonly pendingLogin: Location
    /** Where a broker of the user listens: `XDG_RUNTIME_DIR/mp/broker.sock`, else `~/.mp/run/broker.sock`. */
    readonly brokerSocket: Location
    readonly bridge: Effect.Effect<BridgeSearch, FileError>
    /** What is kept for a bridge that cannot be written itself, by its path. */
    readonly bridgeCache: (path: string) => Location
    /**
     * Whether a path lies where somebody else may have put it: in the working directory, or below it where that is
     * not the home directory or above.
     */
    readonly inWorkingDirectory: (path: string) => boolean
    /** A path as a person gives it: `~` expanded, made absolute. */
    readonly resolve: (path: string) => Location
    /**
     * The working directory and all above it, links resolved, the deepest first; `None` where it cannot be found.
     */
    readonly workingDirectory: Effect.Effect<Option.Option<ReadonlyArray<string>>>
    /** Where the path of a rule (absolute, or below `~`) leads, and whether there is a directory. */
    readonly directory: (path: string) => Effect.Effect<DirectoryPlace>
  }
>() {}

/**
 * How paths are put together on a machine.
 * @since 0.1.0
 * @category models
 */
export type Paths = Pick<Path.Path, "dirname" | "isAbsolute" | "join" | "resolve">

/**
 * What a machine says: the user's home directory and the working directory, both absolute.
 * @since 0.1.0
 * @category models
 */
export interface Host {
  /** `undefined` for a user without one: whatever is not kept there works all the same. */
  readonly home: string | undefined
  /** `undefined` where it was removed: whatever needs no relative path works all the same. */
  readonly cwd: string | undefined
  /**
   * A directory without links in its path; `undefined` where there is none, or it may not be looked at. Without this
   * there are no links, and every path is a directory.
   */
  readonly realDirectory?: (path: string) => string | undefined
}

export const make = (
  host: Host,
  { join, ...paths }: Paths,
  { sha256 }: Pick<Crypto["Type"], "sha256">
): Locations["Type"] => {
  const inHome = (path: string, from: string | null = null): Effect.Effect<string, FileError> =>
    host.home === undefined
      ? Effect.fail(noHome(path === "" ? "~" : `~/${path}`, from))
      : Effect.succeed(join(host.home, path))
  const inWorkingDirectory = (path: string, from: string | null): Effect.Effect<string, FileError> => {
    if (host.cwd !== undefined) return Effect.succeed(paths.resolve(host.cwd, path))
    return paths.isAbsolute(path)
      ? Effect.succeed(paths.resolve(path))
      : Effect.fail(noWorkingDirectory(path, from, host.home !== undefined))
  }
  const expand = (path: string, from: string | null): Effect.Effect<string, FileError> =>
    path === "~" || path.startsWith("~/") ? inHome(path.slice(2), from) : inWorkingDirectory(path, from)
  const leads = (names: ReadonlyArray<string>, read: ReadVariable) =>
    Option.firstSomeOf(names.map((name) => Option.map(read(name), (path) => expand(path, name))))
  /** Where the first of these variables that is set leads. */
  const fromVariables = (names: ReadonlyArray<string>, fallback: string): Effect.Effect<string, FileError> =>
    Effect.flatMap(readAll(names), (read) => Option.getOrElse(leads(names, read), () => inHome(fallback)))
  const stored = (...names: ReadonlyArray<string>) => Effect.map(storageRoot, (root) => join(root, ...names))
  const storageRoot = fromVariables(storageVariables, ".mp")
  const inAccount = (file: string) => (account: AccountName) => stored("accounts", account, file)
  const explicitBridge = Effect.flatMap(readAll(["MP_AUTH_FILE"]), (read) =>
    Effect.transposeOption(leads(["MP_AUTH_FILE"], read))
  )
  const ownBridge = host.home === undefined ? undefined : join(host.home, homeBridge)
  const isPlantable = (path: string, cwd: string): boolean => {
    if (path === ownBridge) return false
    return (
      paths.dirname(path) === cwd || (isWithin(path, cwd) && (ownBridge === undefined || !isWithin(ownBridge, cwd)))
    )
  }
  const { realDirectory = paths.resolve } = host
  const above = (path: string): ReadonlyArray<string> =>
    paths.dirname(path) === path ? [path] : [path, ...above(paths.dirname(path))]
  return {
    workingDirectory: Effect.sync(() =>
      Option.map(Option.fromNullable(host.cwd), (cwd) => above(realDirectory(cwd) ?? cwd))
    ),
    // `..` behind a link leads to where the system says, so nothing is put together here.
    directory: (path) =>
      Effect.sync(() => {
        const expanded = path.replace(/^~(?=\/|$)/, () => host.home ?? "~")
        if (!paths.isAbsolute(expanded)) return { path, isDirectory: false }
        const real = realDirectory(expanded)
        return { path: real ?? paths.resolve(expanded), isDirectory: real !== undefined }
      }),
    config: fromVariables(["MP_CONFIG_PATH"], ".mp/config.toml"),
    accounts: stored("accounts"),
    accountDirectory: (account) => stored("accounts", account),
    tokens: inAccount("tokens.json"),
    meCache: inAccount("me.json"),
    lastTest: inAccount("last-test.json"),
    audit: stored("audit.jsonl"),
    client: (region) => stored("oauth", `client_${region}.json`),
    oldTokens: (region) => stored("oauth", `tokens_${region}.json`),
    queries: (host, project) => {
      const directory = ["", ".", ".."].includes(host) ? "_" : host.replaceAll(/[^A-Za-z0-9._-]/g, "_")
      return Effect.all({
        own: stored("queries", directory, `${project}.json`),
        pacer: stored("pacer", directory, `${project}-query.json`)
      })
    },
    pendingLogin: stored("oauth", "pending-login.json"),
    brokerSocket: Effect.flatMap(variable("XDG_RUNTIME_DIR"), (directory) =>
      Option.match(Option.filter(directory, paths.isAbsolute), {
        onNone: () => stored("run", "broker.sock"),
        onSome: (absolute) => Effect.succeed(join(absolute, "mp", "broker.sock"))
      })
    ),
    bridge: Effect.map(explicitBridge, (explicit) => ({
      explicit,
      home: Option.fromNullable(ownBridge),
      workingDirectory: Option.map(Option.fromNullable(host.cwd), (cwd) => join(cwd, "mixpanel_auth.json"))
    })),
    bridgeCache: (path) =>
      Effect.flatMap(sha256(path), (digest) => stored("bridges", `${Encoding.encodeHex(digest)}.json`)),
    inWorkingDirectory: (path) => host.cwd !== undefined && isPlantable(path, host.cwd),
    resolve: (path) => expand(path, null)
  }
}

/** What says where credentials are stored, if that is not `~/.mp`: the first that is set counts. */
export const storageVariables = ["MP_STORAGE_DIR", "MP_OAUTH_STORAGE_DIR"] as const

const homeBridge = ".claude/mixpanel/auth.json"

const isWithin = (path: string, directory: string): boolean =>
  path.startsWith(directory.endsWith("/") ? directory : `${directory}/`)

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
