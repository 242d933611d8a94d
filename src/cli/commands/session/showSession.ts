/** A session as a command shows it. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Resolution, toSession } from "../../../domain/session/Resolution.ts"
import type { Session } from "../../../domain/session/Session.ts"
import { nameAndId, type SessionNames } from "../../../domain/session/SessionNames.ts"
import { record } from "../../app/output.ts"
import type { Fields } from "../../app/Json.ts"
import { labelled, type Look } from "../../app/table.ts"
import { resolution, sessionNames } from "../../app/sessionFor.ts"
import { TerminalText, text } from "../../app/TerminalText.ts"

export const sessionFields = (session: Session, names: SessionNames): Fields => ({
  account: { name: session.account.name, type: session.account.type, region: session.region },
  project: { id: session.projectId, name: names.project, organization: names.organization },
  workspace: Option.match(session.workspaceId, { onNone: () => null, onSome: (id) => ({ id, name: names.workspace }) }),
  user: names.email === null ? null : { email: names.email },
  headers: Object.keys(session.headers),
  me_cached: names.known
})

/** What there is to show of a session that did not resolve: the same fields, empty. */
const noSession: Fields = { account: null, project: null, workspace: null, user: null, headers: [], me_cached: false }

/** `Name (id) [organization: NAME]`. */
export const projectText = ({ projectId }: Session, { organization, project }: SessionNames): string =>
  nameAndId(project, projectId) + (organization === null ? "" : ` [organization: ${organization}]`)

export const workspaceText = ({ workspaceId }: Session, { workspace }: SessionNames): string =>
  Option.match(workspaceId, { onNone: () => "resolved on first use", onSome: (id) => nameAndId(workspace, id) })

const sessionText = (session: Session, names: SessionNames): TerminalText => {
  const headers = Object.keys(session.headers)
  return labelled([
    ["Account", `${session.account.name} (${session.account.type}, ${session.region})`],
    ["Project", projectText(session, names)],
    ["Workspace", workspaceText(session, names)],
    ...(names.email === null ? [] : [["User", names.email] as const]),
    ...(headers.length === 0 ? [] : [["Headers", headers.join(", ")] as const])
  ])
}

/** What a flag adds to the session: fields, and a block of text. */
export interface Extra {
  readonly fields: Fields
  readonly text: (look: Look) => TerminalText
}

/** Shows the session, and what else was asked for. */
export const showSession = <E, R>(extrasOf: (resolved: Resolution) => Effect.Effect<ReadonlyArray<Extra>, E, R>) =>
  Effect.gen(function* () {
    const resolved = yield* resolution
    const extras = yield* extrasOf(resolved)
    const session = yield* Effect.tapError(toSession(resolved), () =>
      extras.length === 0 ? Effect.void : show(noSession, [], extras)
    )
    const names = yield* sessionNames(session)
    yield* show(sessionFields(session, names), [sessionText(session, names)], extras)
  })

const show = (fields: Fields, blocks: ReadonlyArray<TerminalText>, extras: ReadonlyArray<Extra>) =>
  record(
    extras.reduce<Fields>((all, extra) => ({ ...all, ...extra.fields }), fields),
    {
      table: (look) => TerminalText.join([...blocks, ...extras.map((extra) => extra.text(look))], text`\n`)
    }
  )
