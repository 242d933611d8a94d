import { argument, type Command, command } from "../../domain/hints/Command.ts"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Account, OAuthBrowserAccount } from "../../domain/account/Account.ts"
import type { AccountName, ProjectId, Region } from "../../domain/account/identifiers.ts"
import type { RequestError } from "../../domain/api/ApiError.ts"
import { type Me, projectsOf } from "../../domain/api/Me.ts"
import * as Config from "../../domain/config/ConfigDocument.ts"
import * as Edits from "../../domain/config/ConfigEdits.ts"
import { type ConfigError, type EditError, InvalidArgument, type ProjectNotFound } from "../../domain/errors.ts"
import { anyName, nameFor } from "../../domain/login/accountNames.ts"
import { assertSameTypeAndRegion } from "../../domain/login/assertSameTypeAndRegion.ts"
import { accountOf, checkCredential } from "../../domain/login/LoginCredential.ts"
import { chooseAtHome, chooseProject, loginFlags, preferring } from "../../domain/login/projectChoice.ts"
import { describeElsewhere } from "../../domain/oauth/AuthorizationServer.ts"
import type { LoginError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { Project } from "../../domain/session/Session.ts"
import type { ClaimError, StoringError } from "../../domain/storage/StorageError.ts"
import { Discovery } from "../api/Discovery.ts"
import { Audit } from "../audit/Audit.ts"
import { MeCache } from "../api/MeCache.ts"
import { Accounts } from "../config/Accounts.ts"
import { ConfigStore } from "../config/ConfigStore.ts"
import { ClientStore } from "../oauth/ClientStore.ts"
import { OAuthFlow } from "../oauth/OAuthFlow.ts"
import { claimCurrent } from "../tokens/claimCurrent.ts"
import type { StoredTokens } from "../tokens/tokenEntry.ts"
import { TokenStore } from "../tokens/TokenStore.ts"
import { tokenOf } from "../tokens/tokenFamily.ts"
import * as AccountOfSame from "./accountOfSame.ts"
import { bareCredential } from "./bareCredential.ts"
import { CheckHistory } from "./CheckHistory.ts"
import { RegionProbe } from "./RegionProbe.ts"
import type { LoggedIn, LoggedOut, LoginOptions, MeAnswer, SignedIn, SignInError, SignInRequest } from "./SignIn.ts"
import type { StorageError } from "../../domain/storage/StorageError.ts"

/**
 * From nothing to a session that works, and back: logs in and out.
 *
 * @example
 * ```ts
 * const out = Effect.flatMap(Login, (login) => login.logout("me"))
 * ```
 * @since 0.1.0
 * @category services
 */
export class Login extends Context.Tag("effect-mixpanel/Login")<
  Login,
  {
    /**
     * Logs in and makes the account active. A service account and a bearer are saved only once `/me` knows
     * them. Who has an account of that type and region already gets it renewed, and keeps its default project.
     */
    readonly signIn: (request: SignInRequest) => Effect.Effect<SignedIn, SignInError>
    /**
     * Logs a browser account in again; which account is active does not change. The tokens are stored before `/me`
     * is asked; where the account has no default project, the first one by numeric id becomes it.
     */
    readonly login: (
      name: string,
      options: LoginOptions
    ) => Effect.Effect<LoggedIn, EditError | StoringError | LoginError>
    /** Revokes the tokens at the server as far as that works, and deletes them whatever it says. */
    readonly logout: (name: string) => Effect.Effect<LoggedOut, EditError | ClaimError>
  }
>() {}

interface Verified {
  readonly region: Region
  readonly me: MeAnswer
  readonly tokens: Option.Option<OAuthTokens>
}

const make = Effect.gen(function* () {
  const accounts = yield* Accounts
  const audit = yield* Audit
  const cache = yield* MeCache
  const checkHistory = yield* CheckHistory
  const clients = yield* ClientStore
  const config = yield* ConfigStore
  const discovery = yield* Discovery
  const flow = yield* OAuthFlow
  const probe = yield* RegionProbe
  const tokenStore = yield* TokenStore
  const accountOfSame = yield* AccountOfSame.make

  const whoIs = ({ accessToken: token }: OAuthTokens, region: Region): Effect.Effect<MeAnswer> =>
    Effect.either(discovery.me({ credential: { type: "oauth_token", token }, region }))

  const store = (name: AccountName, tokens: OAuthTokens) =>
    Effect.zipRight(tokenStore.put(name, tokens), tokenStore.forgetCaches(name))

  const usable = (name: AccountName): Effect.Effect<StoredTokens, NoTokens> =>
    Effect.mapError(Effect.flatten(tokenStore.stored(name)), () => new NoTokens())

  const revoke = (account: OAuthBrowserAccount, tokens: OAuthTokens): Effect.Effect<Either.Either<void, string>> =>
    Effect.either(
      Effect.mapError(flow.revoke(account.region, tokens), (error) => {
        if (error._tag === "MintedElsewhere") return describeElsewhere(error)
        return error._tag === "OAuthRequestFailed" ? error.reason : error.message
      })
    )

  const remember = (account: Account, me: MeAnswer) =>
    Effect.zipRight(
      Effect.forEach(Option.toArray(Either.getRight(me)), (said) => cache.put({ account, origin: "config" }, said)),
      checkHistory.put({ account, origin: "config" }, me)
    )

  const named = ({ name }: SignInRequest): Effect.Effect<Option.Option<Account>, ConfigError | StorageError> =>
    Effect.flatMap(config.get, (document) =>
      Effect.transposeOption(Option.flatMap(name, (given) => Config.account(document, given)))
    )

  const decideProject = (
    { choose, credential, environmentProject, name, project }: SignInRequest,
    existing: Option.Option<Account>,
    { me, region }: Verified
  ): Effect.Effect<Option.Option<ProjectId>, ProjectNotFound | ConfigError> =>
    Effect.gen(function* () {
      const kept = Option.flatMap(existing, ({ defaultProject }) => defaultProject)
      if (Either.isLeft(me)) return Option.orElse(project, () => kept)
      const wishes = { flag: project, kept, variable: environmentProject }
      const choice = yield* credential.type === "oauth_browser"
        ? chooseAtHome(me.right, wishes, region, name)
        : chooseProject(me.right, wishes)
      if (choice._tag === "Decided") return choice.project
      return Option.isSome(choose) ? yield* choose.value(choice.candidates) : Option.some(choice.first)
    })

  const save = (
    request: SignInRequest,
    { me, region, tokens }: Verified,
    existing: Option.Option<Account>,
    defaultProject: Option.Option<ProjectId>
  ) =>
    Effect.gen(function* () {
      const given = Option.orElse(
        Option.map(existing, ({ name }) => name),
        () => request.name
      )
      const wanted = Option.getOrElse(given, () => Either.match(me, { onLeft: () => anyName, onRight: nameFor }))
      const draft = (name: AccountName) => accountOf(request.credential, { name, region, defaultProject })
      const { account, isNew } = yield* config.modify(
        Edits.signIn(Option.isSome(given) ? "given" : "proposed", draft, wanted)
      )
      yield* Option.match(tokens, {
        onNone: () => tokenStore.forgetCaches(account.name),
        onSome: (fresh) => Effect.zipRight(store(account.name, fresh), Effect.ignore(tokenStore.removePending))
      })
      yield* audit.record({ event: "login", account: account.name, token: tokenOf(account, tokens) })
      yield* remember(account, me)
      const tokensPath = Option.map(tokens, () => tokenStore.describe(account.name))
      return {
        account,
        isNew,
        me,
        project: projectOf(defaultProject, me),
        tokensPath: yield* Effect.transposeOption(tokensPath)
      }
    }).pipe(Effect.uninterruptible)

  const finish = (request: SignInRequest, verified: Verified) =>
    Effect.gen(function* () {
      const { me, region } = verified
      const existing = yield* Option.isSome(request.name)
        ? named(request)
        : Effect.flatMap(config.get, (document) =>
            accountOfSame(document, request.credential, region, Either.getRight(me))
          )
      if (Option.isSome(existing)) {
        yield* assertSameTypeAndRegion(existing.value, request.credential.type, Option.some(region))
      }
      return yield* save(request, verified, existing, yield* decideProject(request, existing, verified))
    })

  const discard = (region: Region, tokens: OAuthTokens) =>
    Effect.zipRight(
      Effect.ignore(Effect.timeout(Effect.interruptible(flow.revoke(region, tokens)), "5 seconds")),
      Effect.ignore(tokenStore.removePending)
    )

  const withPerson = (request: SignInRequest, region: Region) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const login = { ...request.user, region, keep: tokenStore.putPending, fix: fixOf(request) }
        const tokens = yield* restore(flow.login(login))
        return yield* Effect.flatMap(whoIs(tokens, region), (me) =>
          finish(request, { region, me, tokens: Option.some(tokens) })
        ).pipe(
          restore,
          Effect.onError(() => discard(region, tokens))
        )
      })
    )

  const browserAccount = (name: string, verb: string): Effect.Effect<OAuthBrowserAccount, EditError> =>
    Effect.flatMap(accounts.get(name), (account) =>
      account.type === "oauth_browser" ? Effect.succeed(account) : Effect.fail(notBrowser(name, account.type, verb))
    )

  const firstProject = ({ defaultProject, name, region }: OAuthBrowserAccount, me: MeAnswer) =>
    Effect.gen(function* () {
      if (Option.isSome(defaultProject) || Either.isLeft(me)) return Option.none<ProjectId>()
      const [first] = projectsOf(preferring(me.right, region))
      if (first !== undefined) yield* accounts.update(name, { defaultProject: first.id })
      return Option.map(Option.fromNullable(first), ({ id }) => id)
    })

  return Login.of({
    signIn: Effect.fn("Login.signIn")(function* (asked) {
      const credential = yield* checkCredential(asked.credential)
      const request = { ...asked, credential }
      const bare = credential.type === "oauth_browser" ? undefined : yield* bareCredential(credential, request.name)
      const existing = yield* named(request)
      if (Option.isSome(existing)) yield* assertSameTypeAndRegion(existing.value, credential.type, request.region)
      else if (Option.isSome(request.name)) yield* Edits.checkSignInName(yield* config.get, request.name.value)
      if (bare === undefined) return yield* withPerson(request, regionOf(request, existing))
      const { source, region, report } = request
      const found = yield* probe.find({ credential: bare, source, region, report })
      return yield* finish(request, { region: found.region, me: Either.right(found.me), tokens: Option.none() })
    }),
    login: Effect.fn("Login.login")(function* (name, options) {
      const account = yield* browserAccount(name, "login")
      const { region } = account
      const keep = (tokens: OAuthTokens) => store(account.name, tokens)
      const fix = command`mp account login ${argument(name)}`
      const tokens = yield* flow.login({ ...options, region, keep, fix })
      yield* audit.record({ event: "login", account: account.name, token: Option.some(tokens.accessToken) })
      const me = yield* whoIs(tokens, region)
      yield* remember(account, me)
      return {
        account,
        tokens,
        tokensPath: yield* tokenStore.describe(account.name),
        clientPath: yield* clients.describe(region, tokens),
        me,
        chosenProject: yield* firstProject(account, me)
      }
    }),
    logout: Effect.fn("Login.logout")(function* (name) {
      const account = yield* browserAccount(name, "logout")
      const ended = yield* Effect.scoped(
        Effect.gen(function* () {
          const { claim, tokens } = yield* claimCurrent(tokenStore, account.name, usable(account.name))
          const revoked = yield* revoke(account, tokens)
          const removed = yield* Effect.catchTag(claim.remove, "Superseded", () => Effect.succeed(false))
          return { removed, revoked: Option.some(revoked), stored: Option.some(tokens) }
        })
      ).pipe(
        Effect.catchTag("NoTokens", () =>
          Effect.map(tokenStore.remove(account.name), (removed) => ({
            removed,
            revoked: Option.none(),
            stored: Option.none()
          }))
        )
      )
      const { removed, revoked, stored } = ended
      yield* tokenStore.forgetCaches(account.name)
      if (removed) yield* audit.record({ event: "logout", account: account.name, token: tokenOf(account, stored) })
      return { removed, revoked }
    })
  })
})

