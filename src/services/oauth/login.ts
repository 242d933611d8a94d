import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { ConfigError } from "../../domain/errors.ts"
import type { StoringError } from "../../domain/storage/StorageError.ts"
import type { Region } from "../../domain/account/identifiers.ts"
import {
  type LoginError,
  OAuthExchangeError,
  type OAuthPasteError,
  type OAuthStateMismatch,
  OAuthTimeout
} from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import type { AuthorizationServer } from "../../domain/oauth/AuthorizationServer.ts"
import { type Expected, type Judgement, judgeRedirect, parsePaste } from "../../domain/oauth/Redirect.ts"
import type { PendingLogin } from "../../domain/oauth/PendingLogin.ts"
import type { Browser } from "./Browser.ts"
import { type CallbackListener, type CallbackPage, type CallbackVerdict, preferredPorts } from "./CallbackListener.ts"
import { type IgnoredEvents, makeIgnoredEvents } from "./ignoredEvents.ts"
import type { LoginRequest } from "./LoginRequest.ts"
import { type AuthorizationDeps, begin, makeSecrets, redeem } from "./authorization.ts"
import { clientOfLogin, noteFinished, noteUnfinished } from "./loginClient.ts"
import { serverOf } from "./tokenRequests.ts"
import { parseUrl } from "../../domain/internal/parseUrl.ts"

export interface LoginDeps extends AuthorizationDeps {
  readonly browser: Browser["Type"]
  readonly listener: CallbackListener["Type"]
}

type Failure = LoginError | StoringError | ConfigError

/** A client that the server has forgotten is registered anew, once. */
export const logIn = (deps: LoginDeps, request: LoginRequest): Effect.Effect<OAuthTokens, Failure> =>
  Effect.catchTag(attempt(deps, request, false), "ClientUnknown", () =>
    Effect.catchTag(
      attempt(deps, request, true),
      "ClientUnknown",
      ({
        error = notExchanged(
          request,
          "the authorization server does not know the client that it just registered",
          false
        )
      }) => Effect.fail(error)
    )
  ).pipe(
    Effect.timeoutFail({
      duration: `${request.timeoutSeconds} seconds`,
      onTimeout: () => new OAuthTimeout({ seconds: request.timeoutSeconds, fix: request.fix })
    })
  )

const attempt = (deps: LoginDeps, request: LoginRequest, anew: boolean) =>
  Effect.scoped(
    Effect.gen(function* () {
      const server = yield* serverOf(request.region)
      const secrets = yield* makeSecrets(deps)
      const ignored = makeIgnoredEvents(request)
      yield* Effect.addFinalizer(() => ignored.reportRest)
      const waiting = yield* makeWaiting({ state: secrets.state, oauthBase: server.base, fix: request.fix }, ignored)
      const { redirectUri } = yield* deps.listener.listen(
        yield* portsToTry(deps, request.region, server),
        waiting.judge
      )
      const client = yield* clientOfLogin(deps, request, redirectUri, anew)
      const { pending, url } = yield* begin(deps, client, secrets)
      const opened = yield* announce(deps, request, url)
      const pasting = opened && !request.alwaysPaste ? Effect.never : pasted(waiting, request, ignored)
      const judgement = yield* Effect.onError(Effect.raceFirst(waiting.redirected, pasting), () =>
        noteUnfinished(deps, client)
      )
      const code = yield* codeOf(waiting, judgement)
      yield* ignored.reportRest
      yield* request.report({ _tag: "Approved" })
      return yield* exchange(deps, request, pending, code).pipe(
        Effect.tap(() => Effect.zipRight(waiting.show("success"), noteFinished(deps, client))),
        Effect.tapErrorCause(() => waiting.show("failed"))
      )
    })
  )

/** The port of a registration that is there already saves another one. */
const portsToTry = ({ clients }: LoginDeps, region: Region, { origin }: AuthorizationServer) =>
  Effect.map(clients.primary(region, origin), (primary) => {
    const registered = Option.toArray(primary).flatMap(({ redirectUri }) => portOf(redirectUri))
    return [...registered, ...preferredPorts.filter((port) => !registered.includes(port))]
  })

