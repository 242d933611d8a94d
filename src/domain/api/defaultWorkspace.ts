import * as Option from "effect/Option"
import type { WorkspaceRef } from "../session/Session.ts"

type Is = (workspace: WorkspaceRef) => boolean

const says = (mark: Option.Option<boolean>): boolean => Option.contains(mark, true)

const byPreference: ReadonlyArray<Is> = [
  ({ isGlobal }) => says(isGlobal),
  ({ name }) => Option.contains(name, "All Project Data"),
  ({ isDefault }) => says(isDefault),
  ({ isVisible }) => !Option.contains(isVisible, false)
]

export const defaultWorkspace = (workspaces: ReadonlyArray<WorkspaceRef>): WorkspaceRef | undefined => {
  for (const is of byPreference) {
    const found = workspaces.find(is)
    if (found !== undefined) return found
  }
  return workspaces[0]
}
