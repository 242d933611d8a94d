import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { ConfigError, ProjectNotFound } from "../errors.ts"
import type { AccountName, ProjectId, Region } from "../account/identifiers.ts"
import { regionOfHost } from "../api/Endpoints.ts"
import { command } from "../hints/Command.ts"
import { type Me, type MeProject, projectsOf } from "../api/Me.ts"
import type { Project } from "../session/Session.ts"

/**
 * A project, and whose it is.
 * @since 0.1.0
 * @category models
 */
export interface Candidate {
  readonly project: Project
  readonly organization: Option.Option<string>
}

type ProjectsOfMe = Pick<Me, "organizations" | "projects">

/** A decision, or several projects by organization for a person to choose from; `first` is taken unasked. */
export type ProjectChoice =
  | { readonly _tag: "Decided"; readonly project: Option.Option<ProjectId> }
  | { readonly _tag: "Open"; readonly first: ProjectId; readonly candidates: ReadonlyArray<Candidate> }

export interface ProjectPreference {
  readonly flag: Option.Option<ProjectId>
  readonly kept: Option.Option<ProjectId>
  readonly variable: Option.Option<ProjectId>
}

const decided = (project: Option.Option<ProjectId>): ProjectChoice => ({ _tag: "Decided", project })

export const chooseProject = (
  me: ProjectsOfMe,
  wishes: ProjectPreference
): Either.Either<ProjectChoice, ProjectNotFound> => {
  if (Option.isSome(wishes.flag)) return visible(me, wishes.flag.value, "--project")
  if (Option.isSome(wishes.kept)) return Either.right(decided(wishes.kept))
  if (Option.isSome(wishes.variable)) return visible(me, wishes.variable.value, "MP_PROJECT_ID")
  const [first, ...others] = projectsOf(me)
  if (first === undefined || others.length === 0) return Either.right(decided(Option.fromNullable(first?.id)))
  return Either.right({ _tag: "Open", first: first.id, candidates: byOrganization(me, [first, ...others]) })
}

export const elsewhere = ({ domain }: MeProject, region: Region): Option.Option<Region> =>
  Option.filter(Option.flatMap(domain, regionOfHost), (home) => home !== region)

/** `/me` without the projects that are known to live in other regions, unless all of them do. */
export const preferring = (me: Me, region: Region): ProjectsOfMe => {
  const here = Object.entries(me.projects).filter(([, project]) => Option.isNone(elsewhere(project, region)))
  return here.length === 0 ? me : { organizations: me.organizations, projects: Object.fromEntries(here) }
}

/**
 * The same for a person, who logs in to one region: its projects come first, and one that lives elsewhere is refused. The
 * login would work there, but none of its requests.
 */
export const chooseAtHome = (
  me: Me,
  wishes: ProjectPreference,
  region: Region,
  name: Option.Option<AccountName>
): Either.Either<ProjectChoice, ProjectNotFound | ConfigError> =>
  Either.gen(function* () {
    const everywhere = yield* chooseProject(me, wishes)
    const choice = everywhere._tag === "Open" ? yield* chooseProject(preferring(me, region), wishes) : everywhere
    const first = choice._tag === "Open" ? Option.some(choice.first) : choice.project
    const project = Option.flatMapNullable(first, (id) => me.projects[id])
    const home = Option.flatMap(project, (known) => elsewhere(known, region))
    return Option.isSome(home)
      ? yield* Either.left(wrongRegion(region, home.value, loginFlags(name, wishes.flag)))
      : choice
  })

const wrongRegion = (asked: Region, home: Region, flags: ReadonlyArray<string>): ConfigError =>
  new ConfigError({
    message: `This login is to region ${asked}, but its project is in ${home}. Nothing was saved.`,
    hints: [command`mp login --region ${home} ${flags}`],
    details: { region: asked, project_region: home }
  })

export const loginFlags = (
  name: Option.Option<AccountName>,
  project: Option.Option<ProjectId>
): ReadonlyArray<string> => [
  ...Option.match(name, { onNone: () => [], onSome: (given) => ["--name", given] }),
  ...Option.match(project, { onNone: () => [], onSome: (given) => ["--project", given] })
]

const visible = (me: ProjectsOfMe, id: ProjectId, origin: string): Either.Either<ProjectChoice, ProjectNotFound> =>
  Object.hasOwn(me.projects, id)
    ? Either.right(decided(Option.some(id)))
    : Either.left(new ProjectNotFound({ project: id, origin, available: projectsOf(me).map((project) => project.id) }))

/** Sorting is stable: within an organization the ids keep ascending. */
const byOrganization = (me: ProjectsOfMe, projects: ReadonlyArray<Project>): ReadonlyArray<Candidate> => {
  const owner = ({ organizationId }: Project) =>
    Option.flatMapNullable(organizationId, (id) => me.organizations[String(id)]?.name)
  const label = ({ organization }: Candidate): string => Option.getOrElse(organization, () => "").toLowerCase()
  return projects
    .map((project) => ({ project, organization: owner(project) }))
    .sort((a, b) => (label(a) < label(b) ? -1 : label(a) > label(b) ? 1 : 0))
}
