/**
 * A Mixpanel on the loopback interface, for demonstrations and tests: service accounts, bearers, projects
 * and workspaces, queries, ingestion, an OAuth server, and faults on demand. Nothing in it is real, and
 * nothing leaves the machine.
 *
 * @example
 * ```ts
 * const program = Effect.gen(function* () {
 *   const sandbox = yield* Sandbox.start()
 *   yield* sandbox.script({ path: "/api/app/me", status: 503 })
 *   // … run the code under test with MP_API_BASE_URL=sandbox.url …
 *   const seen = yield* sandbox.requests
 * }).pipe(Effect.scoped)
 * ```
 */
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { answer } from "./SandboxApi.ts"
import { bearerOf, identify } from "./SandboxAuth.ts"
import { defaultData, findUser, type SandboxData } from "./SandboxData.ts"
import { makeFaultQueue, makeRateLimiter, type RateLimit, type SandboxFault, scriptedReply } from "./SandboxFaults.ts"
import { listening, receive, reset, send } from "./SandboxHttp.ts"
import * as SandboxOAuth from "./SandboxOAuth.ts"
import { failure, type RecordedRequest, type Reply } from "./SandboxReply.ts"

export type { SandboxData } from "./SandboxData.ts"
export type { RateLimit, SandboxFault } from "./SandboxFaults.ts"
export type { SandboxOAuthOptions } from "./SandboxOAuth.ts"
export type { RecordedRequest } from "./SandboxReply.ts"
export { defaultData }

/**
 * How a sandbox begins.
 * @since 0.1.0
 * @category testing
 */
export interface SandboxOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number
  readonly data?: SandboxData
  /** What `script` would be called with first. */
  readonly faults?: ReadonlyArray<SandboxFault>
  /** Answers 429 with `Retry-After` when a credential asks more often; off by default. */
  readonly rateLimit?: RateLimit
  /**
   * The OAuth server. By default it starts with the first request to it, and answers 501 when
   * `oidc-provider` is not installed; `false` always answers 501.
   */
  readonly oauth?: boolean | SandboxOAuth.SandboxOAuthOptions
}

/**
 * What opens the sandbox's doors, taken from its data.
 * @since 0.1.0
 * @category testing
 */
export interface SandboxCredentials {
  readonly serviceAccounts: Arr.NonEmptyReadonlyArray<{
    readonly username: string
    readonly secret: string
    readonly projects: ReadonlyArray<string>
  }>
  readonly bearers: Arr.NonEmptyReadonlyArray<{
    readonly token: string
    readonly email: string
    readonly projects: ReadonlyArray<string>
  }>
  readonly projects: Arr.NonEmptyReadonlyArray<{ readonly id: string; readonly secret: string; readonly token: string }>
}

/**
 * A sandbox that runs.
 * @since 0.1.0
 * @category testing
 */
export interface SandboxServer {
  /** `http://127.0.0.1:PORT`: the value for `MP_API_BASE_URL`. */
  readonly url: string
  /** The variables that point `mp`, or this library, at the sandbox. */
  readonly environment: Readonly<Record<string, string>>
  readonly credentials: SandboxCredentials
  readonly data: SandboxData
  /** Everything that was received, in order of arrival. */
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest>>
  readonly clearRequests: Effect.Effect<void>
  /** Queues faults behind those still pending. */
  readonly script: (...faults: ReadonlyArray<SandboxFault>) => Effect.Effect<void>
  /** Drops the faults still pending. */
  readonly clearScript: Effect.Effect<void>
}

/**
 * The sandbox could not start.
 * @since 0.1.0
 * @category errors
 */
export class SandboxError extends Data.TaggedError("SandboxError")<{ readonly message: string }> {}

/**
 * Starts a sandbox that lives as long as the scope; closing it drops all connections at once.
 * @since 0.1.0
 * @category testing
 */
export const start = (options: SandboxOptions = {}): Effect.Effect<SandboxServer, SandboxError, Scope.Scope> =>
  Effect.gen(function* () {
    const data = options.data ?? defaultData
    const book = makeBook(options.faults ?? [])
    const responder = yield* Deferred.make<Respond>()
    const run = yield* FiberSet.makeRuntime<never>()
    const server = createServer((message, response) => void run(serve(book, responder, message, response)))
    const wanted = options.port ?? 0
    const port = yield* Effect.mapError(
      listening(server, wanted),
      ({ message }) => new SandboxError({ message: `The sandbox cannot listen on 127.0.0.1:${wanted}: ${message}` })
    )
    const url = `http://127.0.0.1:${port}`
    yield* Deferred.succeed(responder, yield* makeResponder(url, data, options))
    return { url, environment: { MP_API_BASE_URL: url }, credentials: credentialsOf(data), data, ...book.face }
  })

