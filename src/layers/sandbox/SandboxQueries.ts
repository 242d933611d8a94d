/** The sandbox's analytics: event names, segmentation, raw export, profiles. */
import * as Either from "effect/Either"
import type { SandboxProject } from "./SandboxData.ts"
import {
  type Cell,
  cells,
  type Day,
  eventsOf,
  parseDay,
  pointsOf,
  profiles,
  propertyNames,
  series,
  type Unit,
  units
} from "./SandboxEvents.ts"
import { parseOn, parseWhere } from "./SandboxExpressions.ts"
import { failure, json, parseJson, type Reply, text } from "./SandboxReply.ts"

type Query = Readonly<Record<string, string>>
type Checked<A> = Either.Either<A, string>

const reply = (outcome: Checked<Reply>): Reply => Either.getOrElse(outcome, (error) => failure(400, error))

const required = (query: Query, name: string): Checked<string> => {
  const value = query[name]
  return value === undefined || value === "" ? Either.left(`Missing required parameter: ${name}`) : Either.right(value)
}

const readDate = (query: Query, name: string): Checked<Day> =>
  Either.flatMap(required(query, name), (source) => {
    const day = parseDay(source)
    return day === undefined ? Either.left(`${name}: must be a date such as 2026-01-31`) : Either.right(day)
  })

const maxDays = 3660

const readRange = (query: Query): Checked<{ readonly from: Day; readonly to: Day }> =>
  Either.flatMap(Either.all({ from: readDate(query, "from_date"), to: readDate(query, "to_date") }), (range) => {
    if (range.from > range.to) return Either.left("from_date: must not be later than to_date")
    return range.to - range.from >= maxDays
      ? Either.left(`to_date: the range must be shorter than ${maxDays} days`)
      : Either.right(range)
  })

const readUnit = (query: Query): Checked<Unit> => {
  const name = query["unit"] ?? "day"
  const unit = units.find((candidate) => candidate === name)
  return unit === undefined ? Either.left(`unit: must be one of ${units.join(", ")}`) : Either.right(unit)
}

/** `GET /api/query/events/names`: names as a JSON array, at most `limit`. */
export const eventNames = (project: SandboxProject, query: Query): Reply =>
  reply(Either.map(readLimit(query), (limit) => json(project.events.slice(0, limit))))

const readLimit = (query: Query): Checked<number> => {
  const source = query["limit"]
  if (source === undefined) return Either.right(Number.POSITIVE_INFINITY)
  return /^[1-9]\d{0,8}$/.test(source)
    ? Either.right(Number(source))
    : Either.left("limit: must be a positive whole number")
}

interface Segmentation {
  readonly event: string
  readonly range: { readonly unit: Unit; readonly from: Day; readonly to: Day }
  readonly where: (cell: Cell) => boolean
  readonly on: string | undefined
}

const maxPoints = 100_000

const readSegmentation = (query: Query): Checked<Segmentation> =>
  Either.gen(function* () {
    const event = yield* required(query, "event")
    const days = yield* readRange(query)
    const unit = yield* readUnit(query)
    const where = yield* parseWhere(query["where"])
    const on = query["on"] ? yield* parseOn(query["on"]) : undefined
    if (pointsOf(unit, days.from, days.to) > maxPoints) yield* Either.left(`to_date: the range is too long for ${unit}`)
    return { event, range: { unit, ...days }, where, on }
  })

/** `GET /api/query/segmentation`: counts per bucket, for the event or for each value of a property. */
export const segmentation = (project: SandboxProject, query: Query): Reply =>
  reply(Either.map(readSegmentation(query), (wanted) => json(segment(project, wanted))))

const segment = (project: SandboxProject, { event, on, range, where }: Segmentation) => {
  const groups = project.events.includes(event) ? groupCells(cells.filter(where), event, on) : new Map()
  const values = Object.fromEntries(
    [...groups].map(([name, among]) => [name, Object.fromEntries(series(project, event, range, among))])
  )
  return {
    data: { series: [...series(project, event, range, []).keys()], values },
    legend_size: groups.size
  }
}

const groupCells = (among: ReadonlyArray<Cell>, event: string, on: string | undefined) => {
  if (on === undefined) return new Map([[event, among]])
  const groups = new Map<string, ReadonlyArray<Cell>>()
  for (const cell of among) {
    const value = propertyNames.includes(on) ? (cell[on] ?? "undefined") : "undefined"
    groups.set(value, [...(groups.get(value) ?? []), cell])
  }
  return groups
}

/** `GET /api/2.0/export`: one event per line, as many as segmentation counts. */
export const exportEvents = (project: SandboxProject, query: Query): Reply =>
  reply(
    Either.gen(function* () {
      const range = yield* readRange(query)
      const names = yield* readEventFilter(query)
      const limit = yield* readLimit(query)
      const wanted = project.events.filter((event) => names === undefined || names.includes(event))
      return text(exportLines(project, wanted, range, limit).join(""))
    })
  )

const readEventFilter = (query: Query): Checked<ReadonlyArray<unknown> | undefined> => {
  if (query["event"] === undefined) return Either.right(undefined)
  const names = parseJson(query["event"])
  return Array.isArray(names) ? Either.right(names) : Either.left('event: must be a JSON array such as ["Login"]')
}

const exportLines = (
  project: SandboxProject,
  events: ReadonlyArray<string>,
  range: { readonly from: Day; readonly to: Day },
  limit: number
): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (let day = range.from; day <= range.to && lines.length < limit; day++) {
    const today = events.flatMap((event) => eventsOf(project, event, day))
    lines.push(...today.map((event) => `${JSON.stringify(event)}\n`))
  }
  return lines.slice(0, limit)
}

/** `POST /api/query/engage`: the profiles, all on the first page. */
export const engage = (project: SandboxProject, fields: Readonly<Record<string, unknown>>): Reply => {
  const page = Number(fields["page"] ?? 0)
  if (!Number.isSafeInteger(page) || page < 0) return failure(400, "page: must be a whole number")
  const results = profiles.map(({ distinctId, properties }) => ({ $distinct_id: distinctId, $properties: properties }))
  return json({
    status: "ok",
    page,
    page_size: 1000,
    session_id: `sandbox-${project.id}`,
    total: results.length,
    results: page === 0 ? results : []
  })
}
