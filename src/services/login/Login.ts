/** From nothing to a working session: one credential, its region, its account, its project. */
import { type Command, command } from "../../domain/hints/Command.ts"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type Account, OAuthTokenAccount } from "../../domain/account/Account.ts"
import type { RequestError } from "../../domain/api/ApiError.ts"
import * as Config from "../../domain/config/ConfigDocument.ts"
import * as Edits from "../../domain/config/ConfigEdits.ts"
import type { ConfigError, EditError, FileError, LockError, ProjectNotFound } from "../../domain/errors.ts"
import type { AccountName, ProjectId, Region } from "../../domain/account/identifiers.ts"
import { anyName, nameFor } from "../../domain/login/accountNames.ts"
import { elsewhere, preferring, wrongRegion } from "../../domain/login/homeRegion.ts"
import { accountOf, isCredentialOf, type LoginCredential } from "../../domain/login/LoginCredential.ts"
import { type Candidate, chooseProject, type ProjectChoice } from "../../domain/login/projectChoice.ts"
import { assertSameTypeAndRegion } from "../../domain/login/assertSameTypeAndRegion.ts"
import { type Me, projectsOf } from "../../domain/api/Me.ts"
import type { LoginError } from "../../domain/oauth/OAuthError.ts"
import type { OAuthTokens } from "../../domain/oauth/OAuthTokens.ts"
import { Project } from "../../domain/session/Project.ts"
import type { LoginOptions } from "./AccountLogin.ts"
import { ConfigStore } from "../config/ConfigStore.ts"
import { Discovery } from "../api/Discovery.ts"
import { CheckHistory } from "./CheckHistory.ts"
import { MeCache } from "../api/MeCache.ts"
import { OAuthFlow } from "../oauth/OAuthFlow.ts"
import { type ProbeError, type ProbeEvent, RegionProbe } from "./RegionProbe.ts"
import { TokenStore } from "../tokens/TokenStore.ts"

/** What is decided before a login begins. */
export interface SignInRequest {
  readonly credential: LoginCredential
  /** Where the credential comes from, for messages. */
  readonly source: string
  readonly name: Option.Option<AccountName>
  readonly region: Option.Option<Region>
  /** The project that has to be it. */
  readonly project: Option.Option<ProjectId>
  /** The project of the environment, for accounts that are new. */
  readonly environmentProject: Option.Option<ProjectId>
  /** How a person takes part in it, where one logs in. */
  readonly user: LoginOptions
  /** Asks a person for the project; without one the first is taken. */
  readonly choose: Option.Option<(candidates: ReadonlyArray<Candidate>) => Effect.Effect<ProjectId>>
  readonly report: (event: ProbeEvent) => Effect.Effect<void>
}

/** A finished login. */
export interface SignedIn {
  readonly account: Account
  /** `false`: an account that was there was renewed. */
  readonly isNew: boolean
  /** What `/me` said, or, for a person, why it could not be asked: the login holds all the same. */
  readonly me: Either.Either<Me, RequestError>
  /** The default project now, with as much as is known of it. */
  readonly project: Option.Option<Project>
  /** Where the tokens of a person are kept. */
  readonly tokensPath: Option.Option<string>
}

export type SignInError = EditError | FileError | LockError | LoginError | ProbeError | ProjectNotFound

export class Login extends Context.Tag("effect-mixpanel/Login")<
  Login,
  {
    /**
     * Logs in and makes the account active. A service account and a bearer are saved only once `/me` knows
     * them. Who has an account of that type and region already gets it renewed, and keeps its default project.
     */
    readonly signIn: (request: SignInRequest) => Effect.Effect<SignedIn, SignInError>
  }
>() {}

/** What is known once a credential works. */
interface Verified {
  readonly region: Region
  readonly me: Either.Either<Me, RequestError>
  readonly tokens: Option.Option<OAuthTokens>
}

