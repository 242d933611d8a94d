/**
 * The sandbox's Mixpanel: which paths there are, who may call them, what they answer. A pure function of
 * the data, the request and the caller.
 */
import { identify, type Principal } from "./SandboxAuth.ts"
import { projectsOf, type SandboxData, type SandboxProject, type SandboxUser } from "./SandboxData.ts"
import { importEvents, trackEvents, trackProfiles } from "./SandboxIngestion.ts"
import { engage, eventNames, exportEvents, segmentation } from "./SandboxQueries.ts"
import { bodyFields, failure, json, type RecordedRequest, type Reply } from "./SandboxReply.ts"

interface Route {
  readonly method: "GET" | "POST"
  readonly path: RegExp
  readonly answer: (call: Call) => Reply
}

interface Call {
  readonly data: SandboxData
  readonly request: RecordedRequest
  readonly caller: Principal | undefined
  /** What the parentheses of the route's path matched. */
  readonly captured: ReadonlyArray<string>
}

/** Answers one request; `caller` is who its `Authorization` header names. */
export const answer = (
  data: SandboxData,
  request: RecordedRequest,
  caller: Principal | undefined = identify(data, request.headers["authorization"])
): Reply => {
  const path = request.path.replace(/(?<=.)\/+$/, "")
  const matching = routes.flatMap((route) => {
    const match = route.path.exec(path)
    return match === null ? [] : [{ route, captured: match.slice(1) }]
  })
  if (matching.length === 0) return failure(404, `Not found: ${request.path}`)
  const found = matching.find(({ route }) => route.method === request.method)
  if (found === undefined) return methodNotAllowed(matching.map(({ route }) => route.method))
  return found.route.answer({ data, request, caller, captured: found.captured })
}

const methodNotAllowed = (methods: ReadonlyArray<string>): Reply =>
  failure(405, `Method not allowed; use ${methods.join(" or ")}`, { allow: methods.join(", ") })

const unauthorized = failure(401, "Invalid credentials: the Authorization header is missing, unknown or expired", {
  "www-authenticate": 'Bearer realm="mixpanel"'
})

/** For callers that are users: people and service accounts, not project secrets. */
const forUser =
  (next: (user: SandboxUser, call: Call) => Reply) =>
  (call: Call): Reply =>
    call.caller?._tag === "User" ? next(call.caller.user, call) : unauthorized

/** For users that reach the project which the path or `project_id` names. */
const forProject = (next: (project: SandboxProject, call: Call) => Reply) =>
  forUser((user, call) => {
    const id = projectIdOf(call)
    if (id === undefined) return failure(400, "Missing required parameter: project_id")
    const project = projectsOf(call.data, user).find((candidate) => candidate.id === id)
    return project === undefined ? forbidden(id) : next(project, call)
  })

/** For users that reach the project, and for the project's own secret, which needs no `project_id`. */
const forProjectOrSecret =
  (next: (project: SandboxProject, call: Call) => Reply) =>
  (call: Call): Reply => {
    if (call.caller?._tag !== "Project") return forProject(next)(call)
    const id = projectIdOf(call) ?? call.caller.project.id
    return id === call.caller.project.id ? next(call.caller.project, call) : forbidden(id)
  }

const forbidden = (id: string): Reply =>
  failure(403, `Access denied: this credential has no access to project ${/^\d{1,20}$/.test(id) ? id : "of that id"}`)

const projectIdOf = (call: Call): string | undefined => {
  const inBody = () => bodyFields(call.request)["project_id"]
  const id = call.captured[0] ?? call.request.query["project_id"] ?? inBody()
  return id === undefined || id === "" ? undefined : String(id)
}

const me = forUser((user, { data }) => {
  const projects = projectsOf(data, user)
  const organizations = data.organizations.filter(({ id }) => projects.some((one) => one.organizationId === id))
  return json({
    status: "ok",
    results: {
      user_id: user.id,
      user_email: user.email,
      user_name: user.name,
      is_impersonating: false,
      organizations: byId(organizations.map(({ id, name }) => ({ id, name, role: "member", plan: "sandbox" }))),
      projects: Object.fromEntries(projects.map((project) => [project.id, meProject(project)])),
      workspaces: byId(projects.flatMap(meWorkspaces))
    }
  })
})

const byId = <A extends { readonly id: number }>(items: ReadonlyArray<A>): Readonly<Record<string, A>> =>
  Object.fromEntries(items.map((item) => [String(item.id), item]))

const meProject = (project: SandboxProject) => ({
  name: project.name,
  organization_id: project.organizationId,
  timezone: project.timezone,
  has_workspaces: project.workspaces.length > 1,
  domain: project.domain,
  type: "PROJECT",
  is_demo: true
})

const meWorkspaces = (project: SandboxProject) =>
  workspacesOf(project).map((workspace) => ({
    ...workspace,
    member_list: [],
    unified_member_list: []
  }))

const workspacesOf = (project: SandboxProject) =>
  project.workspaces.map(({ id, isDefault, name }) => ({
    id,
    name,
    project_id: Number(project.id),
    is_default: isDefault,
    is_global: isDefault,
    is_restricted: false,
    is_visible: true,
    description: "",
    creator_name: "sandbox"
  }))

const workspaces = forProject((project) => json({ status: "ok", results: workspacesOf(project) }))

const pageSize = 2

const annotations = forProject((project, { request }) => {
  const start = readCursor(request.query["cursor"])
  if (start === undefined) return failure(400, "Invalid cursor")
  const end = start + pageSize
  return json({
    status: "ok",
    results: project.annotations.slice(start, end),
    pagination: { page_size: pageSize, next_cursor: end < project.annotations.length ? `after-${end}` : null }
  })
})

const readCursor = (cursor: string | undefined): number | undefined => {
  if (cursor === undefined || cursor === "") return 0
  const found = /^after-(\d{1,6})$/.exec(cursor)?.[1]
  return found === undefined ? undefined : Number(found)
}

const withQuery = (answerQuery: (project: SandboxProject, query: RecordedRequest["query"]) => Reply) =>
  forProject((project, { request }) => answerQuery(project, request.query))

const queryProfiles = forProject((project, { request }) => engage(project, bodyFields(request)))

const routes: ReadonlyArray<Route> = [
  { method: "GET", path: /^\/api\/app\/me$/, answer: me },
  { method: "GET", path: /^\/api\/app\/projects\/([^/]+)\/workspaces\/public$/, answer: workspaces },
  { method: "GET", path: /^\/api\/app\/projects\/([^/]+)\/annotations$/, answer: annotations },
  { method: "GET", path: /^\/api\/query\/events\/names$/, answer: withQuery(eventNames) },
  { method: "GET", path: /^\/api\/query\/segmentation$/, answer: withQuery(segmentation) },
  { method: "POST", path: /^\/api\/(?:query|2\.0)\/engage$/, answer: queryProfiles },
  {
    method: "GET",
    path: /^\/api\/2\.0\/export$/,
    answer: forProjectOrSecret((project, { request }) => exportEvents(project, request.query))
  },
  { method: "POST", path: /^\/import$/, answer: forProjectOrSecret((_, { request }) => importEvents(request)) },
  { method: "POST", path: /^\/track$/, answer: ({ data, request }) => trackEvents(data, request) },
  { method: "POST", path: /^\/engage$/, answer: ({ data, request }) => trackProfiles(data, request) }
]
