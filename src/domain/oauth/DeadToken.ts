/** What is noted of a refresh token that the server called dead: so that it is not sent again, and the truth told of it. */
import * as Option from "effect/Option"

/**
 * A refresh token that is dead.
 * @since 0.1.0
 * @category models
 */
export interface DeadToken {
  readonly fingerprint: string
  /** Who claimed it before, and never said what became of it: what the server gave for it arrived nowhere. */
  readonly abandonedBy: Option.Option<string>
}

export const deadText = ({ abandonedBy, fingerprint }: DeadToken): string =>
  Option.match(abandonedBy, { onNone: () => fingerprint, onSome: (holder) => `${fingerprint} ${holder}` })

export const deadTokenOf = (text: string): DeadToken => {
  const [, fingerprint = text, holder] = /^([^ ]*) (.+)$/s.exec(text) ?? []
  return { fingerprint, abandonedBy: Option.fromNullable(holder) }
}
