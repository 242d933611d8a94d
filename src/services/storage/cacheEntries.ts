/** The entries of an account that are learned anew where they are gone. */
import type * as Duration from "effect/Duration"

export const caches: ReadonlyArray<string> = ["me", "last-test"]

/** What an engine keeps longer helps nobody: who is asked for it meanwhile keeps it anew. */
const cachesLast: Duration.DurationInput = "30 days"

/** How long the entry of a key lasts: all but caches stay. */
export const lasting = (key: string): { readonly timeToLive?: Duration.DurationInput } =>
  caches.some((entry) => key.endsWith(`/${entry}`)) ? { timeToLive: cachesLast } : {}
