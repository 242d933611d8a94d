import { command } from "../hints/Command.ts"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { InvalidArgument } from "../errors.ts"
import type { Session } from "../session/Session.ts"

export const asksForWorkspace = (text: string): boolean => text.includes("{workspace_id}")

export const fillPath = (
  path: string,
  session: Pick<Session, "projectId" | "workspaceId">
): Either.Either<string, InvalidArgument> => {
  const withProject = path.replaceAll("{project_id}", session.projectId)
  if (!asksForWorkspace(withProject)) return Either.right(withProject)
  return Either.fromOption(
    Option.map(session.workspaceId, (id) => withProject.replaceAll("{workspace_id}", String(id))),
    () =>
      new InvalidArgument({
        message: "The path asks for {workspace_id}, and the session has no workspace.",
        hints: [command`mp workspace use ID`],
        again: [{ flags: [["workspace", "ID"]] }]
      })
  )
}
