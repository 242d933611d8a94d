/** Who a credential belongs to and what it can see: the answer of `/me`, read as generously as possible. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type DecodeIssue, decodeTolerant, optionalKey } from "../internal/decode.ts"
import { ProjectId, WorkspaceId } from "../account/identifiers.ts"
import { isRecord } from "../internal/isRecord.ts"
import { lazy } from "../internal/lazy.ts"
import { Project, WorkspaceRef } from "../session/Session.ts"

/** An organization that the credential belongs to. */
export interface MeOrganization {
  readonly id: number
  readonly name: string
}

/** A project that the credential can see. */
export interface MeProject {
  readonly id: ProjectId
  readonly name: string
  readonly organizationId: number
  readonly timezone: Option.Option<string>
  /** The web host of the project's region, such as `eu.mixpanel.com`. */
  readonly domain: Option.Option<string>
}

/** A workspace (data view) that the credential can see. */
export interface MeWorkspace {
  readonly id: WorkspaceId
  readonly name: string
  readonly projectId: ProjectId
  readonly isDefault: boolean
  readonly isGlobal: Option.Option<boolean>
  readonly isVisible: Option.Option<boolean>
}

/** Entries by their id as text. What is malformed is left out of these, but stays in `raw`. */
export interface Me {
  readonly userId: Option.Option<number>
  readonly userEmail: Option.Option<string>
  readonly userName: Option.Option<string>
  readonly organizations: Readonly<Record<string, MeOrganization>>
  readonly projects: Readonly<Record<string, MeProject>>
  readonly workspaces: Readonly<Record<string, MeWorkspace>>
  /** The object as it was received, unknown fields and all: what a cache keeps. */
  readonly raw: Readonly<Record<string, unknown>>
}

/**
 * Reads the answer of `/me`, wrapped in `results` or not. What names no user, or an error beside it, is no `/me` at
 * all; otherwise a field or an entry of another shape than expected counts as absent.
 *
 * @example
 * ```ts
 * decodeMe({ results: { user_id: 42, projects: { "99": { name: "P", organization_id: 100 } } } })
 * ```
 */
export const decodeMe = (input: unknown): Either.Either<Me, ReadonlyArray<DecodeIssue>> => {
  const raw = unwrapped(input)
  if (raw === undefined) return notMe("must be an object")
  const userId = readNumber(raw["user_id"])
  const userEmail = readText(raw["user_email"])
  if (saysError(input) || saysError(raw)) return notMe("must not be an error")
  if (Option.isNone(userId) && Option.isNone(userEmail)) return notMe("must name a user")
  return Either.right({
    userId,
    userEmail,
    userName: readText(raw["user_name"]),
    organizations: entries(raw["organizations"], organization),
    projects: entries(raw["projects"], project),
    workspaces: entries(raw["workspaces"], workspace),
    raw
  })
}

const notMe = (message: string): Either.Either<never, ReadonlyArray<DecodeIssue>> =>
  Either.left([{ path: [], message }])

/** An error in a 200 is no truth about the user. */
const saysError = (value: unknown): boolean =>
  isRecord(value) && ((value["error"] ?? null) !== null || value["status"] === "error")

/** The projects of `/me` by ascending numeric id. */
export const projectsOf = (me: Me): ReadonlyArray<Project> =>
  Object.values(me.projects)
    .sort((a, b) => compareIds(a.id, b.id))
    .map(
      ({ id, name, organizationId, timezone }) =>
        new Project({ id, name: Option.some(name), organizationId: Option.some(organizationId), timezone })
    )