const make = Effect.gen(function* () {
  const config = yield* ConfigStore
  const tokenStore = yield* TokenStore
  const cache = yield* MeCache
  const checkHistory = yield* CheckHistory
  const flow = yield* OAuthFlow
  const discovery = yield* Discovery
  const probe = yield* RegionProbe

  const named = ({ name }: SignInRequest): Effect.Effect<Option.Option<Account>, ConfigError> =>
    Effect.flatMap(config.get, (document) =>
      Option.match(
        Option.flatMap(name, (given) => Config.account(document, given)),
        { onNone: () => Effect.succeedNone, onSome: (found) => Effect.asSome(found) }
      )
    )

  const isRemembered = (account: Account, me: Me): Effect.Effect<boolean> =>
    Effect.map(cache.names({ account, origin: "config" }), (remembered) =>
      Option.exists(
        Option.flatMap(remembered, ({ userId }) => userId),
        (id) => Option.contains(me.userId, id)
      )
    )

  /** Logged out, and so not remembered any more: whoever comes next from its organization is taken for its owner. */
  const isVacant = (account: Account, me: Me): Effect.Effect<boolean> =>
    account.type === "oauth_browser" && account.name === nameFor(me)
      ? Effect.zipWith(
          cache.names({ account, origin: "config" }),
          Effect.option(tokenStore.get(account.name)),
          (remembered, tokens) => Option.isNone(remembered) && Option.isNone(Option.flatten(tokens))
        )
      : Effect.succeed(false)

  const accountOfSame = Effect.fn("Login.accountOfSame")(function* (
    { credential }: SignInRequest,
    { me, region }: Verified
  ) {
    const document = yield* config.get
    const active = Config.activeAccountName(document)
    const candidates = Config.accounts(document)
      .flatMap(({ value }) => Option.toArray(Either.getRight(value)))
      .filter((account) => account.type === credential.type && account.region === region)
      .sort((a, b) => Number(Option.contains(active, b.name)) - Number(Option.contains(active, a.name)))
    const byUser =
      credential.type === "service_account" || Either.isLeft(me)
        ? Option.none<Account>()
        : yield* Effect.findFirst(candidates, (account) => isRemembered(account, me.right))
    const known = Option.orElse(byUser, () =>
      Option.fromNullable(candidates.find((account) => isCredentialOf(credential, account)))
    )
    if (Option.isSome(known) || Either.isLeft(me)) return known
    return yield* Effect.findFirst(candidates, (account) => isVacant(account, me.right))
  })

  const decideProject = (
    request: SignInRequest,
    existing: Option.Option<Account>,
    { me, region }: Verified
  ): Effect.Effect<Option.Option<ProjectId>, ProjectNotFound | ConfigError> =>
    Effect.gen(function* () {
      const kept = Option.flatMap(existing, ({ defaultProject }) => defaultProject)
      if (Either.isLeft(me)) return Option.orElse(request.project, () => kept)
      const wishes = { flag: request.project, kept, variable: request.environmentProject }
      const everywhere = yield* chooseProject(me.right, wishes)
      if (request.credential.type !== "oauth_browser") return yield* settled(request, everywhere)
      const choice =
        everywhere._tag === "Open" ? yield* chooseProject(preferring(me.right, region), wishes) : everywhere
      yield* atHome(request, choice._tag === "Open" ? Option.some(choice.first) : choice.project, me.right, region)
      return yield* settled(request, choice)
    })

  const save = Effect.fn("Login.save")(function* (
    request: SignInRequest,
    verified: Verified,
    existing: Option.Option<Account>,
    defaultProject: Option.Option<ProjectId>
  ) {
    const { me, region, tokens } = verified
    const given = Option.orElse(
      Option.map(existing, ({ name }) => name),
      () => request.name
    )
    const wanted = Option.getOrElse(given, () => Either.match(me, { onLeft: () => anyName, onRight: nameFor }))
    const draft = (name: AccountName) => accountOf(request.credential, { name, region, defaultProject })
    const { account, isNew } = yield* config.modify(
      Edits.signIn(Option.isSome(given) ? "given" : "proposed", draft, wanted)
    )
    if (Option.isSome(tokens)) {
      yield* tokenStore.withLock(account.name)(() => tokenStore.put(account.name, tokens.value))
      yield* Effect.ignore(tokenStore.removePending)
    }
    yield* tokenStore.forgetCaches(account.name)
    yield* Effect.forEach(Option.toArray(Either.getRight(me)), (said) => remember(account, said), { discard: true })
    return { account, isNew, me, project: projectOf(defaultProject, me), tokensPath: yield* tokensPathOf(account) }
  }, Effect.uninterruptible)

  const remember = (account: Account, me: Me) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) =>
      Effect.zipRight(
        cache.put({ account, origin: "config" }, me),
        checkHistory.put({ account, origin: "config" }, { at, ok: true, code: Option.none(), refused: false })
      )
    )

  const tokensPathOf = ({ name, type }: Account): Effect.Effect<Option.Option<string>> =>
    type === "oauth_browser" ? Effect.asSome(tokenStore.describe(name)) : Effect.succeedNone

  const finish = (request: SignInRequest, verified: Verified) =>
    Effect.gen(function* () {
      const known = Option.isSome(request.name) ? named(request) : accountOfSame(request, verified)
      const existing = yield* known
      if (Option.isSome(existing)) {
        yield* assertSameTypeAndRegion(existing.value, request.credential.type, Option.some(verified.region))
      }
      return yield* save(request, verified, existing, yield* decideProject(request, existing, verified))
    })

  const withCredential = (request: SignInRequest) =>
    Effect.flatMap(
      probe.find({
        account: (region) =>
          accountOf(request.credential, {
            name: Option.getOrElse(request.name, () => anyName),
            region,
            defaultProject: Option.none()
          }),
        source: request.source,
        region: request.region,
        report: request.report
      }),
      ({ me, region }) => finish(request, { region, me: Either.right(me), tokens: Option.none() })
    )

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
        const account = bearerOf(tokens, region)
        return yield* restore(Effect.either(discovery.me({ account, origin: "environment" }, { refresh: true }))).pipe(
          Effect.flatMap((me) => restore(finish(request, { region, me, tokens: Option.some(tokens) }))),
          Effect.onError(() => discard(region, tokens))
        )
      })
    )

  return Login.of({
    signIn: Effect.fn("Login.signIn")(function* (request) {
      const existing = yield* named(request)
      if (Option.isSome(existing))
        yield* assertSameTypeAndRegion(existing.value, request.credential.type, request.region)
      else if (Option.isSome(request.name)) yield* Edits.checkSignInName(yield* config.get, request.name.value)
      if (request.credential.type !== "oauth_browser") return yield* withCredential(request)
      const own = Option.map(existing, ({ region }) => region)
      return yield* withPerson(
        request,
        Option.getOrElse(request.region, () => Option.getOrElse(own, () => "us" as const))
      )
    })
  })
})

