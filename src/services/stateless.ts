/**
 * For programs that hold their credentials themselves, as one that serves many tenants does: no disk, no search for
 * credentials, sessions made by hand.
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Account, OAuthTokenAccount, ServiceAccount } from "../domain/account/Account.ts"
import { parseSecret, parseUsername } from "../domain/account/credentialText.ts"
import { AccountName, parse, ProjectId, Region } from "../domain/account/identifiers.ts"
import { freshMillis } from "../domain/api/CachedMe.ts"
import type { Me } from "../domain/api/Me.ts"
import { InvalidArgument } from "../domain/errors.ts"
import { OAuthTokenError } from "../domain/oauth/OAuthError.ts"
import type { Identity } from "../domain/session/Caller.ts"
import { Session, Project } from "../domain/session/Session.ts"
import { credentialFingerprint } from "./api/credentialFingerprint.ts"
import * as Discovery from "./api/Discovery.ts"
import { MeCache } from "./api/MeCache.ts"
import * as Mixpanel from "./api/Mixpanel.ts"
import * as MixpanelHttpClient from "./api/MixpanelHttpClient.ts"
import { ProjectCredentials } from "./api/ProjectCredentials.ts"
import { QueryBudget } from "./budget/QueryBudget.ts"
import * as MemoryBudget from "./budget/MemoryBudget.ts"
import { Crypto, layer as webCrypto } from "./platform/Crypto.ts"
import { forProgram } from "./session/forProgram.ts"
import { CurrentSession } from "./session/CurrentSession.ts"
import { staticBearer } from "./tokens/bearerAtHand.ts"
import { TokenResolver } from "./tokens/TokenResolver.ts"

/**
 * What `stateless` provides.
 * @since 0.1.0
 * @category services
 */
export type StatelessServices =
  | Mixpanel.Mixpanel
  | MixpanelHttpClient.MixpanelHttpClient
  | Discovery.Discovery
  | TokenResolver

/** Bearers that are in the account, or in its variable; there is no place where a login's tokens could be. */
const bearers = Layer.succeed(TokenResolver, {
  bearer: (account) =>
    account.type === "oauth_token" ? forProgram("given")(staticBearer(account)) : Effect.fail(noTokens(account)),
  refused: () => Effect.succeed(false)
})

const noTokens = ({ name }: Account) =>
  new OAuthTokenError({
    account: name,
    reason: "it logs in through a browser, and `stateless` keeps no tokens; `layer` of effect-mixpanel/node does.",
    fixes: [],
    details: { account: name }
  })

/** Keys of a project come with the request that needs them. */
const noProjectKeys = Layer.succeed(ProjectCredentials, {
  forProject: () => Effect.succeed({ secret: Option.none(), token: Option.none() })
})

const mostRemembered = 1_000

const meInMemory = Layer.effect(
  MeCache,
  Effect.map(Crypto, (crypto) => {
    const kept = new Map<string, { readonly me: Me; readonly at: number }>()
    const get = ({ account }: Identity) =>
      Effect.zipWith(credentialFingerprint(crypto, account), Clock.currentTimeMillis, (key, now) =>
        Option.filter(Option.fromNullable(kept.get(key)), ({ at }) => now - at < freshMillis).pipe(
          Option.map(({ me }) => me)
        )
      )
    return MeCache.of({
      get,
      names: get,
      put: ({ account }, me) =>
        Effect.zipWith(credentialFingerprint(crypto, account), Clock.currentTimeMillis, (key, at) => {
          kept.delete(key)
          kept.set(key, { me, at })
          const [oldest] = kept.keys()
          if (kept.size > mostRemembered && oldest !== undefined) kept.delete(oldest)
        }),
      drop: () => Effect.succeed(false)
    })
  })
)

/** The one that the layer is provided with, as of an engine that machines share, else one of this process. */
const budget = Layer.unwrapEffect(
  Effect.map(
    Effect.serviceOption(QueryBudget),
    Option.match({
      onNone: () => Layer.provide(MemoryBudget.layer(), webCrypto),
      onSome: (given) => Layer.succeed(QueryBudget, given)
    })
  )
)

/**
 * Typed calls, the authenticated client and discovery for sessions that are made by hand, over any `HttpClient`. Nothing of
 * this machine is read but `MP_API_BASE_URL`, `MP_APP_BASE_URL` and the variable that an account names for its bearer, through
 * `ConfigProvider`. `/me` is kept in memory, for each credential. The secret of a project comes with the request that needs
 * it (`projectSecret`). Queries are counted in memory, or by the `QueryBudget` that the layer is provided with. An account that logs in through a browser has no tokens here: `OAuthTokenError`.
 *
 * @example
 * ```ts
 * const account = new ServiceAccount({ name: AccountName.make("tenant"), username, secret, region: "eu" })
 * const session = new Session({ account, project: new Project({ id: ProjectId.make("3018488") }) })
 * const names = Effect.flatMap(Mixpanel, (mixpanel) => mixpanel.events(session))
 * Effect.runPromise(names.pipe(Effect.provide(stateless), Effect.provide(FetchHttpClient.layer)))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const stateless: Layer.Layer<StatelessServices, never, HttpClient.HttpClient> = Mixpanel.layer.pipe(
  Layer.provideMerge(Discovery.layer),
  Layer.provide(Layer.provide(meInMemory, webCrypto)),
  Layer.provideMerge(MixpanelHttpClient.layer),
  Layer.provide(budget),
  Layer.provide(noProjectKeys),
  Layer.provideMerge(bearers),
  Layer.fresh
)

/**
 * A service account, or a static bearer, with its region (`us`, `eu` or `in`) and project.
 * @since 0.1.0
 * @category models
 */
