import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { type DecodeIssue, decodeTolerant, optionalKey } from "../internal/decode.ts"
import { ProjectId, WorkspaceId } from "../account/identifiers.ts"
import { isRecord } from "../internal/json.ts"
import { saysError } from "./errorInside.ts"
import { encodedAs } from "../internal/encodedAs.ts"
import { isJson, sameJson } from "../internal/jsonValue.ts"
import { lazy } from "../internal/lazy.ts"
import { onDemand, whole } from "../internal/onDemand.ts"
import { Project, WorkspaceRef } from "../session/Session.ts"

/**
 * An organization that the credential belongs to.
 * @since 0.1.0
 * @category models
 */
export interface MeOrganization {
  readonly id: number
  readonly name: string
}

/**
 * A project that the credential can see.
 * @since 0.1.0
 * @category models
 */
export interface MeProject {
  readonly id: ProjectId
  readonly name: string
  readonly organizationId: number
  readonly timezone: Option.Option<string>
  /** The web host of the project's region, such as `eu.mixpanel.com`. */
  readonly domain: Option.Option<string>
}

/**
 * A workspace (data view) that the credential can see.
 * @since 0.1.0
 * @category models
 */
export interface MeWorkspace {
  readonly id: WorkspaceId
  readonly name: string
  readonly projectId: ProjectId
  readonly isDefault: boolean
  readonly isGlobal: Option.Option<boolean>
  readonly isVisible: Option.Option<boolean>
}

type Answer = Readonly<Record<string, unknown>>

const MeAnswer = () =>
  Schema.Record({ key: Schema.String, value: Schema.Unknown })
    .pipe(
      Schema.filter(
        (raw) =>
          answerProblem(raw) ??
          (raw["results"] !== undefined ? "must not be wrapped in results" : isJson(raw) || "must be JSON")
      )
    )
    .annotations({
      equivalence: () => sameJson,
      arbitrary: () => (fc) =>
        fc
          .tuple(fc.dictionary(fc.stringMatching(/^[a-z]{1,9}_x$/), fc.jsonValue()), fc.nat())
          .map(([more, id]) => ({ ...more, user_id: id }))
    })

const meOnTheWire = () =>
  Schema.transformOrFail(
    Schema.Record({ key: Schema.String, value: Schema.Unknown }),
    Schema.Struct({ raw: Schema.Record({ key: Schema.String, value: Schema.Unknown }) }),
    {
      strict: true,
      decode: (input, _, ast) =>
        Either.mapBoth(answerOf(input), {
          onLeft: (problem) => new ParseResult.Type(ast, null, problem),
          onRight: (raw) => ({ raw })
        }),
      encode: ({ raw }) => ParseResult.succeed(raw)
    }
  )

/**
 * Who a credential belongs to and what it can see. Entries stand by their id as text; what is malformed is left out of
 * these, but stays in `raw`. Its encoded side is the answer of the API, and what `me.json` keeps.
 *
 * @since 0.1.0
 * @category models
 * @example
 * ```ts
 * const me = Schema.decodeUnknownSync(Me)({ user_id: 42, projects: { "99": { name: "P", organization_id: 100 } } })
 * me.projects["99"]?.name // "P"
 * new Me({ raw: { user_id: 42, projects: {} } }).projects // {}
 * ```
 */
export class Me extends onDemand(() => encodedAs(Schema.Class<Me>("Me")({ raw: MeAnswer() }), meOnTheWire())) {
  get userId(): Option.Option<number> {
    return readNumber(this.raw["user_id"])
  }
  get userEmail(): Option.Option<string> {
    return readText(this.raw["user_email"])
  }
  get userName(): Option.Option<string> {
    return readText(this.raw["user_name"])
  }
  get organizations(): Readonly<Record<string, MeOrganization>> {
    return partsOf(this).organizations
  }
  get projects(): Readonly<Record<string, MeProject>> {
    return partsOf(this).projects
  }
  get workspaces(): Readonly<Record<string, MeWorkspace>> {
    return partsOf(this).workspaces
  }
  /** Equal by value. */
  [Equal.symbol](that: Equal.Equal): boolean {
    return that instanceof Me && sameJson(this.raw, that.raw)
  }
  /** The same for equal values. */
  [Hash.symbol](): number {
    return Hash.combine(Hash.hash(this.userId))(Hash.hash(this.userEmail))
  }
}

/** There may be hundreds of projects, and they are asked for by name one by one. */
const partsOf = (me: Me): Pick<Me, "organizations" | "projects" | "workspaces"> => {
  const known = parts.get(me)
  if (known !== undefined) return known
  const { raw } = me
  const made = {
    organizations: entries(raw["organizations"], organization),
    projects: entries(raw["projects"], project),
    workspaces: entries(raw["workspaces"], workspace)
  }
  parts.set(me, made)
  return made
}

const parts = new WeakMap<Me, Pick<Me, "organizations" | "projects" | "workspaces">>()

/**
 * Reads the answer of `/me`, wrapped in `results` or not. What names no user, or an error beside it, is no `/me` at
 * all; otherwise a field or an entry of another shape than expected counts as absent.
 */
export const decodeMe = (input: unknown): Either.Either<Me, ReadonlyArray<DecodeIssue>> =>
  Either.mapBoth(answerOf(input), {
    onLeft: (message) => [{ path: [], message }],
    onRight: (raw) => new Me({ raw }, whole)
  })

const answerOf = (input: unknown): Either.Either<Answer, string> => {
  const raw = unwrapped(input)
  if (raw === undefined) return Either.left("must be an object")
  const problem = saysError(input) ? "must not be an error" : answerProblem(raw)
  return problem === undefined ? Either.right(raw) : Either.left(problem)
}

const answerProblem = (raw: Answer): string | undefined => {
  if (saysError(raw)) return "must not be an error"
  return Option.isNone(readNumber(raw["user_id"])) && Option.isNone(readText(raw["user_email"]))
    ? "must name a user"
    : undefined
}

export const projectsOf = (me: Pick<Me, "projects">): ReadonlyArray<Project> =>
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