/**
 * A sandbox as a service.
 *
 * @example
 * ```ts
 * const seen = Effect.flatMap(Sandbox.Sandbox, (sandbox) => sandbox.requests)
 * ```
 * @since 0.1.0
 * @category testing
 */
export class Sandbox extends Context.Tag("effect-mixpanel/Sandbox")<Sandbox, SandboxServer>() {}

/**
 * A sandbox for as long as the layer lives.
 *
 * @example
 * ```ts
 * const url = Effect.map(Sandbox.Sandbox, (sandbox) => sandbox.url).pipe(Effect.provide(Sandbox.layer()))
 * ```
 * @since 0.1.0
 * @category testing
 */
export const layer = (options: SandboxOptions = {}): Layer.Layer<Sandbox, SandboxError> =>
  Layer.scoped(Sandbox, start(options))

type Respond = (request: RecordedRequest) => Effect.Effect<Reply>

/** What happened so far, and what is to happen next. */
const makeBook = (initial: ReadonlyArray<SandboxFault>) => {
  let requests: ReadonlyArray<RecordedRequest> = []
  const faults = makeFaultQueue(initial)
  const record = (request: RecordedRequest) => {
    requests = [...requests, request]
    return faults.take(request)
  }
  const face = {
    requests: Effect.sync(() => requests),
    clearRequests: Effect.sync(() => {
      requests = []
    }),
    script: (...more: ReadonlyArray<SandboxFault>) => Effect.sync(() => faults.add(more)),
    clearScript: Effect.sync(() => faults.clear())
  }
  return { record, face }
}

/** One exchange. It runs on the real clock: the sandbox stands for another machine. */
const serve = (
  book: { readonly record: (request: RecordedRequest) => SandboxFault | undefined },
  responder: Deferred.Deferred<Respond>,
  message: IncomingMessage,
  response: ServerResponse
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const request = yield* receive(message)
    if (request === undefined) return
    const fault = book.record(request)
    if (fault?.delayMillis !== undefined) yield* Effect.sleep(fault.delayMillis)
    if (fault?.reset === true) return reset(response)
    const respond = yield* Deferred.await(responder)
    const reply = (fault && scriptedReply(fault)) ?? (yield* respond(request))
    yield* send(response, reply, fault)
  }).pipe(
    Effect.catchAllCause(() => send(response, failure(500, "The sandbox failed"), undefined)),
    Effect.withClock(Clock.make())
  )

const makeResponder = (url: string, data: SandboxData, options: SandboxOptions) =>
  Effect.gen(function* () {
    const oauth = yield* authorizationServer(url, data, options.oauth)
    const limited = makeRateLimiter(options.rateLimit)
    return (request: RecordedRequest) =>
      Effect.gen(function* () {
        if (/^\/oauth(\/|$)/.test(request.path)) return yield* (yield* oauth.started).handle(request)
        const authorization = request.headers["authorization"]
        const bearer = bearerOf(authorization)
        const known = identify(data, authorization)
        const caller = known ?? (bearer === undefined ? undefined : yield* oauth.identify(bearer))
        const refusal = caller && limited(caller.key, yield* Clock.currentTimeMillis)
        return refusal ?? answer(data, request, caller)
      })
  })

/** Started by the first request for it, unless it was asked for: then at once, or not at all. */
const authorizationServer = (url: string, data: SandboxData, wanted: SandboxOptions["oauth"]) =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    let running = SandboxOAuth.absent
    const boot = SandboxOAuth.make(url, data, typeof wanted === "object" ? wanted : {}).pipe(
      Effect.tap((oauth) => Effect.sync(() => void (running = oauth))),
      Scope.extend(scope)
    )
    const booted = yield* Effect.cached(Effect.either(wanted === false ? Effect.succeed(SandboxOAuth.absent) : boot))
    const outcome = wanted === undefined ? Either.right(SandboxOAuth.absent) : yield* booted
    if (Either.isLeft(outcome)) yield* new SandboxError({ message: outcome.left.message })
    return {
      started: booted.pipe(Effect.map(Either.getOrElse(() => SandboxOAuth.absent))),
      /** No token can have been issued before the server was started. */
      identify: (token: string) => Effect.suspend(() => running.identify(token))
    }
  })

const credentialsOf = (data: SandboxData): SandboxCredentials => ({
  serviceAccounts: Arr.map(data.serviceAccounts, ({ secret, userId, username }) => ({
    username,
    secret,
    projects: findUser(data, userId)?.projects ?? []
  })),
  bearers: Arr.map(data.bearers, ({ token, userId }) => {
    const user = findUser(data, userId)
    return { token, email: user?.email ?? "", projects: user?.projects ?? [] }
  }),
  projects: Arr.map(data.projects, ({ id, secret, token }) => ({ id, secret, token }))
})
