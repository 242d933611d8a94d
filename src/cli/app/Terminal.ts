/** The streams of the process: what is read from stdin, and where words and data go. */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Stream from "effect/Stream"
import type { TerminalText } from "./TerminalText.ts"
import { type ErrorInfo, fixOf, type InvalidArgument } from "../../domain/errors.ts"
import type { Command } from "../../domain/hints/Command.ts"
import { meaningOf } from "../../domain/internal/errno.ts"

/** More than this (64 KiB) is no secret but a mistake. */
export const maxSecretBytes = 65_536

/** The longest request body that is read from stdin: 32 MiB. */
export const maxBodyBytes = 33_554_432

/**
 * What `Terminal` offers.
 * @since 0.1.0
 * @category services
 */
export interface TerminalShape {
  /** Writes data to stdout. */
  readonly out: (text: TerminalText) => Effect.Effect<void>
  /** Writes a part of a body to stdout: byte for byte, but on a terminal as text in which nothing acts on it. */
  readonly outBytes: (bytes: Uint8Array) => Effect.Effect<void>
  /** Writes words for people to stderr. */
  readonly err: (text: TerminalText) => Effect.Effect<void>
  /** Whether anybody reads stdout, as far as it is known from what was written: `false` after `mp … | head -1`. */
  readonly outIsRead: boolean
  /** Whether stdin and stderr are terminals, so that a person can be asked. */
  readonly interactive: boolean
  readonly inIsTerminal: boolean
  readonly outIsTerminal: boolean
  readonly errIsTerminal: boolean
  /** How many columns stdout has; a pipe has room for everything. */
  readonly outColumns: number
  /** Everything on stdin; more than `maxBytes`, or what is no UTF-8, is refused. */
  readonly readStdin: (maxBytes: number) => Effect.Effect<string, InvalidArgument>
  /** The same byte for byte. */
  readonly readStdinBytes: (maxBytes: number) => Effect.Effect<Uint8Array, InvalidArgument>
  /** The lines of stdin as they come; reading stops when the stream is let go. */
  readonly lines: Effect.Effect<Stream.Stream<string>>
  /** Asks for a secret without showing it. */
  readonly askSecret: (question: TerminalText) => Effect.Effect<Redacted.Redacted>
}

/**
 * What a command writes to and reads from.
 *
 * @example
 * ```ts
 * const mounted = Effect.provide(program, terminal)
 * ```
 * @since 0.1.0
 * @category services
 */
export class Terminal extends Context.Tag("mp/Terminal")<Terminal, TerminalShape>() {}

/** Words that could not be written: no command can do anything about it, so it ends whatever runs. */
export class OutputWriteError
  extends Data.TaggedError("OutputWriteError")<{ readonly to: "stdout" | "stderr"; readonly errno: string }>
  implements ErrorInfo
{
  readonly code = "OUTPUT_NOT_WRITTEN"
  override get message(): string {
    return `The output of mp could not be written to ${this.to}: ${meaningOf(this.errno)}.`
  }
  get hints(): ReadonlyArray<Command> {
    return []
  }
  get details() {
    return { to: this.to, errno: this.errno, fix: fixOf(this.hints) }
  }
}
