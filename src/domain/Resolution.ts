/**
 * The resolver: from environment, overrides, target, bridge and configuration to a session, axis by
 * axis, with the whole provenance. It decides nothing by looking at the world and forgets nothing it saw:
 * `mp session --explain`, error messages and notices are all read off its value.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { Account } from "./Account.ts"
import type { BridgeFile } from "./BridgeFile.ts"
import * as Config from "./ConfigDocument.ts"
import type { Environment } from "./Environment.ts"
import { environmentCredentials, unusedCredentials } from "./EnvironmentAccount.ts"
import { AccountNotFound, NoAccount, NoProject, type ResolutionError, TargetNotFound } from "./errors.ts"
import type { ProjectId, WorkspaceId } from "./identifiers.ts"
import { Project } from "./Project.ts"
import { type CredentialOrigin, Session } from "./Session.ts"
import type { SessionHeaders } from "./SessionHeaders.ts"
import type { Target } from "./Target.ts"
import { WorkspaceRef } from "./WorkspaceRef.ts"

/** The kinds of source, in order of precedence. */
export type Source = "environment" | "flag" | "target" | "bridge" | "active" | "account"

/** One source that had something to say about an axis. */
export interface Candidate {
  readonly source: Source
  /** The variable, flag, or file and key. */
  readonly origin: string
  /** What it says: a name or an id, never a secret. */
  readonly value: string
  readonly status: "used" | "shadowed" | "skipped"
  /** Why it was skipped, or what shadows it. */
  readonly reason: string | null
}

/** A value that someone asked for by hand, and how they asked. */
export interface Override<A> {
  readonly value: A
  /** `--project`, `MP_ACCOUNT`, or `project` for a caller of the library. */
  readonly origin: string
}

/** What a caller asks for explicitly. A target excludes the other three. */
export interface Overrides {
  readonly account: Option.Option<Override<string>>
  readonly project: Option.Option<Override<ProjectId>>
  readonly workspace: Option.Option<Override<WorkspaceId>>
  readonly target: Option.Option<Override<string>>
}

/** No overrides. */
export const noOverrides: Overrides = {
  account: Option.none(),
  project: Option.none(),
  workspace: Option.none(),
  target: Option.none()
}

/** A bridge and the file it came from. */
export interface LoadedBridge {
  readonly path: string
  readonly file: BridgeFile
}

/** Everything that resolution looks at. */
export interface Inputs {
  readonly overrides: Overrides
  readonly environment: Environment
  readonly config: Config.ConfigDocument
  readonly bridge: Option.Option<LoadedBridge>
}

/** Who is calling, and where the credential comes from. */
export interface Identity {
  readonly account: Account
  readonly origin: CredentialOrigin
}

/** The outcome of every axis, and why. */
export interface Resolution {
  readonly identity: Either.Either<Identity, ResolutionError>
  readonly project: Either.Either<ProjectId, ResolutionError>
  readonly workspace: Either.Either<Option.Option<WorkspaceId>, ResolutionError>
  readonly headers: Either.Either<SessionHeaders, ResolutionError>
  readonly explain: {
    readonly account: ReadonlyArray<Candidate>
    readonly project: ReadonlyArray<Candidate>
    readonly workspace: ReadonlyArray<Candidate>
  }
  /** One line for each thing that would surprise: an override that had no effect, credentials not used. */
  readonly notices: ReadonlyArray<string>
}

/** A source of an axis before it is known who wins. */
interface Offer<A> {
  readonly source: Source
  readonly origin: string
  readonly value: string
  readonly take: Either.Either<A, ResolutionError>
  /** Set when this source does not count here. */
  readonly skip: string | null
}

/**
 * Resolves all axes.
 *
 * @example
 * ```ts
 * const resolution = resolve({ overrides: noOverrides, environment, config, bridge: Option.none() })
 * const session = toSession(resolution)
 * ```
 */
