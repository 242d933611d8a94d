import type { Command } from "../../domain/hints/Command.ts"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { StoringError } from "../../domain/storage/StorageError.ts"
import type { Region } from "../../domain/account/identifiers.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"

/**
 * What a login tells about its progress, as it happens.
 * @since 0.1.0
 * @category models
 */
export type LoginEvent =
  /** The address to open. Always told, whether or not a browser was opened for it. */
  | {
      readonly _tag: "Waiting"
      readonly url: string
      readonly browser: "opened" | "not asked for" | "unavailable"
      readonly why: string
    }
  /** The server does not know the registered client any more; another one was registered. */
  | { readonly _tag: "RegisteredAnew" }
  /** Something came in that does not belong to this login, or cannot be used; the wait goes on. */
  | { readonly _tag: "Ignored"; readonly what: "request" | "paste"; readonly reason: string }
  /** How many more of these came and were not told one by one. */
  | { readonly _tag: "IgnoredMore"; readonly count: number }
  /** The redirect came; the code is being exchanged. */
  | { readonly _tag: "Approved" }

/**
 * Which login is wanted, and how it speaks to the person.
 * @since 0.1.0
 * @category models
 */
export interface LoginRequest {
  readonly region: Region
  /** Where a finished login is kept; runs before the browser is told that it succeeded. */
  readonly keep: (tokens: OAuthTokens) => Effect.Effect<unknown, StoringError>
  /** `false`: open no browser. */
  readonly openBrowser: boolean
  /** How long a person may take in all, in seconds. */
  readonly timeoutSeconds: number
  /** Lines that a person pastes; the end of the stream ends nothing. */
  readonly pastes: Stream.Stream<string>
  /** Whether pastes are read even when a browser could be opened. */
  readonly alwaysPaste: boolean
  /** Whether the last paste is the last chance: a pipe that has ended brings no other. */
  readonly pastesAreFinal: boolean
  /** Is told what happens meanwhile. */
  readonly report: (event: LoginEvent) => Effect.Effect<void>
  /** The command that begins anew, for errors that people see at a terminal. */
  readonly fix?: Command | undefined
}
