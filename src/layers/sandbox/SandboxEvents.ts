/**
 * The events of the sandbox's shop. How often something happened on a day, to whom and where, is a pure
 * function of project, event and date: two sandboxes never disagree, and the parts add up to the whole.
 */
import type { SandboxProject } from "./SandboxData.ts"

export type Unit = "minute" | "hour" | "day" | "week" | "month"
export const units: ReadonlyArray<Unit> = ["minute", "hour", "day", "week", "month"]

/** A combination of property values: the grain of the data set. */
export type Cell = Readonly<Record<string, string>>

const countries = ["US", "DE", "IN", "BR"]
const platforms = ["Web", "iOS", "Android"]

export const cells: ReadonlyArray<Cell> = countries.flatMap((country) =>
  platforms.map((platform) => ({ country, platform }))
)

export const propertyNames: ReadonlyArray<string> = ["country", "platform"]

/** A calendar day as the number of days since 1970-01-01. */
export type Day = number

const dayMillis = 86_400_000

/** Reads `YYYY-MM-DD`; `undefined` for anything else, the 30th of February included. */
export const parseDay = (source: string): Day | undefined => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(source)) return undefined
  const millis = Date.parse(`${source}T00:00:00Z`)
  if (Number.isNaN(millis)) return undefined
  const day = Math.floor(millis / dayMillis)
  return formatDay(day) === source ? day : undefined
}

const formatDay = (day: Day): string => new Date(day * dayMillis).toISOString().slice(0, 10)

/** FNV-1a with a final mix: enough to look uneven. */
const hash = (source: string): number => {
  let state = 0x811c9dc5
  for (let index = 0; index < source.length; index++) {
    state = Math.imul(state ^ source.charCodeAt(index), 0x01000193)
  }
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
  return (state ^ (state >>> 13)) >>> 0
}

/** How often an event of the project happened on a day in one cell: 0 to 7. */
const countOf = (project: SandboxProject, event: string, day: Day, cell: Cell): number =>
  project.events.includes(event) ? hash(`${project.id}|${event}|${day}|${cell["country"]}|${cell["platform"]}`) % 8 : 0

const slots: Readonly<Record<Unit, number>> = { minute: 1440, hour: 24, day: 1, week: 1, month: 1 }

/** The part of a day's count that falls into one of its equal slots; the slots of a day add up to it. */
const share = (count: number, slot: number, of: number): number =>
  Math.floor((count * (slot + 1)) / of) - Math.floor((count * slot) / of)

const clock = (slot: number, of: number): string => {
  const minutes = (slot * 1440) / of
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:00`
}

const two = (value: number): string => String(value).padStart(2, "0")

/** The name of the bucket that a slot of a day belongs to, as the series spells it. */
const bucket = (unit: Unit, day: Day, slot: number): string => {
  if (unit === "week") return formatDay(day - ((day + 3) % 7))
  if (unit === "month") return `${formatDay(day).slice(0, 7)}-01`
  return unit === "day" ? formatDay(day) : `${formatDay(day)} ${clock(slot, slots[unit])}`
}

/** How many points a series has at most: what a range of days costs. */
export const pointsOf = (unit: Unit, from: Day, to: Day): number => (to - from + 1) * slots[unit]

/** Counts per bucket over the days `from` to `to`, both included, summed over the given cells. */
export const series = (
  project: SandboxProject,
  event: string,
  range: { readonly unit: Unit; readonly from: Day; readonly to: Day },
  among: ReadonlyArray<Cell>
): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  const perDay = slots[range.unit]
  for (let day = range.from; day <= range.to; day++) {
    const total = among.reduce((sum, cell) => sum + countOf(project, event, day, cell), 0)
    for (let slot = 0; slot < perDay; slot++) {
      const name = bucket(range.unit, day, slot)
      counts.set(name, (counts.get(name) ?? 0) + share(total, slot, perDay))
    }
  }
  return counts
}

export interface SandboxEvent {
  readonly event: string
  readonly properties: Readonly<Record<string, string | number>>
}

/** Every single event of one day, as many as `countOf` promises. */
export const eventsOf = (project: SandboxProject, event: string, day: Day): ReadonlyArray<SandboxEvent> =>
  cells.flatMap((cell) =>
    Array.from({ length: countOf(project, event, day, cell) }, (_, index) => {
      const id = hash(`${project.id}|${event}|${day}|${cell["country"]}|${cell["platform"]}|${index}`)
      const person = profiles[id % profiles.length]
      return {
        event,
        properties: {
          time: (day * dayMillis) / 1000 + (id % 86_400),
          distinct_id: person?.distinctId ?? "user-1",
          $insert_id: id.toString(16).padStart(8, "0"),
          ...cell
        }
      }
    })
  )

export interface SandboxProfile {
  readonly distinctId: string
  readonly properties: Readonly<Record<string, string | number>>
}

const profile = (index: number, name: string, country: string): SandboxProfile => ({
  distinctId: `user-${index}`,
  properties: { $name: name, $email: `${name.toLowerCase()}@example.com`, country, orders: hash(name) % 20 }
})

export const profiles: ReadonlyArray<SandboxProfile> = [
  profile(1, "Ada", "US"),
  profile(2, "Ben", "DE"),
  profile(3, "Cleo", "IN"),
  profile(4, "Dev", "IN"),
  profile(5, "Eva", "BR")
]
