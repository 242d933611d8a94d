/** Where files live: the defaults under the home directory, and the variables that move them. */
import { createHash } from "node:crypto"
import { join, resolve } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Region } from "../domain/identifiers.ts"
import { variable } from "./environment.ts"

const digest = (text: string): string => createHash("sha256").update(text).digest("hex")

/** What the machine says: the user's home directory and the working directory, both absolute. */
export interface Host {
  readonly home: string
  readonly cwd: string
}

/** Where a bridge is looked for. */
export interface BridgeSearch {
  /** `MP_AUTH_FILE`: when set, nothing else is looked at. */
  readonly explicit: Option.Option<string>
  /** `~/.claude/mixpanel/auth.json`. */
  readonly home: string
  /** `./mixpanel_auth.json`: used, but announced. */
  readonly workingDirectory: string
}

export class Locations extends Context.Tag("effect-mixpanel/Locations")<
  Locations,
  {
    /** `MP_CONFIG_PATH`, else `~/.mp/config.toml`. */
    readonly config: Effect.Effect<string>
    /** `MP_OAUTH_STORAGE_DIR/accounts/NAME`, else `~/.mp/accounts/NAME`. */
    readonly accountDirectory: (account: string) => Effect.Effect<string>
    /** `tokens.json` of an account. */
    readonly tokens: (account: string) => Effect.Effect<string>
    /** `me.json` of an account. */
    readonly meCache: (account: string) => Effect.Effect<string>
    /** `last-test.json` of an account. */
    readonly lastTest: (account: string) => Effect.Effect<string>
    /** The OAuth client registration of a region. */
    readonly client: (region: Region) => Effect.Effect<string>
    readonly bridge: Effect.Effect<BridgeSearch>
    /** What is kept for a bridge that cannot be written itself, by its path. */
    readonly bridgeCache: (path: string) => Effect.Effect<string>
    /** A path as a person gives it: `~` expanded, made absolute. */
    readonly resolve: (path: string) => string
  }
>() {}

/** Derives all locations from the host; the variables are read at each use. */
export const make = (host: Host): Context.Tag.Service<Locations> => {
  const expand = (path: string): string =>
    resolve(host.cwd, path === "~" || path.startsWith("~/") ? join(host.home, path.slice(1)) : path)
  const fromVariable = (name: string, fallback: string): Effect.Effect<string> =>
    Effect.map(variable(name), Option.match({ onNone: () => join(host.home, fallback), onSome: expand }))
  const storageRoot = fromVariable("MP_OAUTH_STORAGE_DIR", ".mp")
  const accountDirectory = (account: string) => Effect.map(storageRoot, (root) => join(root, "accounts", account))
  const inAccount = (file: string) => (account: string) =>
    Effect.map(accountDirectory(account), (directory) => join(directory, file))
  return {
    config: fromVariable("MP_CONFIG_PATH", ".mp/config.toml"),
    accountDirectory,
    tokens: inAccount("tokens.json"),
    meCache: inAccount("me.json"),
    lastTest: inAccount("last-test.json"),
    client: (region) => Effect.map(storageRoot, (root) => join(root, "oauth", `client_${region}.json`)),
    bridge: Effect.map(variable("MP_AUTH_FILE"), (explicit) => ({
      explicit: Option.map(explicit, expand),
      home: join(host.home, ".claude/mixpanel/auth.json"),
      workingDirectory: resolve(host.cwd, "mixpanel_auth.json")
    })),
    bridgeCache: (path) => Effect.map(storageRoot, (root) => join(root, "bridges", `${digest(path)}.json`)),
    resolve: expand
  }
}
