import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { isGivenElsewhere, type OAuthTokenAccount, type ServiceAccount } from "../../domain/account/Account.ts"
import { parseAnswer, type SourceAnswer } from "../../domain/account/sourceAnswer.ts"
import type { ConfigDocument } from "../../domain/config/ConfigDocument.ts"
import { type GivenSource, sourceFor } from "../../domain/config/credentialSources.ts"
import { sourceFailed } from "../../domain/config/sourceFailed.ts"
import { type BearerError, OAuthTokenError } from "../../domain/oauth/OAuthError.ts"
import { expiryBufferMillis } from "../../domain/oauth/OAuthTokens.ts"
import type { CredentialOrigin } from "../../domain/session/Session.ts"
import { ConfigStore } from "../config/ConfigStore.ts"
import { ExternalSecrets, sourceProblem } from "../platform/ExternalSecrets.ts"
import { forProgram } from "../session/forProgram.ts"
import { type Bearer, staticBearer } from "./bearerAtHand.ts"
import { runSource } from "./runSource.ts"
import { makeSingleFlight } from "./SingleFlight.ts"

/**
 * The account kinds whose credential is not a login.
 * @since 0.1.0
 * @category models
 */
export type StaticAccount = ServiceAccount | OAuthTokenAccount

/**
 * What `StaticCredentials` offers.
 * @since 0.1.0
 * @category services
 */
export interface StaticCredentialsShape {
  /**
   * The secret or bearer at this moment, and when it expires, where that is known. A command runs once however many
   * ask, and again when its answer has expired; a file is read again each time.
   *
   * @example
   * ```ts
   * const credentials = yield* StaticCredentials
   * const { token, expiresAt } = yield* credentials.current(serviceAccount, "config")
   * ```
   */
  readonly current: (account: StaticAccount, origin: CredentialOrigin) => Effect.Effect<Bearer, BearerError>
  /** Says that the server refused it. `true` when asking again gives another one. */
  readonly refused: (
    account: StaticAccount,
    origin: CredentialOrigin,
    credential: Redacted.Redacted
  ) => Effect.Effect<boolean, BearerError>
}

const ownCredential = (account: StaticAccount, origin: CredentialOrigin): Effect.Effect<Bearer, BearerError> => {
  if (account.type === "oauth_token") return forProgram(origin)(staticBearer(account))
  return isGivenElsewhere(account)
    ? forProgram(origin)(Effect.fail(withoutSecret(account)))
    : Effect.succeed({ token: account.secret, expiresAt: Option.none() })
}

const withoutSecret = ({ name }: ServiceAccount) =>
  new OAuthTokenError({
    account: name,
    reason: "its secret is given by a command, which runs for an account of the configuration only.",
    fixes: [],
    details: { account: name }
  })

/**
 * Secrets and bearers of accounts that do not log in. Without a layer, those that an account has by itself.
 *
 * @example
 * ```ts
 * const secret = Effect.flatMap(StaticCredentials, (credentials) => credentials.current(serviceAccount, "config"))
 * ```
 * @since 0.1.0
 * @category services
 */
export class StaticCredentials extends Context.Reference<StaticCredentials>()("effect-mixpanel/StaticCredentials", {
  defaultValue: (): StaticCredentialsShape => ({ current: ownCredential, refused: () => Effect.succeed(false) })
}) {}

interface Kept {
  readonly source: string
  readonly answer: SourceAnswer
}

export const make: Effect.Effect<StaticCredentialsShape, never, ConfigStore | ExternalSecrets | Scope.Scope> =
  Effect.gen(function* () {
    const store = yield* ConfigStore
    const secrets = yield* ExternalSecrets
    const once = makeSingleFlight<SourceAnswer, BearerError>(yield* Effect.scope)
    const kept = new Map<string, Kept>()

    const ask = (document: ConfigDocument, account: StaticAccount, given: GivenSource) =>
      Effect.gen(function* () {
        const failed = (reason: string) => sourceFailed(document, account.name, given, sourceProblem(reason))
        const text = yield* Effect.mapError(runSource(secrets, account.name, given.source), (problem) =>
          sourceFailed(document, account.name, given, problem)
        )
        const answer = yield* Effect.mapError(parseAnswer(text), failed)
        const now = yield* Clock.currentTimeMillis
        const expired = Option.filter(answer.expiresAt, (at) => at <= now)
        if (Option.isSome(expired)) {
          return yield* failed(
            `answered with a credential that has expired already, at ${new Date(expired.value).toISOString()}`
          )
        }
        return answer
      })

    const isKept = (name: string, source: string, now: number): Option.Option<SourceAnswer> =>
      Option.fromNullable(kept.get(name)).pipe(
        Option.filter((found) => found.source === source),
        Option.map(({ answer }) => answer),
        Option.filter(({ expiresAt }) => !Option.exists(expiresAt, (at) => now + expiryBufferMillis >= at))
      )

    const answerOf = (document: ConfigDocument, account: StaticAccount, given: GivenSource) =>
      Effect.gen(function* () {
        if (given.source.kind === "file") return yield* ask(document, account, given)
        const source = JSON.stringify(given.source)
        const found = isKept(account.name, source, yield* Clock.currentTimeMillis)
        if (Option.isSome(found)) return found.value
        return yield* once(`${account.name} ${source}`, () =>
          Effect.tap(ask(document, account, given), (answer) => {
            kept.set(account.name, { source, answer })
          })
        )
      })

    const sourceNow = (account: StaticAccount, origin: CredentialOrigin) =>
      origin === "config" && isGivenElsewhere(account)
        ? Effect.flatMap(store.known, ({ document }) =>
            Effect.map(
              sourceFor(document, account),
              Option.map((given) => ({ document, given }))
            )
          )
        : Effect.succeedNone

    const current: StaticCredentialsShape["current"] = (account, origin) =>
      Effect.flatMap(
        sourceNow(account, origin),
        Option.match({
          onNone: () => ownCredential(account, origin),
          onSome: ({ document, given }) => answerOf(document, account, given)
        })
      )

    return {
      current,
      refused: (account, origin, credential) =>
        Effect.flatMap(
          sourceNow(account, origin),
          Option.match({
            onNone: () => Effect.succeed(false),
            onSome: ({ document, given }) => {
              const isIt = ({ token }: SourceAnswer) => Redacted.value(token) === Redacted.value(credential)
              if (Option.exists(Option.fromNullable(kept.get(account.name)), ({ answer }) => isIt(answer)))
                kept.delete(account.name)
              return Effect.map(answerOf(document, account, given), (answer) => !isIt(answer))
            }
          })
        )
    }
  })

/**
 * `StaticCredentials` over the configuration and what others keep.
 *
 * @example
 * ```ts
 * const staticCredentials = Layers.staticCredentials.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<StaticCredentials, never, ConfigStore | ExternalSecrets> = Layer.scoped(
  StaticCredentials,
  make
)
