/** Where files live: the defaults under the home directory, and the variables that move them. */
import { createHash } from "node:crypto"
import { isAbsolute, join, resolve } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { NoWorkingDirectory } from "../domain/errors.ts"
import type { AccountName, Region } from "../domain/identifiers.ts"
import { variable } from "./environment.ts"

const digest = (text: string): string => createHash("sha256").update(text).digest("hex")

/** What the machine says: the user's home directory and the working directory, both absolute. */
export interface Host {
  readonly home: string
  /** `undefined` where it was removed: whatever needs no relative path works all the same. */
  readonly cwd: string | undefined
}

/** Where a bridge is looked for. */
export interface BridgeSearch {
  /** `MP_AUTH_FILE`: when set, nothing else is looked at. */
  readonly explicit: Option.Option<string>
  /** `~/.claude/mixpanel/auth.json`. */
  readonly home: string
  /** `./mixpanel_auth.json`: used, but announced. Without a working directory there is none. */
  readonly workingDirectory: Option.Option<string>
}

/** The paths of a search, the first to look at first. */
export const searched = ({ explicit, home, workingDirectory }: BridgeSearch): ReadonlyArray<string> =>
  Option.match(explicit, { onNone: () => [home, ...Option.toArray(workingDirectory)], onSome: (path) => [path] })

export class Locations extends Context.Tag("effect-mixpanel/Locations")<
  Locations,
  {
    /** `MP_CONFIG_PATH`, else `~/.mp/config.toml`. */
    readonly config: Effect.Effect<string>
    /** `MP_OAUTH_STORAGE_DIR/accounts`, else `~/.mp/accounts`: a directory for each account. */
    readonly accounts: Effect.Effect<string>
    /** The directory of an account. A name that was not checked is no `AccountName`, and reaches no path. */
    readonly accountDirectory: (account: AccountName) => Effect.Effect<string>
    /** `tokens.json` of an account. */
    readonly tokens: (account: AccountName) => Effect.Effect<string>
    /** `me.json` of an account. */
    readonly meCache: (account: AccountName) => Effect.Effect<string>
    /** `last-test.json` of an account. */
    readonly lastTest: (account: AccountName) => Effect.Effect<string>
    /** The OAuth client registration of a region. */
    readonly client: (region: Region) => Effect.Effect<string>
    /** The tokens of a login whose account is not known yet. */
    readonly pendingLogin: Effect.Effect<string>
    readonly bridge: Effect.Effect<BridgeSearch>
    /** What is kept for a bridge that cannot be written itself, by its path. */
    readonly bridgeCache: (path: string) => Effect.Effect<string>
    /** A path as a person gives it: `~` expanded, made absolute. A relative one throws without a working directory. */
    readonly resolve: (path: string) => string
  }
>() {}

/** Derives all locations from the host; the variables are read at each use. */
export const make = (host: Host): Context.Tag.Service<Locations> => {
  const expand = (path: string, from: string | null): string => {
    const given = path === "~" || path.startsWith("~/") ? join(host.home, path.slice(1)) : path
    if (host.cwd !== undefined) return resolve(host.cwd, given)
    if (isAbsolute(given)) return resolve(given)
    throw new NoWorkingDirectory({ path, variable: from })
  }
  const named = (name: string): Effect.Effect<Option.Option<string>> =>
    Effect.map(variable(name), (value) => Option.map(value, (path) => expand(path, name)))
  const fromVariable = (name: string, fallback: string): Effect.Effect<string> =>
    Effect.map(
      named(name),
      Option.getOrElse(() => join(host.home, fallback))
    )
  const storageRoot = fromVariable("MP_OAUTH_STORAGE_DIR", ".mp")
  const accounts = Effect.map(storageRoot, (root) => join(root, "accounts"))
  const accountDirectory = (account: AccountName) => Effect.map(accounts, (directory) => join(directory, account))
  const inAccount = (file: string) => (account: AccountName) =>
    Effect.map(accountDirectory(account), (directory) => join(directory, file))
  return {
    config: fromVariable("MP_CONFIG_PATH", ".mp/config.toml"),
    accounts,
    accountDirectory,
    tokens: inAccount("tokens.json"),
    meCache: inAccount("me.json"),
    lastTest: inAccount("last-test.json"),
    client: (region) => Effect.map(storageRoot, (root) => join(root, "oauth", `client_${region}.json`)),
    pendingLogin: Effect.map(storageRoot, (root) => join(root, "oauth", "pending-login.json")),
    bridge: Effect.map(named("MP_AUTH_FILE"), (explicit) => ({
      explicit,
      home: join(host.home, ".claude/mixpanel/auth.json"),
      workingDirectory: Option.map(Option.fromNullable(host.cwd), (cwd) => resolve(cwd, "mixpanel_auth.json"))
    })),
    bridgeCache: (path) => Effect.map(storageRoot, (root) => join(root, "bridges", `${digest(path)}.json`)),
    resolve: (path) => expand(path, null)
  }
}
