import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { type HttpMethod, isHttpMethod } from "@effect/platform/HttpMethod"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { HeaderName, HeaderValue } from "../../../domain/session/SessionHeaders.ts"
import { reservedHeaders } from "../../../domain/api/RequestHeaders.ts"
import { fillPath } from "../../../domain/api/PathTemplate.ts"
import { refused } from "../../../domain/api/Refused.ts"
import { type ApiFamily, familyOfPath } from "../../../domain/api/Endpoints.ts"
import type { InvalidArgument } from "../../../domain/errors.ts"
import type { Session } from "../../../domain/session/Session.ts"
import { Discovery } from "../../../services/api/Discovery.ts"
import { Mixpanel } from "../../../services/api/Mixpanel.ts"
import { MixpanelHttpClient } from "../../../services/api/MixpanelHttpClient.ts"
import { brokenOff } from "../../../services/api/http/answers.ts"
import { retryAfterOf } from "../../../services/api/http/retryAfter.ts"
import { invalid } from "../../app/invalid.ts"
import { session } from "../../app/sessionFor.ts"
import { maxBodyBytes, Terminal } from "../../app/Terminal.ts"
import { TerminalText, text } from "../../app/TerminalText.ts"
import { parseUrl } from "../../../domain/internal/parseUrl.ts"
import { isSuccess } from "../../../domain/api/RetryPolicy.ts"

/** In the order in which they were given, and as often. */
type Fields = ReadonlyArray<readonly [key: string, value: string]>

interface Call {
  readonly method: HttpMethod
  readonly family: ApiFamily
  /** With the ids of the session filled in, without the fields. */
  readonly path: string
  readonly fields: Fields
  readonly headers: Readonly<Record<string, string>>
  readonly body: Option.Option<Uint8Array>
}

const methodOf = (flag: Option.Option<string>, hasBody: boolean): Either.Either<HttpMethod, InvalidArgument> => {
  const method = Option.getOrElse(flag, () => (hasBody ? "POST" : "GET")).toUpperCase()
  return isHttpMethod(method)
    ? Either.right(method)
    : Either.left(invalid(`--method ${method} is not an HTTP method.`, { flags: [["method", "GET"]] }))
}

const fieldsOf = (fields: ReadonlyArray<string>): Either.Either<Fields, InvalidArgument> => {
  const wrong = fields.find((field) => field.indexOf("=") < 1)
  return wrong === undefined
    ? Either.right(fields.map((field) => divided(field, "=")))
    : Either.left(invalid("--field must be KEY=VALUE.", { flags: [["field", "KEY=VALUE"]] }))
}

const divided = (text: string, separator: string): readonly [string, string] => {
  const at = text.indexOf(separator)
  return [text.slice(0, at), text.slice(at + separator.length)]
}

