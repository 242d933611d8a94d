/** What `mp api` does. */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { type HttpMethod, isHttpMethod } from "@effect/platform/HttpMethod"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { NetworkFailed } from "../../../domain/api/ApiError.ts"
import { bodyReason } from "../../../domain/api/NetworkReason.ts"
import { fillPath } from "../../../domain/api/PathTemplate.ts"
import { refused } from "../../../domain/api/Refused.ts"
import { type ApiFamily, familyOfPath } from "../../../domain/api/Endpoints.ts"
import type { InvalidArgument } from "../../../domain/errors.ts"
import type { Session } from "../../../domain/session/Session.ts"
import { Discovery } from "../../../services/api/Discovery.ts"
import { Mixpanel } from "../../../services/api/Mixpanel.ts"
import { MixpanelHttpClient } from "../../../services/api/MixpanelHttpClient.ts"
import { retryAfterOf } from "../../../services/api/http/retryAfter.ts"
import { invalid } from "../../app/invalid.ts"
import { session } from "../../app/sessionFor.ts"
import { maxBodyBytes, Terminal } from "../../app/Terminal.ts"
import { TerminalText, text } from "../../app/TerminalText.ts"
import { parseUrl } from "../../../domain/internal/parseUrl.ts"

interface Call {
  readonly method: HttpMethod
  readonly family: ApiFamily
  /** With the ids of the session filled in, without the fields. */
  readonly path: string
  readonly fields: Readonly<Record<string, string>>
  readonly body: Option.Option<string>
}

const methodOf = (flag: Option.Option<string>, hasBody: boolean): Either.Either<HttpMethod, InvalidArgument> => {
  const method = Option.getOrElse(flag, () => (hasBody ? "POST" : "GET")).toUpperCase()
  return isHttpMethod(method)
    ? Either.right(method)
    : Either.left(invalid(`--method ${method} is no HTTP method.`, { flags: [["method", "GET"]] }))
}

const fieldsOf = (fields: ReadonlyArray<string>): Either.Either<Record<string, string>, InvalidArgument> => {
  const wrong = fields.find((field) => field.indexOf("=") < 1)
  return wrong === undefined
    ? Either.right(
        Object.fromEntries(
          fields.map((field) => [field.slice(0, field.indexOf("=")), field.slice(field.indexOf("=") + 1)])
        )
      )
    : Either.left(invalid("--field must be KEY=VALUE.", { flags: [["field", "KEY=VALUE"]] }))
}

const familyOf = (flag: Option.Option<ApiFamily>, path: string): Either.Either<ApiFamily, InvalidArgument> =>
  Either.fromOption(
    Option.orElse(flag, () => familyOfPath(pathOf(path))),
    () => invalid(`No API family follows from the path '${pathOf(path)}'.`, { flags: [["family", "app"]] })
  )

const pathOf = (text: string): string => parseUrl(text)?.pathname ?? text.split(/[?#]/)[0] ?? text

const isRooted = (text: string): boolean => text.startsWith("/") || parseUrl(text) !== null

const request = ({ body, fields, method, path }: Call): HttpClientRequest.HttpClientRequest => {
  const asked = HttpClientRequest.make(method)(path)
  if (Option.isSome(body)) {
    return HttpClientRequest.bodyText(HttpClientRequest.appendUrlParams(asked, fields), body.value, "application/json")
  }
  return ["POST", "PUT", "PATCH"].includes(method) && Object.keys(fields).length > 0
    ? HttpClientRequest.bodyUnsafeJson(asked, fields)
    : HttpClientRequest.appendUrlParams(asked, fields)
}

const lineFeed = 0x0a

/** The body as received; on a terminal, what comes next begins on a line of its own. */
const print = (call: Call, response: HttpClientResponse.HttpClientResponse) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    const last = yield* Stream.runFoldEffect(response.stream, lineFeed, (_, chunk) =>
      Effect.as(terminal.outBytes(chunk), chunk.at(-1) ?? lineFeed)
    ).pipe(Effect.mapError((error) => new NetworkFailed({ ...summary(call, response), reason: bodyReason(error) })))
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
    if (response.status >= 200 && response.status < 300) return
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

const paginate = (session: Session, { family, fields, path }: Call) =>
  Effect.gen(function* () {
    const mixpanel = yield* Mixpanel
    const terminal = yield* Terminal
    const results = mixpanel.paginate(session, { family, path, query: fields, rootedAt: "host" })
    yield* Stream.runForEach(results, (result) => terminal.out(text`${TerminalText.json(JSON.stringify(result))}\n`))
  })

interface Flags {
  readonly path: string
  readonly method: Option.Option<string>
  readonly field: ReadonlyArray<string>
  readonly bodyStdin: boolean
  readonly family: Option.Option<ApiFamily>
  readonly paginate: boolean
}

export function* run(flags: Flags) {
  const method = yield* methodOf(flags.method, flags.bodyStdin)
  const fields = yield* fieldsOf(flags.field)
  const family = yield* familyOf(flags.family, flags.path)
  if (!isRooted(flags.path))
    return yield* invalid("PATH must start with '/'.", { argument: [flags.path, `/${flags.path}`] })
  if (flags.paginate && method !== "GET")
    return yield* invalid("--paginate goes with GET only.", { without: ["method"] })
  const discovery = yield* Discovery
  const current = yield* discovery.placed(yield* session, [flags.path, ...Object.values(fields)])
  const filled = yield* Effect.forEach(Object.entries(fields), ([key, value]) =>
    Either.map(fillPath(value, current), (text) => [key, text] as const)
  )
  const path = yield* fillPath(flags.path, current)
  const terminal = yield* Terminal
  const body = flags.bodyStdin ? Option.some(yield* terminal.readStdin(maxBodyBytes)) : Option.none()
  const call: Call = { method, family, path, fields: Object.fromEntries(filled), body }
  yield* flags.paginate ? paginate(current, call) : send(current, call)
}