export type ConfiguredSession = { readonly region: Config.Config<string>; readonly project: Config.Config<string> } & (
  | {
      readonly username: Config.Config<string>
      readonly secret: Config.Config<Redacted.Redacted>
      readonly token?: never
    }
  | { readonly token: Config.Config<Redacted.Redacted>; readonly username?: never; readonly secret?: never }
)

/**
 * `stateless` with a `CurrentSession` that is read from Effect's `Config` when the layer is built. What is missing or
 * malformed is a `ConfigError` of effect that names the key.
 *
 * @example
 * ```ts
 * const app = layerConfig({
 *   username: Config.string("MIXPANEL_USERNAME"),
 *   secret: Config.redacted("MIXPANEL_SECRET"),
 *   region: Config.string("MIXPANEL_REGION"),
 *   project: Config.string("MIXPANEL_PROJECT")
 * })
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  configured: ConfiguredSession
): Layer.Layer<StatelessServices | CurrentSession, ConfigError.ConfigError, HttpClient.HttpClient> =>
  Layer.merge(stateless, Layer.unwrapEffect(Effect.map(sessionFrom(checked(configured)), CurrentSession.layerOf)))

/** What is read of one key, or what is wrong there: a config that is mapped, as a secret is, no longer says where it looks. */
const at = <A, B>(config: Config.Config<A>, parseValue: (value: A) => Either.Either<B, string>) =>
  Effect.configProviderWith(({ flattened }) => {
    let key: ReadonlyArray<string> = []
    const noting = ConfigProvider.makeFlat({
      ...flattened,
      load: (path, primitive, split) => {
        key = path
        return flattened.load(path, primitive, split)
      }
    })
    return Effect.flatMap(ConfigProvider.fromFlat(noting).load(config), (value) =>
      Either.mapLeft(parseValue(value), (message) => ConfigError.InvalidData([...key], message))
    )
  })

const both = <A, B>(one: Effect.Effect<A, ConfigError.ConfigError>, other: Effect.Effect<B, ConfigError.ConfigError>) =>
  Effect.zipWith(Effect.either(one), Effect.either(other), (a, b) => {
    if (Either.isLeft(a) && Either.isLeft(b)) return Either.left(ConfigError.And(a.left, b.left))
    return Either.all([a, b])
  }).pipe(Effect.flatten)

const secretOf = (value: Redacted.Redacted) => parseSecret(Redacted.value(value))

const accountFrom = (configured: ConfiguredSession): Effect.Effect<Account, ConfigError.ConfigError> => {
  const name = AccountName.make("configured")
  const region = at(configured.region, parse(Region))
  return configured.token === undefined
    ? Effect.map(
        both(both(at(configured.username, parseUsername), at(configured.secret, secretOf)), region),
        ([[username, secret], region]) => new ServiceAccount({ name, username, secret, region })
      )
    : Effect.map(
        both(at(configured.token, secretOf), region),
        ([token, region]) => new OAuthTokenAccount({ name, token: Option.some(token), region })
      )
}

const sessionFrom = (configured: ConfiguredSession): Effect.Effect<Session, ConfigError.ConfigError> =>
  Effect.map(
    both(accountFrom(configured), at(configured.project, parse(ProjectId))),
    ([account, id]) => new Session({ account, project: new Project({ id }) })
  )

/** For callers without types too: what would be ignored, and what is no config, is told at once. */
const checked = (configured: ConfiguredSession): ConfiguredSession => {
  const needed =
    configured.token === undefined ? ["username", "secret", "region", "project"] : ["token", "region", "project"]
  const given: Readonly<Record<string, unknown>> = configured
  for (const field of Object.keys(given).filter((key) => given[key] !== undefined && !needed.includes(key))) {
    throw wrongField(field, `layerConfig takes ${needed.join(", ")} here, and would ignore '${field}'.`)
  }
  for (const field of needed.filter((key) => !Config.isConfig(given[key]))) {
    throw wrongField(field, `The ${field} of layerConfig is no Config.`)
  }
  return configured
}

const wrongField = (field: string, message: string) => new InvalidArgument({ message, hints: [], details: { field } })