/** The value is not quoted in the error: it may be a secret. */
const headersOf = (given: ReadonlyArray<string>): Either.Either<Record<string, string>, InvalidArgument> => {
  const headers: Record<string, string> = {}
  for (const header of given) {
    const [name, value] = divided(header, ":").map((half) => half.trim())
    if (name === undefined || value === undefined || !isHeaderName(name) || !isHeaderValue(value)) {
      return Either.left(invalid("--header must be 'NAME: VALUE'.", { flags: [["header", "NAME: VALUE"]] }))
    }
    const key = name.toLowerCase()
    if (reservedHeaders.has(key) || key === "content-length") {
      return Either.left(invalid(`--header ${name} cannot be given: mp sets it.`, { without: ["header"] }))
    }
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`
  }
  return Either.right(headers)
}

const isHeaderName = Schema.is(HeaderName)
const isHeaderValue = Schema.is(HeaderValue)

/** A field that was given more than once is a list. */
const grouped = (fields: Fields): Readonly<Record<string, string | ReadonlyArray<string>>> =>
  Object.fromEntries(
    fields.map(([key, value]) => {
      const values = fields.filter(([other]) => other === key).map(([, text]) => text)
      return [key, values.length === 1 ? value : values]
    })
  )

const familyOf = (flag: Option.Option<ApiFamily>, path: string): Either.Either<ApiFamily, InvalidArgument> =>
  Either.fromOption(
    Option.orElse(flag, () => familyOfPath(pathOf(path))),
    () => invalid(`The API family cannot be told from the path '${pathOf(path)}'.`, { flags: [["family", "app"]] })
  )

const pathOf = (text: string): string => parseUrl(text)?.pathname ?? text.split(/[?#]/)[0] ?? text

const isRooted = (text: string): boolean => text.startsWith("/") || parseUrl(text) !== null

const request = (call: Call): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.setHeaders(withoutHeaders(call), call.headers)

const withoutHeaders = ({ body, fields, headers, method, path }: Call): HttpClientRequest.HttpClientRequest => {
  const asked = HttpClientRequest.make(method)(path)
  const type = headers["content-type"] ?? "application/json"
  if (Option.isSome(body)) {
    return HttpClientRequest.bodyUint8Array(HttpClientRequest.appendUrlParams(asked, fields), body.value, type)
  }
  if (!["POST", "PUT", "PATCH"].includes(method) || fields.length === 0) {
    return HttpClientRequest.appendUrlParams(asked, fields)
  }
  return type.toLowerCase().startsWith("application/x-www-form-urlencoded")
    ? HttpClientRequest.bodyUrlParams(asked, fields)
    : HttpClientRequest.bodyUnsafeJson(asked, grouped(fields))
}

const lineFeed = 0x0a

/** The body as received; on a terminal, what comes next begins on a line of its own. */
const print = (call: Call, response: HttpClientResponse.HttpClientResponse) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    let last = lineFeed
    yield* Stream.runForEachWhile(response.stream, (chunk) => {
      last = chunk.at(-1) ?? last
      return Effect.map(terminal.outBytes(chunk), () => terminal.outIsRead)
    }).pipe(Effect.mapError(brokenOff(summary(call, response))))
    if (terminal.outIsTerminal && last !== lineFeed) yield* terminal.out(text`\n`)
  })

const summary = ({ method }: Call, { request }: HttpClientResponse.HttpClientResponse) => ({
  method,
  url: request.url
})

const send = (session: Session, call: Call) =>
  Effect.gen(function* () {
    const client = yield* MixpanelHttpClient
    const response = yield* client.send(session, call.family, request(call), { rootedAt: "host" })
    yield* print(call, response)
    if (isSuccess(response.status)) return
    return yield* refused({
      ...summary(call, response),
      status: response.status,
      reason: "the response is on stdout",
      account: session.account.name,
      accountType: session.account.type,
      project: session.projectId,
      retryAfter: yield* retryAfterOf(response)
    })
  })

const paginate = (session: Session, { family, fields, headers, path }: Call) =>
  Effect.gen(function* () {
    const mixpanel = yield* Mixpanel
    const terminal = yield* Terminal
    const results = mixpanel.paginateWritten(session, {
      family,
      path,
      query: grouped(fields),
      headers,
      rootedAt: "host"
    })
    yield* Stream.runForEachWhile(results, (result) =>
      Effect.map(terminal.out(text`${TerminalText.json(result)}\n`), () => terminal.outIsRead)
    )
  })

interface Flags {
  readonly path: string
  readonly method: Option.Option<string>
  readonly field: ReadonlyArray<string>
  readonly header: ReadonlyArray<string>
  readonly bodyStdin: boolean
  readonly family: Option.Option<ApiFamily>
  readonly paginate: boolean
}

export function* run(flags: Flags) {
  const method = yield* methodOf(flags.method, flags.bodyStdin)
  const fields = yield* fieldsOf(flags.field)
  const headers = yield* headersOf(flags.header)
  const family = yield* familyOf(flags.family, flags.path)
  if (!isRooted(flags.path))
    return yield* invalid("PATH must start with '/'.", { argument: [flags.path, `/${flags.path}`] })
  if (flags.paginate && method !== "GET")
    return yield* invalid("--paginate works with GET only.", { without: ["method"] })
  const discovery = yield* Discovery
  const current = yield* discovery.placed(yield* session, [flags.path, ...fields.map(([, value]) => value)])
  const filled = yield* Effect.forEach(fields, ([key, value]) =>
    Either.map(fillPath(value, current), (text) => [key, text] as const)
  )
  const path = yield* fillPath(flags.path, current)
  const terminal = yield* Terminal
  const body = flags.bodyStdin ? Option.some(yield* terminal.readStdinBytes(maxBodyBytes)) : Option.none()
  const call: Call = { method, family, path, fields: filled, headers, body }
  yield* flags.paginate ? paginate(current, call) : send(current, call)
}
