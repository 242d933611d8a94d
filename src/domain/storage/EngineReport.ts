export interface EngineReport {
  /** `Redis 7.0.15`. */
  readonly engine: string
  /** Whether what it has stored outlives a crash, in its own words: `appendonly yes`. */
  readonly persistence: string
  /** What it throws away when its memory is full; `null` for an engine that throws nothing away. */
  readonly eviction: string | null
  /** How many replicas are connected; `null` where the user may not know. */
  readonly replicas: number | null
  /** In the order of their keys: the same store is told of in the same words each time. */
  readonly entries: ReadonlyArray<EntryReport>
}

export interface EntryReport {
  readonly key: string
  /** The id of the key that seals it; `null` where it is not sealed. */
  readonly sealedBy: string | null
  /** Who claims it: 0 where the lease is over and nothing was settled. */
  readonly claim: { readonly by: string; readonly millisLeft: number } | null
}

type Entries = ReadonlyArray<EntryReport>

/** Those whose renewal was interrupted, and whose: a lease is over, and nobody has settled the claim. */
export const abandonedIn = (entries: Entries): ReadonlyArray<{ readonly key: string; readonly by: string }> =>
  entries.flatMap(({ claim, key }) => (claim?.millisLeft === 0 ? [{ key, by: claim.by }] : []))

/** Those that the first of the keys does not seal: another of them does, or none. */
export const notSealedByFirst = (
  entries: Entries,
  [first, ...older]: ReadonlyArray<string>
): { readonly former: Entries; readonly foreign: Entries } => {
  const others = entries.filter(({ sealedBy }) => sealedBy === null || sealedBy !== first)
  const isFormer = ({ sealedBy }: EntryReport) => sealedBy !== null && older.includes(sealedBy)
  return { former: others.filter(isFormer), foreign: others.filter((entry) => !isFormer(entry)) }
}

export const sealsOf = (entries: Entries): string =>
  [...new Set(entries.map(({ sealedBy }) => (sealedBy === null ? "no key" : `key ${sealedBy}`)))].join(" and ")

export const entriesAre = (entries: Entries): string =>
  entries.length === 1 ? `${entries[0]?.key} is` : `${entries.length} entries (${entries[0]?.key}, …) are`
