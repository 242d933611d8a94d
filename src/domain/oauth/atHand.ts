import type { OAuthTokens } from "./OAuthTokens.ts"

export interface Remembered {
  readonly tokens: OAuthTokens
  /** When they were seen, by a clock that nobody sets. */
  readonly seenAt: number
  readonly isUnsaved: boolean
}

export const isAtHand = (
  { seenAt, tokens }: Remembered,
  at: { readonly now: number; readonly monotonic: number; readonly cacheMillis: number }
): boolean => at.monotonic - seenAt < at.cacheMillis && !tokens.isExpiredAt(at.now)

export const isDue = (tokens: OAuthTokens, now: number, earlierMillis: number): boolean =>
  earlierMillis > 0 && tokens.isExpiredAt(now + earlierMillis)

/** Who was interrupted, and when: from `host-7 at 2026-11-26T12:03:00.000Z`, as a claim names its holder. */
export const interruptedText = (holder: string): string => {
  const [, by = holder, time] = /^(.*) at \d{4}-\d\d-\d\dT(\d\d:\d\d)[^ ]*$/.exec(holder) ?? []
  return time === undefined
    ? `the refresh by ${by} was interrupted`
    : `the refresh of ${time} UTC by ${by} was interrupted`
}