const settled = ({ choose }: SignInRequest, choice: ProjectChoice): Effect.Effect<Option.Option<ProjectId>> => {
  if (choice._tag === "Decided") return Effect.succeed(choice.project)
  return Option.match(choose, {
    onNone: () => Effect.succeedSome(choice.first),
    onSome: (ask) => Effect.asSome(ask(choice.candidates))
  })
}

/** A login to one region works in another, but none of its requests would. */
const atHome = (
  request: SignInRequest,
  decided: Option.Option<ProjectId>,
  me: Me,
  region: Region
): Either.Either<void, ConfigError> =>
  Option.match(
    Option.flatMap(
      Option.flatMapNullable(decided, (id) => me.projects[id]),
      (project) => elsewhere(project, region)
    ),
    { onNone: () => Either.void, onSome: (home) => Either.left(wrongRegion(region, home, flagsOf(request))) }
  )

const flagsOf = ({ name, project }: SignInRequest): ReadonlyArray<string> => [
  ...Option.match(name, { onNone: () => [], onSome: (given) => ["--name", given] }),
  ...Option.match(project, { onNone: () => [], onSome: (given) => ["--project", given] })
]

const fixOf = (request: SignInRequest): Command =>
  command`mp login ${[...Option.match(request.region, { onNone: () => [], onSome: (region) => ["--region", region] }), ...flagsOf(request)]}`

/** A person's fresh bearer, for the one question that comes before there is an account for it. */
const bearerOf = (tokens: OAuthTokens, region: Region) =>
  new OAuthTokenAccount({
    name: anyName,
    region,
    defaultProject: Option.none(),
    token: Option.some(tokens.accessToken),
    tokenEnv: Option.none()
  })

const projectOf = (id: Option.Option<ProjectId>, me: Either.Either<Me, RequestError>): Option.Option<Project> =>
  Option.map(id, (wanted) => {
    const seen = Either.match(me, { onLeft: () => [], onRight: projectsOf })
    return seen.find((project) => project.id === wanted) ?? new Project({ id: wanted })
  })

export const layer: Layer.Layer<
  Login,
  never,
  ConfigStore | TokenStore | MeCache | CheckHistory | OAuthFlow | Discovery | RegionProbe
> = Layer.effect(Login, make)
