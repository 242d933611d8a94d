/** The bridge files that are found, by what they may decide. */
import type * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { BridgeFile } from "./BridgeFile.ts"
import type { ConfigError } from "../errors.ts"

/** A bridge and the file it came from. */
export interface LoadedBridge {
  readonly path: string
  readonly file: BridgeFile
}

/** A bridge file that is there, whatever may be wrong with it. */
export interface BridgeSource {
  readonly path: string
  readonly content: Either.Either<BridgeFile, ConfigError>
}

export interface BridgeSources {
  /** `MP_AUTH_FILE`, where it names a file that does not exist. */
  readonly missing: Option.Option<string>
  /** The one that the user chose: `MP_AUTH_FILE`, else `~/.claude/mixpanel/auth.json`. It stands above `[active]`. */
  readonly chosen: Option.Option<BridgeSource>
  /** `./mixpanel_auth.json`, which may be anybody's: it counts where nothing else gives an account. */
  readonly here: Option.Option<BridgeSource>
}

/** No bridge anywhere. */
export const noBridges: BridgeSources = { missing: Option.none(), chosen: Option.none(), here: Option.none() }
