/** The figures of the lock: `docs/decisions/0001-own-lock.md` says why they are what they are. */

/** All in milliseconds. */
export interface LockTiming {
  /** How often a holder renews its name. */
  readonly beat: number
  /** How long a name stays the same before its holder counts as dead, where its process cannot be asked about. */
  readonly lease: number
  /** How often who waits looks at the names. */
  readonly look: number
  /** The most that the age of a name grows from one look to the next: nobody is robbed because all were frozen. */
  readonly credit: number
  /** How often, after as long a wait, the directory is touched to make a network file system look at it again. */
  readonly touch: number
}

export const protocolTiming: LockTiming = { beat: 3_000, lease: 20_000, look: 250, credit: 1_000, touch: 2_000 }

/** Between two tries to take the lock: 2 ms at first and up to 25 ms, each half to one and a half of that. */
export const shortestPause = 2
export const longestPause = 25