export const resolve = (inputs: Inputs): Resolution => {
  const target = chosenTarget(inputs)
  const active = Config.active(inputs.config)
  const account = pick(accountOffers(inputs, target, active))
  const identity = Either.flatMap(account.winner, (found) =>
    Option.match(found, { onNone: () => Either.left(noAccount(inputs)), onSome: Either.right })
  )
  const project = pick(projectOffers(inputs, target, identity))
  const projectId = Either.flatMap(project.winner, (found) =>
    Option.match(found, { onNone: () => Either.left(noProject(inputs, identity)), onSome: Either.right })
  )
  const workspace = pick(workspaceOffers(inputs, target, active, identity, projectId))
  return {
    identity: Either.flatMap(target, () => identity),
    project: Either.flatMap(target, () => projectId),
    workspace: Either.flatMap(target, () => workspace.winner),
    headers: sessionHeaders(inputs),
    explain: { account: account.candidates, project: project.candidates, workspace: workspace.candidates },
    notices: [
      ...unusedCredentials(inputs.environment),
      ...[account, project, workspace].flatMap(({ candidates }) => overridden(candidates))
    ]
  }
}

/** All parts come out of decoders that looked at them, and a bare workspace id belongs to no project yet. */
const alreadyChecked = { disableValidation: true }

/** The session, if every axis it needs resolved; else the first thing that stands in the way. */
export const toSession = (resolution: Resolution): Either.Either<Session, ResolutionError> =>
  Either.gen(function* () {
    const { account, origin } = yield* resolution.identity
    const project = new Project({ id: yield* resolution.project }, alreadyChecked)
    const workspace = Option.map(yield* resolution.workspace, (id) => new WorkspaceRef({ id }, alreadyChecked))
    const headers = Object.freeze({ ...(yield* resolution.headers) })
    return new Session({ account, project, workspace, origin, headers }, alreadyChecked)
  })

const sourceNames: Record<Source, string> = {
  environment: "the environment",
  flag: "the flag",
  target: "the target",
  bridge: "the bridge",
  active: "the active account",
  account: "the account's default"
}

const pick = <A>(offers: ReadonlyArray<Offer<A>>) => {
  const won = offers.find((offer) => offer.skip === null)
  const candidates = offers.map(({ origin, skip, source, value }, index): Candidate => {
    if (skip !== null) return { source, origin, value, status: "skipped", reason: skip }
    if (won !== undefined && offers.indexOf(won) === index)
      return { source, origin, value, status: "used", reason: null }
    return {
      source,
      origin,
      value,
      status: "shadowed",
      reason: `${sourceNames[won?.source ?? "environment"]} comes first`
    }
  })
  const winner: Either.Either<Option.Option<A>, ResolutionError> = won === undefined
    ? Either.right(Option.none())
    : Either.map(won.take, Option.some)
  return { winner, candidates }
}

const chosenTarget = ({ config, overrides }: Inputs): Either.Either<Option.Option<Target>, ResolutionError> =>
  Option.match(overrides.target, {
    onNone: () => Either.right(Option.none()),
    onSome: ({ origin, value }) =>
      Option.match(Config.target(config, value), {
        onNone: () => Either.left(new TargetNotFound({ target: value, origin, available: Config.targetNames(config) })),
        onSome: (found): Either.Either<Option.Option<Target>, ResolutionError> => Either.map(found, Option.some)
      })
  })

type ChosenTarget = ReturnType<typeof chosenTarget>

const fromTarget = <A>(
  inputs: Inputs,
  target: ChosenTarget,
  key: string,
  offer: (target: Target, origin: string) => ReadonlyArray<Offer<A>>
): ReadonlyArray<Offer<A>> =>
  Either.match(target, {
    onLeft: () => [],
    onRight: (found) =>
      Option.match(found, {
        onNone: () => [],
        onSome: (target) => offer(target, `${inputs.config.path}, [targets.${target.name}] ${key}`)
      })
  })

const offer = <A>(source: Source, origin: string, value: A, shown = String(value)): Offer<A> => ({
  source,
  origin,
  value: shown,
  take: Either.right(value),
  skip: null
})

type Active = ReturnType<typeof Config.active>

