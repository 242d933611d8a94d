import type * as Duration from "effect/Duration"

export const caches: ReadonlyArray<string> = ["me", "last-test"]

/** What an engine keeps longer helps nobody: who is asked for it meanwhile keeps it anew. */
const cachesLast: Duration.DurationInput = "30 days"

export const lasting = (key: string): { readonly timeToLive?: Duration.DurationInput } =>
  caches.some((entry) => key.endsWith(`/${entry}`)) ? { timeToLive: cachesLast } : {}
