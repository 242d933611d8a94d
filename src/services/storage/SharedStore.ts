import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { EngineReport } from "../../domain/storage/EngineReport.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"
import type { StoreSettings } from "../../domain/storage/StoreSettings.ts"
import type { CredentialStorageShape } from "./CredentialStorage.ts"

export interface SharedStoreShape {
  readonly shown: string
  readonly settings: Effect.Effect<StoreSettings, StorageError>
  /** Connects, looks at the engine, and refuses one that loses logins; once, for all that follows. */
  readonly opened: Effect.Effect<CredentialStorageShape, StorageError>
  readonly report: Effect.Effect<EngineReport, StorageError>
}

/** There is none where logins are kept on the disk of this machine. */
export class SharedStore extends Context.Tag("effect-mixpanel/SharedStore")<SharedStore, SharedStoreShape>() {}
