import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { RequestError } from "../../domain/api/ApiError.ts"
import { defaultWorkspace } from "../../domain/api/defaultWorkspace.ts"
import { asksForWorkspace } from "../../domain/api/PathTemplate.ts"
import { NoWorkspaces } from "../../domain/errors.ts"
import { type Me, projectsByName, workspacesOf } from "../../domain/api/Me.ts"
import type { Caller } from "../../domain/session/Caller.ts"
import type { Session, Project, WorkspaceRef } from "../../domain/session/Session.ts"
import { fetchIndexedWorkspaces, fetchMe, fetchWorkspaces } from "./http/answers.ts"
import { MeCache } from "./MeCache.ts"
import { MixpanelHttpClient } from "./MixpanelHttpClient.ts"
import { forProgram } from "../session/forProgram.ts"
import { makeSingleFlight } from "../tokens/SingleFlight.ts"

/**
 * How fresh an answer has to be.
 * @since 0.1.0
 * @category models
 */
export interface DiscoveryOptions {
  /** Asks the server even if the cache is fresh. */
  readonly refresh?: boolean
}

/**
 * What `Discovery` offers.
 * @since 0.1.0
 * @category services
 */
export interface DiscoveryShape {
  /**
   * Who a credential belongs to and what it can see. A session is a caller, and so are an account with its
   * origin and a credential with a region: no project is needed. For accounts of the configuration the answer is
   * kept for 24 h.
   */
  readonly me: (caller: Caller, options?: DiscoveryOptions) => Effect.Effect<Me, RequestError>
  /**
   * The projects that the credential can see, by name.
   *
   * @example
   * ```ts
   * const projects = yield* discovery.projects(session, { refresh: true })
   * ```
   */
  readonly projects: (caller: Caller, options?: DiscoveryOptions) => Effect.Effect<ReadonlyArray<Project>, RequestError>
  /** The workspaces of the session's project: those of `/me`, or what the project itself lists, or the index of all projects. */
  readonly workspaces: (
    session: Session,
    options?: DiscoveryOptions
  ) => Effect.Effect<ReadonlyArray<WorkspaceRef>, RequestError>
  /**
   * The workspace that calls for this session are about: its own, else the global one of its project, the one
   * named `All Project Data`, the default, the first that is visible, or the first. Asked for once for each session, however many fibers ask, and remembered as long as it lives.
   */
  readonly resolveWorkspace: (session: Session) => Effect.Effect<WorkspaceRef, RequestError | NoWorkspaces>
  /** The session itself, or with its workspace resolved where one of the texts asks for `{workspace_id}`. */
  readonly placed: (
    session: Session,
    texts: ReadonlyArray<string>
  ) => Effect.Effect<Session, RequestError | NoWorkspaces>
}

/**
 * What a credential can see; answers of `/me` are kept for 24 hours.
 * @since 0.1.0
 * @category services
 */
export class Discovery extends Context.Tag("effect-mixpanel/Discovery")<Discovery, DiscoveryShape>() {}

const make = Effect.gen(function* () {
  const client = yield* MixpanelHttpClient
  const cache = yield* MeCache
  const once = makeSingleFlight<WorkspaceRef, RequestError | NoWorkspaces>(yield* Effect.scope)
  const keyOf = numbering<Session>()
  const resolved = new WeakMap<Session, WorkspaceRef>()

  const ask = (caller: Caller): Effect.Effect<Me, RequestError> =>
    Effect.tap(fetchMe(client, caller), (me) => ("account" in caller ? cache.put(caller, me) : Effect.void))

  const me = Effect.fn("Discovery.me")(function* (caller: Caller, { refresh = false }: DiscoveryOptions = {}) {
    const cached = refresh || !("account" in caller) ? Option.none<Me>() : yield* cache.get(caller)
    return Option.isSome(cached) ? cached.value : yield* ask(caller)
  })

  const listed = (session: Session, options?: DiscoveryOptions) =>
    Effect.catchIf(
      Effect.map(me(session, options), (found) => workspacesOf(found, session.projectId)),
      mayStillSeeProjects,
      () => Effect.succeed([])
    )

  const workspaces = Effect.fn("Discovery.workspaces")(function* (session: Session, options?: DiscoveryOptions) {
    const known = yield* listed(session, options)
    if (known.length > 0) return known
    const own = yield* Effect.either(fetchWorkspaces(client, session))
    if (Either.isRight(own) ? own.right.length > 0 : !isRefusal(own.left)) return yield* own
    return yield* Effect.catchIf(fetchIndexedWorkspaces(client, session), isRefusal, () => own)
  })

  const find = (session: Session) =>
    Effect.flatMap(workspaces(session), (found) => {
      const chosen = defaultWorkspace(found)
      if (chosen === undefined) {
        return forProgram(session.origin)(
          Effect.fail(new NoWorkspaces({ account: session.account.name, project: session.projectId }))
        )
      }
      resolved.set(session, chosen)
      return Effect.succeed(chosen)
    })

  const resolveWorkspace = (session: Session) =>
    Option.match(
      Option.orElse(session.workspace, () => Option.fromNullable(resolved.get(session))),
      {
        onNone: () => once(keyOf(session), () => find(session)),
        onSome: (workspace) => Effect.succeed(workspace)
      }
    )

  return Discovery.of({
    me,
    projects: (caller, options) => Effect.map(me(caller, options), projectsByName),
    workspaces,
    resolveWorkspace: (session) => Effect.suspend(() => resolveWorkspace(session)),
    placed: (session, texts) =>
      Option.isNone(session.workspace) && texts.some(asksForWorkspace)
        ? Effect.map(
            Effect.suspend(() => resolveWorkspace(session)),
            (workspace) => session.replace({ workspace: Option.some(workspace) })
          )
        : Effect.succeed(session)
  })
})

/** A credential may be barred from `/me` (403) and still see the projects it is for. */
const mayStillSeeProjects = (error: RequestError): boolean =>
  error._tag === "AuthenticationFailed" && error.status === 403

/** The credential is good, and this is not for it: another place may be. */
const isRefusal = (error: RequestError): boolean => error._tag === "QueryRejected" || mayStillSeeProjects(error)

const numbering = <A extends object>() => {
  const keys = new WeakMap<A, string>()
  let next = 0
  return (object: A): string => {
    const key = keys.get(object) ?? String(next++)
    keys.set(object, key)
    return key
  }
}

/**
 * `Discovery` over the client and the cache of `/me`.
 *
 * @example
 * ```ts
 * const discovery = Layers.discovery.pipe(Layer.provide(layer))
 * ```
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Discovery, never, MixpanelHttpClient | MeCache> = Layer.scoped(Discovery, make)