const accountOffers = (inputs: Inputs, target: ChosenTarget, active: Active): ReadonlyArray<Offer<Identity>> => [
  ...environmentOffers(inputs.environment),
  ...Option.toArray(inputs.overrides.account).map(({ origin, value }) =>
    configured(inputs, "flag", origin, value, origin)
  ),
  ...fromTarget(inputs, target, "account", ({ account, name }, origin) => [
    configured(inputs, "target", origin, account, `target '${name}'`)
  ]),
  ...Option.toArray(inputs.bridge).map(({ file, path }) =>
    offer<Identity>("bridge", `${path}, account`, { account: file.account, origin: "bridge" }, file.account.name)
  ),
  ...Option.toArray(Config.activeAccountName(inputs.config)).map((name) => activeAccount(inputs, active, name))
]

const configured = (
  { config }: Inputs,
  source: Source,
  origin: string,
  name: string,
  asker: string
): Offer<Identity> => ({
  source,
  origin,
  value: name,
  skip: null,
  take: Option.match(Config.account(config, name), {
    onNone: () =>
      Either.left(new AccountNotFound({ account: name, origin: asker, available: Config.accountNames(config) })),
    onSome: (found): Either.Either<Identity, ResolutionError> =>
      Either.map(found, (account) => ({ account, origin: "config" }))
  })
})

const activeAccount = (inputs: Inputs, active: Active, name: string): Offer<Identity> => {
  const origin = `${inputs.config.path}, [active] account`
  const found = configured(inputs, "active", origin, name, `[active].account in ${inputs.config.path}`)
  return { ...found, take: Either.flatMap(active, () => found.take) }
}

/** The credentials that the environment holds whole, and those that it holds in part. */
const environmentOffers = (environment: Environment): ReadonlyArray<Offer<Identity>> =>
  environmentCredentials(environment).map(({ credential, name, origin }) => ({
    source: "environment",
    origin,
    value: name,
    take: Either.mapBoth(credential, {
      onLeft: () => new NoAccount({ notes: [] }),
      onRight: (account): Identity => ({ account, origin: "environment" })
    }),
    skip: Either.match(credential, { onLeft: (missing) => missing, onRight: () => null })
  }))

const projectOffers = (
  inputs: Inputs,
  target: ChosenTarget,
  identity: Either.Either<Identity, ResolutionError>
): ReadonlyArray<Offer<ProjectId>> => [
  ...Option.toArray(inputs.environment.projectId).map((id) => offer("environment", "MP_PROJECT_ID", id)),
  ...Option.toArray(inputs.overrides.project).map(({ origin, value }) => offer("flag", origin, value)),
  ...fromTarget(inputs, target, "project", ({ project }, origin) => [offer("target", origin, project)]),
  ...fromBridge(inputs, "project", (file) => file.project),
  ...accountDefault(inputs, identity)
]

const fromBridge = <A>(
  inputs: Inputs,
  key: string,
  get: (file: BridgeFile) => Option.Option<A>
): ReadonlyArray<Offer<A>> =>
  Option.toArray(inputs.bridge).flatMap(({ file, path }) =>
    Option.toArray(get(file)).map((value) => offer("bridge", `${path}, ${key}`, value))
  )

const accountDefault = (
  { bridge, config }: Inputs,
  identity: Either.Either<Identity, ResolutionError>
): ReadonlyArray<Offer<ProjectId>> =>
  Either.match(identity, {
    onLeft: () => [],
    onRight: ({ account, origin }) => {
      const where = {
        environment: "MP_PROJECT_ID",
        config: `${config.path}, [accounts.${account.name}] default_project`,
        bridge: `${Option.match(bridge, { onNone: () => "bridge", onSome: ({ path }) => path })}, account.default_project`
      }[origin]
      return origin === "environment"
        ? []
        : Option.toArray(account.defaultProject).map((id) => offer("account", where, id))
    }
  })

