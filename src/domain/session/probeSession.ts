/** A session for questions that are about a credential and no project. */
import * as Option from "effect/Option"
import { ProjectId } from "../account/identifiers.ts"
import { Project } from "./Project.ts"
import type { Identity } from "./Resolution.ts"
import { Session } from "./Session.ts"
import type { SessionHeaders } from "./SessionHeaders.ts"

/** Who asks, and the headers that go with it. A session is one. */
export interface Caller extends Identity {
  readonly headers?: SessionHeaders
}

/** `/me` knows no project, but every session has one. */
export const unknownProject = ProjectId.make("0")

/** A session of the caller about any project. */
export const probeSession = ({ account, headers = {}, origin }: Caller): Session =>
  new Session({
    account,
    origin,
    headers,
    project: new Project({ id: Option.getOrElse(account.defaultProject, () => unknownProject) })
  })