const portOf = (redirectUri: string): ReadonlyArray<number> => {
  const port = Number(parseUrl(redirectUri)?.port ?? 0)
  return redirectUri === `http://localhost:${port}/callback` && port >= 1024 ? [port] : []
}

interface Waiting {
  readonly expected: Expected
  readonly judge: (request: { readonly query: string }) => Effect.Effect<CallbackVerdict>
  readonly redirected: Effect.Effect<Judgement>
  readonly show: (page: CallbackPage) => Effect.Effect<void>
}

const makeWaiting = (expected: Expected, ignored: IgnoredEvents): Effect.Effect<Waiting> =>
  Effect.gen(function* () {
    const first = yield* Deferred.make<Judgement>()
    const page = yield* Deferred.make<CallbackPage>()
    const ours: CallbackVerdict = { _tag: "Ours", page: Deferred.await(page) }
    const stray = (reason: string): Effect.Effect<CallbackVerdict> =>
      Effect.as(ignored.report("request", reason), { _tag: "Stray", page: "not_ours" })
    const take = (judgement: Judgement): Effect.Effect<CallbackVerdict> =>
      Effect.map(Deferred.succeed(first, judgement), (isFirst) =>
        isFirst ? ours : { _tag: "Stray", page: "already_used" }
      )
    return {
      expected,
      judge: ({ query }) =>
        Either.match(judgeRedirect(query, expected), { onLeft: (error) => stray(error.reason), onRight: take }),
      redirected: Deferred.await(first),
      show: (shown) => Effect.asVoid(Deferred.succeed(page, shown))
    }
  })

const announce = (deps: LoginDeps, request: LoginRequest, url: string): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const waiting = (browser: "opened" | "not asked for" | "unavailable", why = "") =>
      Effect.as(request.report({ _tag: "Waiting", url, browser, why }), browser === "opened")
    if (!request.openBrowser) return yield* waiting("not asked for")
    const why = yield* deps.browser.unavailable
    if (why !== null) return yield* waiting("unavailable", why)
    return yield* Effect.matchEffect(deps.browser.open(url), {
      onFailure: ({ reason }) => waiting("unavailable", reason),
      onSuccess: () => waiting("opened")
    })
  })

const pasted = ({ expected }: Waiting, request: LoginRequest, ignored: IgnoredEvents) =>
  Effect.gen(function* () {
    let last = Option.none<OAuthPasteError | OAuthStateMismatch>()
    const found = yield* request.pastes.pipe(
      Stream.filter((line) => line.trim() !== ""),
      Stream.mapEffect((line) => {
        const judged = Either.flatMap(parsePaste(line), (query) => judgeRedirect(query, expected))
        if (Either.isRight(judged)) return Effect.succeed(Option.some(judged.right))
        last = Option.some(judged.left)
        return Effect.as(ignored.report("paste", judged.left.message), Option.none<Judgement>())
      }),
      Stream.filterMap((judgement) => judgement),
      Stream.runHead
    )
    if (Option.isSome(found)) return found.value
    if (Option.isSome(last) && request.pastesAreFinal) return yield* Effect.fail(last.value)
    return yield* Effect.never
  })

const codeOf = (waiting: Waiting, judgement: Judgement) => {
  if (judgement._tag === "Code") return Effect.succeed(judgement.code)
  if (judgement._tag === "ClientUnknown") return Effect.zipRight(waiting.show("failed"), Effect.fail(judgement))
  const page = judgement.error._tag === "OAuthAuthDenied" ? "denied" : "failed"
  return Effect.zipRight(waiting.show(page), Effect.fail(judgement.error))
}

/** A code is good once: once it is sent, nothing may come between its tokens and their place. */
const exchange = (deps: LoginDeps, request: LoginRequest, pending: PendingLogin, code: Redacted.Redacted) =>
  Effect.uninterruptible(
    redeem(deps, pending, code).pipe(
      Effect.catchTag("OAuthRequestFailed", ({ reason, temporary }) => notExchanged(request, reason, temporary)),
      Effect.tap(request.keep)
    )
  )

const notExchanged = ({ fix }: LoginRequest, reason: string, temporary: boolean) =>
  new OAuthExchangeError({ reason, fix, temporary })
