/** What is sent to the sandbox is checked and counted, never kept: its data stays what it was. */
import type { SandboxData } from "./SandboxData.ts"
import { isRecord } from "../../domain/internal/json.ts"
import { bodyFields, json, parseJson, type RecordedRequest, type Reply } from "./SandboxReply.ts"

type Item = Readonly<Record<string, unknown>>

/** The items of a body: JSON, a form's `data` (JSON, also in base64), or JSON lines. */
const itemsOf = (request: RecordedRequest): ReadonlyArray<unknown> => {
  const data = bodyFields(request)["data"]
  const source = typeof data === "string" && !isJson(data) ? Buffer.from(data, "base64").toString("utf8") : data
  const body = typeof source === "string" ? source : request.body
  const whole = parseJson(body)
  if (whole !== undefined) return Array.isArray(whole) ? whole : [whole]
  return body
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parseJson)
}

const isJson = (source: string): boolean => parseJson(source) !== undefined

const rejected = (status: number, error: string): Reply => json({ status: 0, error }, status)

const accept = (
  data: SandboxData,
  items: ReadonlyArray<unknown>,
  isValid: (item: Item) => boolean,
  tokenOf: (item: Item) => unknown
): Reply => {
  const records = items.filter(isRecord)
  if (records.length === 0 || records.length < items.length || !records.every(isValid)) {
    return rejected(400, "data, missing or malformed")
  }
  const isKnown = (item: Item) => data.projects.some((project) => project.token === tokenOf(item))
  return records.every(isKnown) ? json({ status: 1, error: null }) : rejected(401, "token, missing or unknown")
}

const propertiesOf = (item: Item): Item => (isRecord(item["properties"]) ? item["properties"] : {})

const isEvent = (item: Item): boolean => typeof item["event"] === "string" && item["event"] !== ""

/** `POST /track`: each event carries its project's token. */
export const trackEvents = (data: SandboxData, request: RecordedRequest): Reply =>
  accept(data, itemsOf(request), isEvent, (item) => propertiesOf(item)["token"])

/** `POST /engage`: each profile update carries its project's token. */
export const trackProfiles = (data: SandboxData, request: RecordedRequest): Reply =>
  accept(
    data,
    itemsOf(request),
    (item) => typeof item["$distinct_id"] === "string",
    (item) => item["$token"]
  )

/** `POST /import`: all or nothing, with the index of every event that is not one. */
export const importEvents = (request: RecordedRequest): Reply => {
  const items = itemsOf(request)
  const bad = items.flatMap((item, index) => (isRecord(item) && isEvent(item) ? [] : [index]))
  if (items.length > 0 && bad.length === 0) return json({ code: 200, num_records_imported: items.length, status: "OK" })
  return json(
    {
      code: 400,
      error: "some data points in the request failed validation",
      failed_records: bad.map((index) => ({ index, field: "event", message: "'event' must be a non-empty string" })),
      num_records_imported: 0,
      status: "Bad Request"
    },
    400
  )
}
