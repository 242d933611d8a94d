/** Where files live: the defaults under the home directory, and the variables that move them. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { FileError } from "../../domain/errors.ts"
import type { AccountName, Region } from "../../domain/account/identifiers.ts"

/** Where a bridge is looked for. */
export interface BridgeSearch {
  /** `MP_AUTH_FILE`: when set, nothing else is looked at. */
  readonly explicit: Option.Option<string>
  /** `~/.claude/mixpanel/auth.json`. A user without a home directory has none. */
  readonly home: Option.Option<string>
  /** `./mixpanel_auth.json`, the last place. Without a working directory there is none. */
  readonly workingDirectory: Option.Option<string>
}

/** The paths of a search, the first to look at first. */
export const searched = ({ explicit, home, workingDirectory }: BridgeSearch): ReadonlyArray<string> =>
  Option.match(explicit, { onNone: () => [home, workingDirectory].flatMap(Option.toArray), onSome: (path) => [path] })

/** A path; `no_home` or `no_working_directory` where there is none that it could start from. */
type Location = Effect.Effect<string, FileError>

export class Locations extends Context.Tag("effect-mixpanel/Locations")<
  Locations,
  {
    /** `MP_CONFIG_PATH`, else `~/.mp/config.toml`. */
    readonly config: Location
    /** `MP_OAUTH_STORAGE_DIR/accounts`, else `~/.mp/accounts`: a directory for each account. */
    readonly accounts: Location
    /** The directory of an account. A name that was not checked is no `AccountName`, and reaches no path. */
    readonly accountDirectory: (account: AccountName) => Location
    /** `tokens.json` of an account. */
    readonly tokens: (account: AccountName) => Location
    /** `me.json` of an account. */
    readonly meCache: (account: AccountName) => Location
    /** `last-test.json` of an account. */
    readonly lastTest: (account: AccountName) => Location
    /** The OAuth client registration of a region. */
    readonly client: (region: Region) => Location
    /** The tokens of a login whose account is not known yet. */
    readonly pendingLogin: Location
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
  }
>() {}