/** There is nothing that could be revoked: tokens that cannot be read are deleted all the same. */
class NoTokens extends Data.TaggedError("NoTokens") {}

const fixOf = ({ name, project, region }: SignInRequest): Command =>
  command`mp login ${[...Option.match(region, { onNone: () => [], onSome: (given) => ["--region", given] }), ...loginFlags(name, project)]}`

/** A person's login goes to one region: the one asked for, else that of the account. */
const regionOf = ({ region }: SignInRequest, existing: Option.Option<Account>): Region =>
  Option.getOrElse(
    Option.orElse(region, () => Option.map(existing, (account) => account.region)),
    () => "us" as const
  )

const notBrowser = (name: string, type: string, verb: string) =>
  new InvalidArgument({
    message: `Account '${name}' is of type ${type}; only oauth_browser accounts have a ${verb}.`,
    hints: [command`mp login --name ${`${name}-browser`}`],
    details: { account: name, type }
  })

const projectOf = (id: Option.Option<ProjectId>, me: Either.Either<Me, RequestError>): Option.Option<Project> =>
  Option.map(id, (wanted) => {
    const seen = Either.match(me, { onLeft: () => [], onRight: projectsOf })
    return seen.find((project) => project.id === wanted) ?? new Project({ id: wanted })
  })

/**
 * `Login` over the OAuth flow and what is stored.
 *
 * @example
 * ```ts
 * const login = Layers.login.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<
  Login,
  never,
  | Accounts
  | Audit
  | CheckHistory
  | ClientStore
  | ConfigStore
  | Discovery
  | MeCache
  | OAuthFlow
  | RegionProbe
  | TokenStore
> = Layer.effect(Login, make)
