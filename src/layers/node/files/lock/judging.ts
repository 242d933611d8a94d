/** Whether the holder of a token is dead: its process tells, where it can be asked, and else time does. */
import type { LockHolder } from "../../../../domain/errors.ts"
import { type ProcessHost, sameHost } from "../ProcessHost.ts"
import type { LockTiming } from "./timing.ts"
import { free, parseTokenName } from "./tokenName.ts"

export type NameAges = ReturnType<typeof makeNameAges>

/** How long names have been the same, over all looks of this process. */
export const makeNameAges = ({ credit }: LockTiming) => {
  const directories = new Map<string, { readonly at: number; readonly ages: ReadonlyMap<string, number> }>()
  return {
    /** Notes what is in a directory now, on a clock that only goes forward. */
    observe: (directory: string, names: ReadonlyArray<string>, now: number): void => {
      const before = directories.get(directory)
      const passed = Math.min(credit, now - (before?.at ?? now))
      const grown = (name: string): number => {
        const age = before?.ages.get(name)
        return age === undefined ? 0 : age + passed
      }
      directories.set(directory, { at: now, ages: new Map(names.map((name) => [name, grown(name)])) })
    },
    /** How long a name of a directory has been listed, in milliseconds. */
    of: (directory: string, name: string): number => directories.get(directory)?.ages.get(name) ?? 0,
    forget: (directory: string): void => void directories.delete(directory)
  }
}

/** What the process of a name says for itself: `unknown` where it cannot be asked, or did not say when it began. */
type Life = "dead" | "alive" | "unknown"

export interface Holding {
  readonly name: string
  readonly life: Life
  readonly holder: LockHolder | null
}

const holdingOf = (host: ProcessHost, name: string): Holding => {
  const token = parseTokenName(name)
  if (token === null) return { name, life: "unknown", holder: null }
  const { pid } = token
  if (!sameHost(host, token.host)) return { name, life: "unknown", holder: { pid, here: false, stopped: false } }
  const running = host.running(pid)
  if (running === null) return { name, life: "dead", holder: { pid, here: true, stopped: false } }
  const isKnown = running.start !== null && token.start !== "0"
  const mine = running.start === token.start
  return {
    name,
    life: isKnown ? (mine ? "alive" : "dead") : "unknown",
    holder: { pid, here: true, stopped: running.stopped && (mine || !isKnown) }
  }
}

/** All who hold a token of a directory, where one is what there should be. */
export const holdingsIn = (host: ProcessHost, names: ReadonlyArray<string>): ReadonlyArray<Holding> =>
  names.filter((name) => name !== free).map((name) => holdingOf(host, name))

/** What a judgement goes by: `stuckAfter` is when even a process that is there counts as dead (the doctor's). */
export interface Judge {
  readonly ages: NameAges
  readonly lease: number
  readonly stuckAfter: number
}

export const isDead = ({ ages, lease, stuckAfter }: Judge, directory: string, { life, name }: Holding): boolean => {
  if (life === "dead") return true
  return ages.of(directory, name) >= (life === "alive" ? stuckAfter : lease)
}
