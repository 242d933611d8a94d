/** What an engine says of itself and of what lies in a namespace: no value, and no key that seals one. */

export interface EngineReport {
  /** `Redis 7.0.15`. */
  readonly engine: string
  /** Whether what it has stored outlives a crash, in its own words: `appendonly yes`. */
  readonly persistence: string
  /** What it throws away when its memory is full; `null` for an engine that throws nothing away. */
  readonly eviction: string | null
  /** How many replicas are connected; `null` where the user may not know. */
  readonly replicas: number | null
  readonly entries: ReadonlyArray<EntryReport>
}

export interface EntryReport {
  readonly key: string
  /** The id of the key that seals it; `null` where it is not sealed. */
  readonly sealedBy: string | null
  /** Who claims it: 0 where the lease is over and nothing was settled. */
  readonly claim: { readonly by: string; readonly millisLeft: number } | null
}
