import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type ApiFamily, familyOfPath } from "../api/Endpoints.ts"
import { assertAllowed, type BrokerRules, segmentsOf } from "./BrokerRules.ts"
import { Denied } from "./Denied.ts"
import type { GuestHead } from "./GuestHead.ts"
import { pathFault } from "./guestPath.ts"
import { inParameters, inPath, type NamedProjects } from "./namedProjects.ts"

export interface GuestRoute {
  readonly method: GuestMethod
  readonly family: ApiFamily
  readonly target: string
  /** Workspaces that stand in the path without their project: whether they are the project's is still to be found out. */
  readonly workspaces: ReadonlyArray<string>
  /** What is in the body is looked at before it is sent on; of ingestion it is data, and says nothing of a project. */
  readonly bodyIsExamined: boolean
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const
type GuestMethod = (typeof methods)[number]

const isMethod = (method: string): method is GuestMethod => methods.some((known) => known === method)

/** What other families carry as their credential, or take it from: a broker has nothing to add there. */
const withoutBroker: ReadonlyArray<ApiFamily> = ["track", "profiles", "gdpr", "oauth"]

export const decide = (rules: BrokerRules, { method, target }: GuestHead): Either.Either<GuestRoute, Denied> =>
  Either.gen(function* () {
    if (!isMethod(method)) return yield* deny(405, "method", "The method is none that a broker passes on.")
    const [path, query] = divided(target)
    const fault = path.startsWith("/") ? pathFault(path) : "is no path"
    if (fault !== null) return yield* deny(400, "request", `The path of the request ${fault}.`)
    if (!/^[!-~]*$/.test(query) || query.includes("#")) {
      return yield* deny(400, "request", "The query of the request contains characters that an address cannot have.")
    }
    const family = Option.getOrUndefined(familyOfPath(path))
    if (family === undefined) return yield* deny(403, "path", "The path is none of an API of Mixpanel.")
    if (withoutBroker.includes(family)) {
      return yield* deny(403, "path", `The ${family} API takes no credential that a broker could add.`)
    }
    yield* assertAllowed(rules, { family, method, path })
    const named = yield* pinned(rules, family, method, path, query)
    return { method, family, bodyIsExamined: family !== "import", ...named }
  })

/** The requests of the user about all that the user can see; a broker for one project passes on no others like them. */
const knowsNoProject = (method: string, path: string): boolean =>
  (method === "GET" || method === "HEAD") && /^\/api\/app\/(me|projects\/metadata\/index)\/?$/.test(path)

const pinned = ({ project }: BrokerRules, family: ApiFamily, method: string, path: string, query: string) =>
  Either.gen(function* () {
    const target = query === "" ? path : `${path}?${query}`
    const inQuery = inParameters(query, project)
    yield* assertOnly(project, inQuery)
    if (knowsNoProject(method, path)) return { target, workspaces: [] }
    const segments = segmentsOf(path)
    const named = inPath(segments, project)
    yield* assertOnly(project, named)
    if (family === "app") {
      const workspaces = named.isNamed ? [] : segments.filter((_, at) => /^workspaces?$/i.test(segments[at - 1] ?? ""))
      if (named.isNamed || workspaces.length > 0) return { target, workspaces }
      return yield* deny(403, "project", `The path names no project, and this broker is for project ${project} alone.`)
    }
    // Without one, the server would choose.
    return inQuery.isNamed
      ? { target, workspaces: [] }
      : { target: `${target}${query === "" ? "?" : "&"}project_id=${project}`, workspaces: [] }
  })

export const assertOnly = (project: string, { other }: NamedProjects): Either.Either<void, Denied> =>
  other === null
    ? Either.void
    : Either.left(
        new Denied(
          403,
          "project",
          `The request names another project, and this broker is for project ${project} alone.`
        )
      )

const divided = (target: string): readonly [path: string, query: string] => {
  const at = target.indexOf("?")
  return at < 0 ? [target, ""] : [target.slice(0, at), target.slice(at + 1)]
}

const deny = (...denied: ConstructorParameters<typeof Denied>) => Either.left(new Denied(...denied))