const workspaceOffers = (
  inputs: Inputs,
  target: ChosenTarget,
  active: Active,
  identity: Either.Either<Identity, ResolutionError>,
  project: Either.Either<ProjectId, ResolutionError>
): ReadonlyArray<Offer<WorkspaceId>> => [
  ...Option.toArray(inputs.environment.workspaceId).map((id) => offer("environment", "MP_WORKSPACE_ID", id)),
  ...Option.toArray(inputs.overrides.workspace).map(({ origin, value }) => offer("flag", origin, value)),
  ...fromTarget(inputs, target, "workspace", ({ workspace }, origin) =>
    Option.toArray(workspace).map((id) => offer("target", origin, id))
  ),
  ...fromBridge(inputs, "workspace", (file) => file.workspace),
  ...pinnedWorkspace(inputs, active, identity, project)
]

const pinnedWorkspace = (
  { config }: Inputs,
  active: Active,
  identity: Either.Either<Identity, ResolutionError>,
  project: Either.Either<ProjectId, ResolutionError>
): ReadonlyArray<Offer<WorkspaceId>> =>
  Either.match(active, {
    onLeft: () => [],
    onRight: (active) =>
      Option.toArray(active.workspace).map((id) => ({
        ...offer("active", `${config.path}, [active] workspace`, id),
        skip: whyNotPinned(active.account, identity, project)
      }))
  })

/** A pinned workspace counts for the active account in its default project and nowhere else. */
const whyNotPinned = (
  active: Option.Option<string>,
  identity: Either.Either<Identity, ResolutionError>,
  project: Either.Either<ProjectId, ResolutionError>
): string | null => {
  if (Option.isNone(active)) return "it is pinned without an active account"
  if (Either.isLeft(identity) || Either.isLeft(project)) return "no account and project to pin it to"
  const { account, origin } = identity.right
  if (origin !== "config" || account.name !== active.value) {
    return `it belongs to account '${active.value}', and the account is ${accountPhrase(account.name, origin)}`
  }
  return Option.contains(account.defaultProject, project.right)
    ? null
    : `it belongs to the default project of '${active.value}', and the project is ${project.right}`
}

const accountPhrase = (name: string, origin: CredentialOrigin): string =>
  origin === "bridge" ? `'${name}' of the bridge` : `'${name}'`

const sessionHeaders = ({ bridge, config, environment }: Inputs): Either.Either<SessionHeaders, ResolutionError> =>
  Either.map(Config.customHeader(config), (settings) =>
    mergeHeaders(
      [
        ...Option.toArray(settings),
        ...Option.toArray(bridge).flatMap(({ file }) =>
          Object.entries(file.headers).map(([name, value]) => ({ name, value }))
        )
      ],
      Option.toArray(environment.customHeader)
    )
  )

interface Header {
  readonly name: string
  readonly value: Redacted.Redacted
}

/** Header names are the same in any case; later ones replace earlier ones, `below` everything. */
const mergeHeaders = (headers: ReadonlyArray<Header>, below: ReadonlyArray<Header>): SessionHeaders => {
  const byName = new Map([...below, ...headers].map((header) => [header.name.toLowerCase(), header]))
  return Object.fromEntries([...byName.values()].map(({ name, value }) => [name, value]))
}

const noAccount = ({ environment }: Inputs): NoAccount => new NoAccount({ notes: unusedCredentials(environment) })

const noProject = ({ environment }: Inputs, identity: Either.Either<Identity, ResolutionError>): NoProject =>
  new NoProject({
    account: Either.match(identity, { onLeft: () => null, onRight: ({ account }) => account.name }),
    notes: unusedCredentials(environment)
  })

/** What someone asked for by hand and did not get, because the environment comes first. */
const overridden = (candidates: ReadonlyArray<Candidate>): ReadonlyArray<string> => {
  const used = candidates.find(({ status }) => status === "used")
  if (used?.source !== "environment") return []
  return candidates
    .filter(({ source, status, value }) => isExplicit(source) && status === "shadowed" && value !== used.value)
    .map(({ origin, value }) => `${used.origin} overrides ${origin} ${value}: ${used.value} is used.`)
}

const isExplicit = (source: Source): boolean => source === "flag" || source === "target"
