import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Account } from "../../account/Account.ts"
import type { AccountName, ProjectId, WorkspaceId } from "../../account/identifiers.ts"
import { InvalidArgument, NoAccount } from "../../errors.ts"
import { argument, type Command, command, inTurn } from "../../hints/Command.ts"
import * as Config from "../ConfigDocument.ts"
import type { ConfigDocument } from "../ConfigDocument.ts"
import { useAccount } from "./accounts.ts"
import {
  andThen,
  clearPin,
  type Edit,
  isActive,
  requireAccount,
  requireTables,
  rewriteAccount,
  setKey,
  unpinIfMoved
} from "./Edit.ts"

const activeOr = (document: ConfigDocument, name: Option.Option<string>, ...notes: ReadonlyArray<string>) =>
  Option.match(name, {
    onSome: (given) => requireAccount(document, given, "--account"),
    onNone: () =>
      Option.match(Config.activeAccountName(document), {
        onSome: (active) =>
          requireAccount(document, active, `[active].account in ${document.path}`, anyOther(document)),
        onNone: () => Either.left(new NoAccount({ notes }))
      })
  })

/**
 * Sets the default project of the active account, or of the one given.
 * @since 0.1.0
 * @category edits
 */
export const useProject =
  (project: ProjectId, name: Option.Option<string>): Edit<Account> =>
  (document) =>
    Either.gen(function* () {
      const before = yield* activeOr(document, name)
      const next = yield* rewriteAccount(document, before.name, { default_project: project })
      return { ...next, document: unpinIfMoved(next.document, before, next.result) }
    })

/**
 * Pins a workspace. The pin belongs to the active account: naming another one is refused, because the pin
 * would count for the wrong project.
 * @since 0.1.0
 * @category edits
 */
export const useWorkspace =
  (workspace: WorkspaceId, name: Option.Option<string>): Edit<WorkspaceId> =>
  (document) =>
    Either.gen(function* () {
      yield* requireTables(document)
      yield* activeOr(
        document,
        Option.none(),
        "MP_WORKSPACE_ID chooses one for an account that is not of the configuration."
      )
      if (Option.isSome(name)) {
        const account = yield* requireAccount(document, name.value, "--account")
        if (!isActive(document, account.name)) return yield* Either.left(notActive(account.name, workspace))
      }
      return { document: setKey(document, ["active", "workspace"], workspace), result: workspace }
    })

/**
 * Unpins the workspace; whether one was pinned. The account that it was pinned for may be broken, or gone.
 * @since 0.1.0
 * @category edits
 */
export const unsetWorkspace: Edit<boolean> = (document) =>
  Either.map(requireTables(document), ([, , active]) => ({
    document: clearPin(document),
    result: Object.hasOwn(active, "workspace")
  }))

const notActive = (account: AccountName, workspace: WorkspaceId) =>
  new InvalidArgument({
    message: `A workspace can be pinned for the active account only, and '${account}' is not active.`,
    hints: [inTurn(command`mp account use ${argument(account)}`, command`mp workspace use ${workspace}`)]
  })

const anyOther = (document: ConfigDocument): Command => {
  const [first] = Config.accountNames(document)
  return first === undefined ? command`mp login` : command`mp account use ${argument(first)}`
}

/**
 * What `applySession` changes; what is absent stays, except that a move clears the pinned workspace.
 * @since 0.1.0
 * @category models
 */
export interface SessionChange {
  readonly account?: string
  readonly project?: ProjectId
  readonly workspace?: WorkspaceId
}

/**
 * Changes the persisted session along any of its axes, in one edit.
 * @since 0.1.0
 * @category edits
 */
export const applySession = (change: SessionChange): Edit<void> => {
  const steps: ReadonlyArray<Edit<unknown>> = [
    ...(change.account === undefined ? [] : [useAccount(change.account)]),
    ...(change.project === undefined ? [] : [useProject(change.project, Option.none())]),
    ...(change.workspace === undefined ? [] : [useWorkspace(change.workspace, Option.none())])
  ]
  const nothing: Edit<void> = (document) => Either.right({ document, result: undefined })
  return steps.reduceRight<Edit<void>>((after, step) => andThen(step, () => after), nothing)
}
