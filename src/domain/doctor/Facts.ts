/** Everything that the examination looks at, gathered before anything is decided. */
import type * as Either from "effect/Either"
import type * as Option from "effect/Option"
import type { Account } from "../account/Account.ts"
import type { LastCheck } from "../account/LastCheck.ts"
import type { ReadVariable } from "../session/Environment.ts"
import type { ConfigSource } from "../config/checkConfig.ts"
import type { ErrorInfo, FileError, LockHolder } from "../errors.ts"
import type { EngineReport } from "../storage/EngineReport.ts"
import type { StorageError } from "../storage/StorageError.ts"
import type { Me } from "../api/Me.ts"
import type { ClientTrouble } from "../oauth/ClientRegistration.ts"
import type { OAuthTokens } from "../oauth/OAuthTokens.ts"
import type { DirectorySources } from "../session/DirectorySources.ts"
import type { BridgeSources } from "../session/BridgeFile.ts"

/**
 * What a path is, without following links.
 * @since 0.1.0
 * @category models
 */
export interface PathFacts {
  readonly kind: "file" | "directory" | "link" | "socket" | "other"
  /** Permission bits; 0 where the system has none. */
  readonly mode: number
  /** Whether it belongs to the user who runs this. */
  readonly own: boolean
}

/** Something that is there. */
export interface Found extends PathFacts {
  readonly path: string
}

/** A directory that holds credentials. */
export interface Directory extends Found {
  /** It was named by a variable and may be meant for more than this. */
  readonly named: boolean
}

/** What is stored for an account that logs in through a browser. */
export interface LoginFacts {
  readonly tokens: Either.Either<Option.Option<OAuthTokens>, ErrorInfo>
  /** The file is there but refused for what it is; the files are examined on their own. */
  readonly refused: boolean
  /** The refresh token is the one that the server called dead. */
  readonly dead: boolean
  /** The region has a registration for tokens that do not name their client. */
  readonly registered: boolean
  readonly clientTrouble: Option.Option<ClientTrouble>
}

/** An account that can be decoded, and what is known about it. */
export interface AccountFacts {
  readonly account: Account
  readonly login: Option.Option<LoginFacts>
  readonly me: Option.Option<Me>
  /** The last check of this very credential. */
  readonly lastCheck: Option.Option<LastCheck>
}

/** The bridges that are there. */
export interface BridgeFacts {
  readonly sources: BridgeSources
  /** The chosen one, as a file. */
  readonly found: Option.Option<Found>
  /** The chosen one lies where somebody else may have put it. */
  readonly inWorkingDirectory: boolean
}

/**
 * One request to a host.
 * @since 0.1.0
 * @category models
 */
export interface Reached {
  readonly url: string
  readonly outcome: Either.Either<Answered, string>
}

/**
 * An answer, of whatever status.
 * @since 0.1.0
 * @category models
 */
export interface Answered {
  readonly status: number
  /** How far our clock is ahead of the server's, in milliseconds. */
  readonly ahead: Option.Option<number>
}

/** The store that machines share, and what it said of itself. */
export interface StoreFacts {
  /** Where it is. */
  readonly shown: string
  /** The names of the keys of `MP_STORE_KEY`, of which the first seals. */
  readonly keys: ReadonlyArray<string>
  /** How many replicas are asked for. */
  readonly replicas: number
  /** With how far our clock is ahead of the engine's, in milliseconds. */
  readonly outcome: Either.Either<{ readonly report: EngineReport; readonly ahead: number }, StorageError>
}

/** A lock, by its directory. */
export interface LockFacts {
  readonly path: string
  /**
   * What is known of its holder: `dead`, `alive`, or `unknown` where it cannot be asked. `empty`: nobody can take it,
   * for its token is gone. `blocked`: what is there is no directory.
   */
  readonly state: "dead" | "alive" | "unknown" | "empty" | "blocked"
  readonly holder: LockHolder | null
}

export interface Facts {
  /** Epoch milliseconds. */
  readonly now: number
  readonly platform: string
  readonly variables: ReadVariable
  readonly config: ConfigSource
  /** Where the process is, and where the rules of `[[directories]]` lead. */
  readonly rules: DirectorySources
  readonly accounts: ReadonlyArray<AccountFacts>
  readonly directories: ReadonlyArray<Directory>
  /** Stored files: tokens, registrations, caches. */
  readonly files: ReadonlyArray<Found>
  /** Temporary files of processes that have ended. */
  readonly leftovers: ReadonlyArray<string>
  /** Locks that are held, or cannot be taken. */
  readonly locks: ReadonlyArray<LockFacts>
  /** Directories of accounts that are not configured. */
  readonly orphans: ReadonlyArray<string>
  /** The file of `NODE_EXTRA_CA_CERTS`, where it does not exist. */
  readonly missingCertificates: Option.Option<string>
  readonly bridge: BridgeFacts
  /** Why the audit file cannot be read, where that is not what it is as a file. */
  readonly audit: Option.Option<FileError>
  /** `None` where logins are kept on the disk of this machine. */
  readonly store: Option.Option<StoreFacts>
  /** Empty when nobody was asked. */
  readonly network: ReadonlyArray<Reached>
}
