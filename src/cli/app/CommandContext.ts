/** What commands may use, and what they may fail with. */
import type {
  EditError,
  FileError,
  LockError,
  NoWorkspaces,
  ProjectNotFound,
  ResolutionError
} from "../../domain/errors.ts"
import type { CredentialFiles } from "../../services/platform/CredentialFiles.ts"
import type { FileInspector } from "../../services/platform/FileInspector.ts"
import type { Locations } from "../../services/platform/Locations.ts"
import type { LoginError, OAuthNetworkUnreachable, OAuthRegionProbeFailed } from "../../domain/oauth/OAuthError.ts"
import type { RequestError } from "../../domain/api/ApiError.ts"
import type { CommandNotStarted } from "../commands/exec/ChildProcess.ts"
import type { OfflineServices } from "./services.ts"
import type { Globals } from "./Globals.ts"
import type { SilentError } from "./SilentError.ts"
import type { Terminal } from "./Terminal.ts"

/** Everything that a command can answer instead of a result. */
export type CommandError =
  | ResolutionError
  | EditError
  | FileError
  | LockError
  | RequestError
  | NoWorkspaces
  | LoginError
  | OAuthRegionProbeFailed
  | OAuthNetworkUnreachable
  | ProjectNotFound
  | CommandNotStarted
  | SilentError

/** The offline services; what needs the network loads it by itself. */
export type CommandServices = OfflineServices | CredentialFiles | FileInspector | Locations | Globals | Terminal
