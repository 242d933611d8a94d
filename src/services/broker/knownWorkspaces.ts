/** Whether a workspace is one of the project that a broker is for: its number alone does not tell. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Denied } from "../../domain/broker/Denied.ts"
import type { Session } from "../../domain/session/Session.ts"
import type { Discovery } from "../api/Discovery.ts"

/** What is not known is looked up again after this long, and no sooner: guests may ask for anything. */
const lookUpMillis = 60_000

export const knownWorkspaces = (discovery: Discovery["Type"], session: Session) => {
  const own = Option.toArray(session.workspaceId).map(String)
  let known: ReadonlySet<string> = new Set(own)
  let lookedUp = Number.NEGATIVE_INFINITY

  const lookUp = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    if (now - lookedUp < lookUpMillis) return
    const isAgain = lookedUp > Number.NEGATIVE_INFINITY
    lookedUp = now
    const found = yield* discovery.workspaces(session, { refresh: isAgain })
    known = new Set([...own, ...found.map(({ id }) => String(id))])
  })

  return (workspace: string): Effect.Effect<void, Denied> =>
    Effect.gen(function* () {
      if (!known.has(workspace)) yield* Effect.mapError(lookUp, () => notFound)
      if (!known.has(workspace)) return yield* notOurs(session.projectId)
    })
}

const notFound = new Denied(502, "upstream", "The broker could not find out whose the workspace of the request is.")

const notOurs = (project: string): Denied =>
  new Denied(403, "workspace", `The path names a workspace that is not of project ${project}, and no project.`)