/** The projects of `/me` as a person looks them up: by name, without regard to case, then by id. */
export const projectsByName = (me: Me): ReadonlyArray<Project> => {
  const key = ({ name }: Project): string => Option.getOrElse(name, () => "").toLowerCase()
  return [...projectsOf(me)].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

/** The workspaces that `/me` lists for a project, by ascending id. */
export const workspacesOf = (me: Me, project: ProjectId): ReadonlyArray<WorkspaceRef> =>
  Object.values(me.workspaces)
    .filter(({ projectId }) => projectId === project)
    .sort((a, b) => a.id - b.id)
    .map(
      ({ isDefault, name, projectId, ...fields }) =>
        new WorkspaceRef({
          ...fields,
          name: Option.some(name),
          isDefault: Option.some(isDefault),
          projectId: Option.some(projectId)
        })
    )

/** Ids are digit strings that may be longer than a safe integer. */
const compareIds = (a: string, b: string): number => {
  const [x, y] = [BigInt(a), BigInt(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

const unwrapped = (input: unknown): Readonly<Record<string, unknown>> | undefined => {
  if (!isRecord(input)) return undefined
  const results = input["results"]
  if (results === undefined) return input
  return isRecord(results) ? results : undefined
}

/** Numbers, and digits in a string. */
const numeric = lazy(() =>
  Schema.compose(Schema.Union(Schema.Number, Schema.NumberFromString), Schema.Int, { strict: false })
)

const readOption = <A, I>(schema: () => Schema.Schema<A, I>) => {
  const decode = lazy(() => decodeTolerant(schema()))
  return (value: unknown): Option.Option<A> => Either.getRight(decode()(value))
}

type ReadEntry<A> = (id: string, value: unknown) => Option.Option<A>

const entries = <A>(value: unknown, read: ReadEntry<A>): Readonly<Record<string, A>> =>
  isRecord(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([id, entry]) =>
          Option.match(read(id, entry), { onNone: () => [], onSome: (decoded) => [[id, decoded] as const] })
        )
      )
    : {}

const readNumber = readOption(numeric)
const readText = readOption(() => Schema.NonEmptyString)

const readOrganization = readOption(() => Schema.Struct({ id: numeric(), name: Schema.String }))
const organization: ReadEntry<MeOrganization> = (_, value) => readOrganization(value)

const readProject = readOption(() =>
  Schema.Struct({
    name: Schema.String,
    organizationId: numeric().pipe(Schema.propertySignature, Schema.fromKey("organization_id")),
    timezone: optionalKey(Schema.String, "timezone"),
    domain: optionalKey(Schema.String, "domain")
  })
)
const readProjectId = readOption(() => ProjectId)
const project: ReadEntry<MeProject> = (id, value) =>
  Option.zipWith(readProjectId(id), readProject(value), (projectId, fields) => ({ id: projectId, ...fields }))

/** The project of a workspace: a number on the wire, digits with us. */
const projectIdOnTheWire = lazy(() =>
  Schema.compose(
    Schema.transform(Schema.Union(Schema.Number, Schema.String), Schema.String, {
      strict: true,
      decode: String,
      encode: (text) => text
    }),
    ProjectId,
    { strict: false }
  )
)

const workspaceMarks = () => ({
  isDefault: optionalKey(Schema.Boolean, "is_default"),
  isGlobal: optionalKey(Schema.Boolean, "is_global"),
  isVisible: optionalKey(Schema.Boolean, "is_visible")
})

const readWorkspace = readOption(() =>
  Schema.Struct({
    id: Schema.compose(numeric(), WorkspaceId, { strict: false }),
    name: Schema.String,
    projectId: projectIdOnTheWire().pipe(Schema.propertySignature, Schema.fromKey("project_id")),
    ...workspaceMarks()
  })
)
const workspace: ReadEntry<MeWorkspace> = (_, value) =>
  Option.map(readWorkspace(value), ({ isDefault, ...fields }) => ({
    ...fields,
    isDefault: Option.getOrElse(isDefault, () => false)
  }))

/**
 * Reads the workspaces of one project from the index of all projects: an object by project id, wrapped in `results` or
 * not. A project that is not in it has none.
 */
export const decodeProjectIndex =
  (projectId: ProjectId) =>
  (input: unknown): Either.Either<ReadonlyArray<WorkspaceRef>, ReadonlyArray<DecodeIssue>> => {
    const index = unwrapped(input)
    if (index === undefined) return Either.left([{ path: [], message: "must be an object" }])
    const entry = index[projectId]
    const listed = isRecord(entry) ? entry["workspaces"] : undefined
    return decodeWorkspaces(projectId)(isRecord(listed) ? withIds(listed) : (listed ?? []))
  }

/** Entries that stand under their id need not repeat it. */
const withIds = (entries: Readonly<Record<string, unknown>>): ReadonlyArray<unknown> =>
  Object.entries(entries).map(([id, entry]) => (isRecord(entry) ? { id, ...entry } : entry))

/**
 * Reads the workspaces of one project: a list, wrapped in `results` or not. A malformed entry, or one that
 * says it belongs to another project, is left out.
 */
export const decodeWorkspaces =
  (projectId: ProjectId) =>
  (input: unknown): Either.Either<ReadonlyArray<WorkspaceRef>, ReadonlyArray<DecodeIssue>> => {
    const list = isRecord(input) ? input["results"] : input
    return Array.isArray(list)
      ? Either.right(list.flatMap((entry: unknown) => Option.toArray(listedWorkspace(projectId, entry))))
      : Either.left([{ path: [], message: "must be a list" }])
  }

const readListed = readOption(() =>
  Schema.Struct({
    id: Schema.compose(numeric(), WorkspaceId, { strict: false }),
    name: optionalKey(Schema.String, "name"),
    ...workspaceMarks(),
    projectId: optionalKey(projectIdOnTheWire(), "project_id")
  })
)

const listedWorkspace = (projectId: ProjectId, entry: unknown): Option.Option<WorkspaceRef> =>
  readListed(entry).pipe(
    Option.filter((found) => Option.getOrElse(found.projectId, () => projectId) === projectId),
    Option.map((found) => new WorkspaceRef({ ...found, projectId: Option.some(projectId) }))
  )
