/** What commands may use, and what they may fail with. */
import * as Data from "effect/Data"
import type { Globals } from "./Globals.ts"
import type { Terminal } from "./Terminal.ts"
import type { OfflineServices } from "./services.ts"
import type { CommandNotStarted } from "../commands/exec/ChildProcess.ts"
import type { CredentialWithheld } from "../../domain/credential/CredentialWithheld.ts"
import type { BrokerNotListening } from "../../domain/broker/BrokerNotListening.ts"
import type { RequestError } from "../../domain/api/ApiError.ts"
import type { EditError, ErrorInfo, NoWorkspaces, ProjectNotFound, ResolutionError } from "../../domain/errors.ts"
import type { ClaimError } from "../../domain/storage/StorageError.ts"
import type { LoginError, OAuthNetworkUnreachable, OAuthRegionProbeFailed } from "../../domain/oauth/OAuthError.ts"
import type { CredentialFiles } from "../../services/platform/CredentialFiles.ts"
import type { FileInspector } from "../../services/platform/FileInspector.ts"
import type { Locations } from "../../services/platform/Locations.ts"

/**
 * Everything that a command can answer instead of a result.
 * @since 0.1.0
 * @category errors
 */
export type CommandError =
  | ResolutionError
  | EditError
  | ClaimError
  | RequestError
  | NoWorkspaces
  | LoginError
  | OAuthRegionProbeFailed
  | OAuthNetworkUnreachable
  | ProjectNotFound
  | BrokerNotListening
  | CommandNotStarted
  | CredentialWithheld
  | SilentError

/**
 * The offline services; what needs the network loads it by itself.
 * @since 0.1.0
 * @category services
 */
export type CommandServices = OfflineServices | CredentialFiles | FileInspector | Locations | Globals | Terminal

/** A failure that stdout has told already: only the exit code is left to give. */
export class SilentError extends Data.TaggedError("SilentError")<{ readonly error: ErrorInfo }> {}
